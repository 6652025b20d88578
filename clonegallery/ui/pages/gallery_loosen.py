"""A search that finds nothing: what was looked for, and how many pictures there would be with less of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.search import service
from clonegallery.search.query import Query, QueryError, Term, label_of, parse, without_term, write, write_term
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.pages.gallery_terms import chips_of, free_text, is_free
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS
from clonegallery.ui.session import viewer_of

_MOST = 6


@dataclass(frozen=True)
class Offer:
    """The search with less in it, and how many pictures that finds: `without` one part, or `only` one."""

    how: str = ""
    label: str = ""
    count: str = ""
    href: str = ""


class LoosenState(rx.State):
    """What may be left out of the search under the address `of`, which found nothing."""

    offers: list[Offer] = []  # noqa: RUF012 -- Reflex copies it per state.
    of: str = ""
    loading: bool = False

    @rx.event(background=True, supersedes=True)
    async def look(self) -> None:
        """Count what each part of the address's search keeps away, one after the other, and offer what finds some."""
        async with self:
            address, viewer = address_in(str(self.router.url)), await viewer_of(self)
            self.offers, self.of, self.loading = [], address.searching(address.q), True
        async for offer in offers(viewer, address):
            async with self:
                self.offers = [*self.offers, offer]
        async with self:
            self.loading = False


async def offers(viewer: Viewer, address: Address) -> AsyncIterator[Offer]:
    """The search of the address without each of its first parts, as far as that finds something; where each of two
    parts keeps everything away, those that find something alone."""
    found_any = False
    for how, searches in (("without", looser(address.q)), ("only", alone(address.q))):
        if found_any:
            return
        for label, q in searches:
            if found := await _counted(viewer, address, q):
                found_any = True
                yield Offer(how, label, found, address.searching(q))


def looser(q: str) -> list[tuple[str, str]]:
    """What each of the first parts of a search says, and the search without it; nothing where it has but one part."""
    terms = _terms_of(q)
    if len(terms) < 2:
        return []
    return [(label_of(term), without_term(q, write_term(term))) for term in terms[:_MOST]]


def alone(q: str) -> list[tuple[str, str]]:
    """What the words of a search say together, or each where it is of words alone, and each of the first things that
    must be true; nothing where that is no other search than without a part."""
    terms = _terms_of(q)
    if len(terms) < 3:
        return []
    words = [term for term in terms if is_free(term)]
    parts = [(term,) for term in terms if not is_free(term) and not getattr(term, "negated", False)]
    together = [tuple(words)] if len(words) < len(terms) else [(word,) for word in words]
    searches = [Query(part) for part in [*filter(None, together), *parts][:_MOST]]
    return [(said(search), write(search)) for search in searches]


def said(query: Query) -> str:
    """A search in words: what is looked for in quotes, then what must be true."""
    words = free_text(query).strip()
    return ", ".join([*([f"“{words}”"] if words else []), *(chip.label for chip in chips_of(query))])


def _terms_of(q: str) -> tuple[Term, ...]:
    try:
        return parse(q).terms
    except QueryError:
        return ()


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
