"""What the gallery knows of the search in its address: its terms, what is wrong with it, and the orders there are."""

from dataclasses import dataclass, field, replace

import reflex as rx

from clonegallery.images import service as images
from clonegallery.images.names import real_names
from clonegallery.images.schemas import Sort
from clonegallery.search.query import Query, QueryError
from clonegallery.ui.pages.gallery_address import SORTS, Address, address_in
from clonegallery.ui.pages.gallery_filters import FilterChip, fault_in, filter_chips
from clonegallery.ui.pages.gallery_terms import ChipView, Wrong, chip_of, chips_of, free_text, whole_names, wrong_in
from clonegallery.ui.refusals import REFUSALS
from clonegallery.ui.session import viewer_of

_UNKNOWN_PICTURE = "looks like a picture that you cannot see"


@dataclass(frozen=True)
class Read:
    """The search of the address, read: the words for the box and the chips below it, or what is wrong with it.

    `filters` are those that stand beside `q`, and `fault` says why they or the order cannot be read. `narrows` when
    anything at all is asked for. `address` is where it is, `said` is all of it in words, `title` what was typed, or
    what the filters say; `lost` when pictures like one are looked for that the viewer cannot see.
    """

    q: str = ""
    address: str = ""
    words: str = ""
    chips: list[ChipView] = field(default_factory=list)
    wrong: Wrong = field(default_factory=Wrong)
    filters: list[FilterChip] = field(default_factory=list)
    fault: str = ""
    narrows: bool = False
    said: str = ""
    title: str = ""
    lost: bool = False


@dataclass(frozen=True)
class SortLink:
    """One order of the pictures, and where it is shown."""

    label: str = ""
    href: str = ""
    current: str = "false"


def sort_links(address: Address) -> list[SortLink]:
    """The orders that make sense for what is searched for; the best match only where there can be a better one."""
    shown, looks = address.shown_sort(), address.looks
    return [
        SortLink(label, address.sorted_by(sort), "true" if sort is shown else "false")
        for sort, label in SORTS
        if looks or sort is not Sort.RELEVANCE
    ]


class SearchState(rx.State):
    """What the address asks for. The pictures themselves never pass through state."""

    read: Read = Read()
    sorts: list[SortLink] = sort_links(Address())

    @rx.event
    async def load(self) -> None:
        """Read the search that the address names; no error is a notice, for the box says what is wrong."""
        address = address_in(str(self.router.url))
        self.sorts = sort_links(address)
        filters, fault = filter_chips(address), fault_in(address)
        title = address.q.strip() or ", ".join(chip.label for chip in filters)
        narrows = bool(address.q or filters or fault)
        read = Read(address.q, address.href, filters=filters, fault=fault, narrows=narrows, title=title)
        try:
            query = address.query()
        except QueryError as error:
            self.read = replace(read, wrong=wrong_in(address.q, error))
            return
        look = await self._look(query)
        names = await real_names(await viewer_of(self), whole_names(query))
        words, chips = free_text(query), chips_of(query, look, names)
        said = [f"“{words.strip()}”"] if words else []
        self.read = replace(
            read,
            words=words,
            chips=chips,
            said=", ".join([*said, *(chip.label for chip in chips), *(chip.label for chip in filters)]),
            lost=look is not None and look.label == _UNKNOWN_PICTURE,
        )

    async def _look(self, query: Query) -> ChipView | None:
        """The chip of the picture that others are compared with, with what the viewer may know of it."""
        if query.like is None:
            return None
        plain = chip_of(query.like)
        try:
            picture = await images.detail(await viewer_of(self), query.like.image_id, is_look=False)
        except REFUSALS:
            return ChipView(_UNKNOWN_PICTURE, plain.term)
        return ChipView(f"looks like {picture.title or 'this picture'}", plain.term, picture.urls.thumb_300 or "")
