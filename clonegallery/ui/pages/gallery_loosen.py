"""A search that finds nothing: what was looked for, and how many pictures there would be without one part of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.search import service
from clonegallery.search.query import QueryError, label_of, parse, without_term, write_term
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS
from clonegallery.ui.session import viewer_of

_MOST = 6


@dataclass(frozen=True)
class Offer:
    """The search without one part, and how many pictures that finds."""

    label: str = ""
    count: str = ""
    href: str = ""


class LoosenState(rx.State):
    """What may be left out of the search `of`, which found nothing."""

    offers: list[Offer] = []  # noqa: RUF012 -- Reflex copies it per state.
    of: str = ""
    loading: bool = False

    @rx.event(background=True, supersedes=True)
    async def look(self) -> None:
        """Count what each part of the address's search keeps away, one after the other, and offer what finds some."""
        async with self:
            address, viewer = address_in(str(self.router.url)), await viewer_of(self)
            self.offers, self.of, self.loading = [], address.q, True
        async for offer in offers(viewer, address):
            async with self:
                self.offers = [*self.offers, offer]
        async with self:
            self.loading = False


async def offers(viewer: Viewer, address: Address) -> AsyncIterator[Offer]:
    """The search of the address without each of its first parts, as far as that finds something."""
    for label, q in looser(address.q):
        if found := await _counted(viewer, address, q):
            yield Offer(label, found, address.searching(q))


def looser(q: str) -> list[tuple[str, str]]:
    """What each of the first parts of a search says, and the search without it; nothing where it has but one part."""
    try:
        terms = parse(q).terms
    except QueryError:
        return []
    if len(terms) < 2:
        return []
    return [(label_of(term), without_term(q, write_term(term))) for term in terms[:_MOST]]


async def _counted(viewer: Viewer, address: Address, q: str) -> str:
    """How many pictures another search finds, in words; an empty text for none."""
    asked = address.filters().model_dump(exclude_defaults=True)
    query = FeedQuery(**asked, q=q, sort=Sort.NEWEST, limit=1, count=True)
    try:
        page = orjson.loads(await service.find(viewer, query))
    except REFUSALS:
        return ""  # It would not be shown either.
    about = "about " if page.get("total_is_estimate") else ""
    return f"{about}{count(page['total'], 'picture', 'pictures')}" if page.get("total") else ""
