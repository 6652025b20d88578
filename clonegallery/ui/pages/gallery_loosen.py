"""A search that finds nothing: what was looked for, and how many pictures there would be with less of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import orjson
import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.names import real_names
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.search import service
from clonegallery.search.query import Query, QueryError, Term, parse, without_term, write, write_term
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.pages.gallery_filters import filter_chips
from clonegallery.ui.pages.gallery_terms import Names, chip_of, chips_of, free_text, is_free, whole_names
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
            self.offers, self.of, self.loading = [], address.href, True
        async for offer in offers(viewer, address):
            async with self:
                self.offers = [*self.offers, offer]
        async with self:
            self.loading = False


async def offers(viewer: Viewer, address: Address) -> AsyncIterator[Offer]:
    """The search of the address without each of its first parts, as far as that finds something; where each of two
    parts keeps everything away, those that find something alone."""
    found_any = False
    names = await real_names(viewer, whole_names(Query(_terms_of(address.q))))
    for how, searches in (("without", looser(address, names)), ("only", alone(address, names))):
        if found_any:
            return
        for label, there in searches:
            if found := await _counted(viewer, there):
                found_any = True
                yield Offer(how, label, found, there.href)


def looser(address: Address, names: Names | None = None) -> list[tuple[str, Address]]:
    """What each of the first parts of a search says, and the search without it; nothing where it has but one part."""
    terms, filters = _terms_of(address.q), filter_chips(address)
    if len(terms) + len(filters) < 2:
        return []
    others = [(chip.label, tuple(one for one in address.others if one not in chip.parameters)) for chip in filters]
    searches = [
        *(
            (chip_of(term, names).label, replace(address, q=without_term(address.q, write_term(term))))
            for term in terms
        ),
        *((label, replace(address, others=kept)) for label, kept in others),
    ]
    return searches[:_MOST]


def alone(address: Address, names: Names | None = None) -> list[tuple[str, Address]]:
    """What the words of a search say together, or each where it is of words alone, and each of the first things that
    must be true; nothing where that is no other search than without a part."""
    terms, filters = _terms_of(address.q), filter_chips(address)
    if len(terms) + len(filters) < 3:
        return []
    words = tuple(term for term in terms if is_free(term))
    rest = [(term,) for term in terms if not is_free(term) and not getattr(term, "negated", False)]
    together = [words] if len(words) < len(terms) or filters else [(word,) for word in words]
    queries = map(Query, [*filter(None, together), *rest])
    searches = [
        *((said(query, names), Address(write(query), address.sort)) for query in queries),
        *((chip.label, Address("", address.sort, tuple(chip.parameters))) for chip in filters),
    ]
    return searches[:_MOST]


def said(query: Query, names: Names | None = None) -> str:
    """A search in words: what is looked for in quotes, then what must be true."""
    words = free_text(query).strip()
    return ", ".join([*([f"“{words}”"] if words else []), *(chip.label for chip in chips_of(query, names=names))])


def _terms_of(q: str) -> tuple[Term, ...]:
    try:
        return parse(q).terms
    except QueryError:
        return ()


async def _counted(viewer: Viewer, there: Address) -> str:
    """How many pictures another search finds, in words; an empty text for none."""
    asked = there.filters().model_dump(exclude_defaults=True)
    query = FeedQuery(**asked, q=there.q, sort=Sort.NEWEST, limit=1, count=True)
    try:
        page = orjson.loads(await service.find(viewer, query))
    except REFUSALS:
        return ""  # It would not be shown either.
    about = "about " if page.get("total_is_estimate") else ""
    return f"{about}{count(page['total'], 'picture', 'pictures')}" if page.get("total") else ""
