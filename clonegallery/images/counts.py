"""How many pictures of a list were taken when, with what, under which tag."""

from collections.abc import Sequence
from dataclasses import dataclass

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.conditions import NOTHING_ASKED, Asked
from clonegallery.images.feed import listing_of
from clonegallery.images.repository import counting as sql
from clonegallery.images.schemas import Filters, Sort, TimelineMonth


@dataclass(frozen=True, slots=True)
class Facet:
    """How many pictures have one value; `value` is what is compared, `label` what people read."""

    name: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The most common values of a list's pictures, by name and how common they are, and how many pictures there are."""

    facets: Sequence[Facet]
    total: int
    is_estimate: bool


async def timeline(
    viewer: Viewer, filters: Filters, asked: Asked = NOTHING_ASKED, sort: Sort = Sort.TAKEN
) -> list[TimelineMonth]:
    """How many pictures each month has, the latest first, by the moment that goes with the order: when they were added
    for the newest and the oldest first, else when they were taken (else added). In UTC."""
    listing = await listing_of(viewer, filters, sort, asked)
    async with listing.connect() as connection:
        found = await sql.months(connection, listing.shape, listing.values)
    return [
        TimelineMonth.model_construct(month=row.month, count=_scaled(row.n, found.scale), is_estimate=found.is_estimate)
        for row in found.rows
        if row.month is not None
    ]


async def facets(viewer: Viewer, filters: Filters, asked: Asked = NOTHING_ASKED) -> FacetCounts:
    """How many pictures of the list each `camera`, `lens`, `model`, `tag`, `year` and `source` has; the most common
    come first."""
    listing = await listing_of(viewer, filters, Sort.NEWEST, asked)
    async with listing.connect() as connection:
        found = await sql.facets(connection, listing.shape, listing.values)
    counted = [
        Facet(row.facet, str(row.value), str(row.label), _scaled(row.n, found.scale))
        for row in found.rows
        if row.facet != sql.TOTAL
    ]
    total = next((row.n for row in found.rows if row.facet == sql.TOTAL), 0)
    counted.sort(key=lambda facet: (-facet.count, facet.label))
    return FacetCounts(counted, _scaled(total, found.scale), found.is_estimate)


def _scaled(count: int, scale: float) -> int:
    return max(1, round(count * scale)) if count else 0
