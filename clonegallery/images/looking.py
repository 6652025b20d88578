"""Lists for the search: what matches words, the best first, and what of a list is expected to be there at all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, true

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.cards import Json, cards
from clonegallery.images.conditions import Asked
from clonegallery.images.feed import Listing, listing_of
from clonegallery.images.repository import feed, ranking, sifting
from clonegallery.images.repository.filters import Clause, condition
from clonegallery.images.repository.ranking import Ranked
from clonegallery.images.repository.tables import images
from clonegallery.images.schemas import Filters, Sort
from clonegallery.pagination import Keys
from clonegallery.statements import KEPT

__all__ = ["EVERYTHING", "Narrowed", "Ranked", "narrowed", "others", "ranked"]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A condition on the table of pictures, what is bound in it, and how many of the viewer's list are expected to meet
    it; None where nothing is narrowed."""

    condition: ColumnElement[bool]
    values: Mapping[str, Any]
    expected: int | None


EVERYTHING: Final = Narrowed(true(), MappingProxyType({}), None)
"""What leaves the viewer's whole list."""


async def ranked(viewer: Viewer, filters: Filters, asked: Asked, limit: int) -> Ranked:
    """The pictures of the viewer's list that match the words of `asked`, the best match first, and how many there are;
    none where nothing of the words can be looked for."""
    listing = await listing_of(viewer, filters, Sort.NEWEST, asked)
    if not any(clause.name == "words" for clause in listing.shape.clauses):
        return Ranked([], 0, is_estimate=False)
    async with listing.connect() as connection:
        return await ranking.ranked(connection, listing.shape, listing.values, limit)


async def narrowed(viewer: Viewer, filters: Filters, asked: Asked) -> Narrowed:
    """What narrows the viewer's list, for statements that look for something else in it than its order."""
    listing = await listing_of(viewer, filters, Sort.NEWEST, asked)
    clauses = listing.shape.clauses
    return Narrowed(_narrowing(clauses), listing.values, await _expected(listing)) if clauses else EVERYTHING


@lru_cache(maxsize=KEPT)
def _narrowing(clauses: tuple[Clause, ...]) -> ColumnElement[bool]:
    """The same condition for the same clauses, so that statements can be kept by it."""
    return and_(true(), *(condition(clause, images.c) for clause in clauses))


async def _expected(listing: Listing) -> int:
    async with listing.connect() as connection:
        if connection.dialect.name != "postgresql":
            return await sifting.matching(connection, listing.shape, listing.values)
        return (await sifting.expected(connection, listing.shape, listing.values)).rows


async def others(
    viewer: Viewer, filters: Filters, asked: Asked, known: Collection[UUID], *, last: Keys | None, limit: int
) -> tuple[list[Json], Keys | None]:
    """Cards of what matches beside the `known` pictures, the newest first, and where to go on; None at the end."""
    listing = await listing_of(viewer, filters, Sort.NEWEST, asked)
    clause = Clause("id", len(listing.shape.clauses), negated=True)
    shape = replace(listing.shape, clauses=(*listing.shape.clauses, clause), after_cursor=last is not None)
    values = listing.values | {f"v{clause.index}": list(known)}
    if last is not None:
        values |= {f"after_{name}": key for name, key in zip(shape.keys, last, strict=True)}
    async with listing.connect() as connection:
        rows, _ = await feed.page(connection, shape, values, limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return cards(shown), tuple(getattr(shown[-1], key) for key in shape.keys) if more else None
