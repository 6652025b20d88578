"""What the pictures of a search have, and the search with one thing more or less: the panel of filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import reflex as rx

from clonegallery.errors import Invalid
from clonegallery.search import service
from clonegallery.search.query import QueryError, parse
from clonegallery.search.schemas import Facets, FacetValue
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.pages.gallery_filters import fault_in
from clonegallery.ui.pages.gallery_terms import RANGES, Ends, ends_in, has_term, ranged, toggled, without_words
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS, reason, text_in
from clonegallery.ui.session import viewer_of

GROUPS: Mapping[str, str] = {
    "camera": "Camera",
    "lens": "Lens",
    "tag": "Tag",
    "year": "Year",
    "source": "Source",
    "model": "Made with",
}
ENDS = ("from", "to")
_LONGEST = 40
_NO_RANGES = {f"{key}_{end}": "" for key in RANGES for end in ENDS}
_NO_ERRORS = dict.fromkeys(RANGES, "")


@dataclass(frozen=True)
class Choice:
    """One value of a facet; `conditions` are the search without its words where it is asked for, or no longer."""

    label: str = ""
    count: str = ""
    conditions: str = ""
    pressed: bool = False


@dataclass(frozen=True)
class Group:
    """One facet with the values that the pictures have."""

    title: str = ""
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class Narrowed:
    """The search without its words, as the form of that `turn` wants it."""

    turn: str = ""
    conditions: str = ""


class FacetsState(rx.State):
    """What was counted for which search, and the ranges that the search has."""

    loading: bool = False
    groups: list[Group] = []  # noqa: RUF012 -- Reflex copies it per state.
    total: str = ""
    problem: str = ""
    fields: dict[str, str] = _NO_RANGES
    errors: dict[str, str] = _NO_ERRORS
    has_ranges: bool = False
    shown: int = 0
    narrowed: Narrowed = Narrowed()

    @rx.event
    def load(self) -> None:
        """Show the ranges of the address. Nothing is counted before the panel is open."""
        self._show_ranges(address_in(str(self.router.url)))

    @rx.event(background=True, supersedes=True)
    async def look(self) -> None:
        """Count what the pictures of the address have; a newer count takes the place of one that is under way."""
        async with self:
            address, viewer = address_in(str(self.router.url)), await viewer_of(self)
            self.loading, self.problem = True, ""
            if fault_in(address):
                # To count what there is beside a filter that cannot be read would be an answer to nothing.
                self.groups, self.total, self.loading = [], "", False
                return
        try:
            found = await service.facets(viewer, address.filters(), address.q)
        except REFUSALS as error:
            async with self:
                known = await reason(self, error)
                # What is wrong with the search itself the box says.
                self.problem = "" if isinstance(known, Invalid) else known.detail
                self.groups, self.total, self.loading = [], "", False
            return
        async with self:
            self.groups = groups_of(found, address)
            self.total = f"{'about ' if found.is_estimate else ''}{count(found.total, 'picture', 'pictures')}"
            self.loading = False

    @rx.event
    def narrow(self, form: dict[str, Any]) -> None:
        """Say which search has the ranges of the form; a field that is wrong says why beneath itself.

        The page goes there, with the words that are in its box and, where one looks with a picture, with that.
        """
        address = address_in(str(self.router.url))
        typed = {key: _ends(form, key) for key in RANGES}
        try:
            q, errors = ranged(address.q, typed)
        except QueryError:
            return  # The box says what is wrong with the search itself.
        self.errors = _NO_ERRORS | errors
        if errors or q == address.q:
            return
        # What was typed is what the address will say: the field with the focus need not be drawn anew.
        self.fields = fields_of(q)
        self.narrowed = Narrowed(text_in(form, "turn", _LONGEST), without_words(q))

    def _show_ranges(self, address: Address) -> None:
        """The fields are drawn anew only where their search has changed: nothing that is being typed is lost."""
        fields = fields_of(address.q)
        self.has_ranges = any(fields.values())
        self.shown += fields != self.fields
        self.fields = fields
        self.errors = _NO_ERRORS


def fields_of(q: str) -> dict[str, str]:
    """The ranges of a search as the fields have them; all empty where it cannot be read."""
    try:
        ends = ends_in(parse(q))
    except QueryError:
        return _NO_RANGES
    return {f"{key}_{end}": text for key, pair in ends.items() for end, text in zip(ENDS, pair, strict=True)}


def groups_of(found: Facets, address: Address) -> list[Group]:
    """The facets in which there is something to choose: the latest year first, of all else what is most common."""
    groups = []
    for name, title in GROUPS.items():
        values: Sequence[FacetValue] = getattr(found, name)
        key = attrgetter("label" if name == "year" else "count")
        values = sorted(values, key=key, reverse=True)
        if values:
            groups.append(Group(title, [_choice(value, address, is_estimate=found.is_estimate) for value in values]))
    return groups


def _choice(value: FacetValue, address: Address, *, is_estimate: bool) -> Choice:
    counted = f"{'≈' if is_estimate else ''}{value.count:,}"
    try:
        there = toggled(address.q, value.term)
    except QueryError:
        return Choice(value.label, counted, without_words(address.q))  # One term more than a search may have.
    return Choice(value.label, counted, without_words(there), has_term(address.q, value.term))


def _ends(form: object, key: str) -> Ends:
    low, high = (text_in(form, f"{key}_{end}", _LONGEST) for end in ENDS)
    return low, high
