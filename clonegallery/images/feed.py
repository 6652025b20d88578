"""Lists of pictures: pages of the feed, its months, and what stands beside a picture in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.errors import NotSignedIn
from clonegallery.images.cards import cards
from clonegallery.images.repository import feed as sql
from clonegallery.images.repository.filters import plain_values
from clonegallery.images.repository.rows import standing
from clonegallery.images.rights import require_sight
from clonegallery.images.schemas import FeedQuery, Filters, ImageStatus, Neighbours, Sort, TimelineMonth
from clonegallery.pagination import decode_cursor, encode_cursor

Values = Mapping[str, Any]
_JSON = orjson.OPT_UTC_Z


async def feed(viewer: Viewer, query: FeedQuery) -> bytes:
    """One page as JSON of `FeedPage`'s form.

    Raises `Invalid` for a bad cursor, `NotSignedIn` where a stranger asks for what is their own: trash, likes.
    A cursor serves only the order it came from; other filters with it are fine, they continue from the same place.
    """
    shape, values = _shaped(viewer, query, query.sort)
    total = (shape, values) if query.count else None
    if query.cursor:
        keys = decode_cursor(shape.sort, query.cursor, shape.kinds)
        values = {**values, **{f"after_{name}": key for name, key in zip(shape.keys, keys, strict=True)}}
        shape = replace(shape, after_cursor=True)
    async with reading() as connection:
        rows = await sql.page(connection, shape, values, query.limit + 1)
        counted = await sql.count(connection, *total) if total else None
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    body: dict[str, Any] = {
        "items": cards(shown),
        "next_cursor": encode_cursor(shape.sort, [getattr(shown[-1], key) for key in shape.keys]) if more else None,
    }
    if counted:
        body |= {"total": counted[0], "total_is_estimate": counted[1]}
    return orjson.dumps(body, option=_JSON)


async def cards_of(viewer: Viewer, image_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The cards, by id, of those of the pictures that the viewer finds in their lists."""
    if not image_ids:
        return {}
    shape = sql.Shape(sort=Sort.NEWEST, filters=("ids",), signed_in=viewer.is_signed_in)
    values = {"ids": list(image_ids)} | ({"viewer_id": viewer.id} if viewer.id else {})
    async with reading() as connection:
        rows = await sql.page(connection, shape, values, len(image_ids))
    return {row.id: one for row, one in zip(rows, cards(rows), strict=True)}


async def timeline(viewer: Viewer, filters: Filters) -> list[TimelineMonth]:
    """How many pictures each month has, by when they were taken (else added) in UTC, the latest first."""
    shape, values = _shaped(viewer, filters, Sort.TAKEN)
    async with reading() as connection:
        found = await sql.months(connection, shape, values)
    return [TimelineMonth.model_construct(month=row.month, count=row.pictures) for row in found]


async def neighbours(
    viewer: Viewer, image_id: UUID, sort: Sort = Sort.NEWEST, filters: Filters | None = None
) -> Neighbours:
    """The pictures before and after one in the viewer's feed; nulls at the ends. Raises `NotFound` as `detail` does."""
    shape, values = _shaped(viewer, filters or Filters(), sort)
    async with reading() as connection:
        require_sight(viewer, await standing(connection, image_id))
        previous, following = await sql.beside(connection, shape, values, image_id)
    return Neighbours(previous=previous, next=following)


def _shaped(viewer: Viewer, filters: Filters, sort: Sort) -> tuple[sql.Shape, Values]:
    values: dict[str, Any] = {**plain_values(filters), **_owner(viewer, filters.owner)}
    names = tuple(sorted(values))
    if viewer.id is not None:
        values["viewer_id"] = viewer.id
    elif filters.trashed or filters.liked:
        raise NotSignedIn
    shape = sql.Shape(
        sort=sql.TRASH if filters.trashed else sort,
        filters=names,
        signed_in=viewer.is_signed_in,
        with_failed=filters.status == ImageStatus.FAILED,
    )
    return shape, values


def _owner(viewer: Viewer, owner: str | None) -> Values:
    if owner is None:
        return {}
    if owner == "me":
        if viewer.id is None:
            raise NotSignedIn
        return {"owner_id": viewer.id}
    try:
        return {"owner_id": UUID(owner)}
    except ValueError:
        return {"owner_name": owner}
