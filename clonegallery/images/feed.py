"""Lists of pictures: pages of the feed, and what stands beside a picture in it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import planning, reading
from clonegallery.errors import NotSignedIn
from clonegallery.images.cards import cards
from clonegallery.images.conditions import NOTHING_ASKED, Asked
from clonegallery.images.places import cut, place_in
from clonegallery.images.repository import feed as sql
from clonegallery.images.repository.narrowing import Narrowing, narrow
from clonegallery.images.repository.rows import standing
from clonegallery.images.repository.sifting import must_be_sifted
from clonegallery.images.rights import require_sight
from clonegallery.images.schemas import FeedQuery, Filters, ImageStatus, Neighbours, Sort
from clonegallery.models.account import Role

_JSON = orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class Listing:
    """A viewer's list: the shape of its statements, and the values that are bound to them."""

    shape: sql.Shape
    values: dict[str, Any]

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for its statements: what is asked for decides whether they are planned for their values."""
        return planning() if must_be_sifted(self.shape) else reading()


async def feed(viewer: Viewer, query: FeedQuery, asked: Asked = NOTHING_ASKED) -> bytes:
    """One page as JSON of `FeedPage`'s form; `asked` is what a search asks for beside the query's filters.

    Raises `Invalid` for a bad cursor, `NotSignedIn` where a stranger asks for what is their own: trash, likes.
    A cursor serves only the order it came from; other filters with it are fine, they continue from the same place.
    Only a page that `start` or a previous cursor led to says what lies before it: others pay nothing for it.
    """
    listing = await listing_of(viewer, query, query.sort or Sort.NEWEST, asked)
    shape, values = listing.shape, listing.values
    if place := place_in(query, shape):
        shape, values = place.of(shape, values)
    async with listing.connect() as connection:
        rows, counted = await sql.page(connection, shape, values, query.limit + 1, counted=query.count)
        before = await sql.page(connection, _turned(shape), values, 1) if place and place.is_start else ([], None)
    page = cut(shape, place, rows, query.limit, is_first=not before[0])
    body: dict[str, Any] = {
        "items": cards(page.rows),
        "next_cursor": page.next_cursor,
        "previous_cursor": page.previous_cursor,
        "sort": None if shape.sort == sql.TRASH else shape.sort,
    }
    if counted:
        body |= {"total": counted[0], "total_is_estimate": counted[1]}
    return orjson.dumps(body, option=_JSON)


async def cards_of(viewer: Viewer, image_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The cards, by id, of those of the pictures that the viewer finds in their lists."""
    if not image_ids:
        return {}
    shape = sql.Shape(sort=Sort.NEWEST, signed_in=viewer.is_signed_in)
    async with reading() as connection:
        rows = await sql.cards(connection, shape, {"viewer_id": viewer.id} if viewer.id else {}, image_ids)
    return {row.id: one for row, one in zip(rows, cards(rows), strict=True)}


async def neighbours(
    viewer: Viewer, image_id: UUID, sort: Sort | None = None, filters: Filters | None = None
) -> Neighbours:
    """The pictures before and after one in the viewer's feed; nulls at the ends. Raises `NotFound` as `detail` does."""
    listing = await listing_of(viewer, filters or Filters(), sort or Sort.NEWEST)
    async with listing.connect() as connection:
        require_sight(viewer, await standing(connection, image_id))
        previous, following = await sql.beside(connection, listing.shape, listing.values, image_id)
    return Neighbours(previous=previous, next=following)


async def listing_of(viewer: Viewer, filters: Filters, sort: Sort, asked: Asked = NOTHING_ASKED) -> Listing:
    """The viewer's list as filters and search narrow it. Raises `NotSignedIn` where only somebody signed in has one."""
    if viewer.id is None and (filters.trashed or filters.liked or filters.owner == "me"):
        raise NotSignedIn
    found = await _narrowing(viewer, filters, asked)
    shape = sql.Shape(
        sort=sql.TRASH if filters.trashed else sort,
        clauses=tuple(found.clauses),
        signed_in=viewer.is_signed_in,
        with_failed=filters.status == ImageStatus.FAILED,
    )
    return Listing(shape, found.values | ({"viewer_id": viewer.id} if viewer.id is not None else {}))


async def _narrowing(viewer: Viewer, filters: Filters, asked: Asked) -> Narrowing:
    sees_every_place = viewer.role == Role.ADMIN
    return await narrow(reading, filters, asked, viewer_id=viewer.id, sees_every_place=sees_every_place)


def _turned(shape: sql.Shape) -> sql.Shape:
    return replace(shape, reverse=not shape.reverse)
