"""The feed's SQL: keyset pages whose cost does not grow with the gallery.

Somebody signed in sees what is listed for everyone and all that is their own: a union of two keyset scans without
overlap, each over a partial index that holds exactly its rows. Statements are built once per shape: building one costs
more than running it. What is asked for beyond those indexes is the work of `sifting`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, TextualSelect, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository import sifting
from clonegallery.images.repository.explaining import expected_of
from clonegallery.images.repository.filters import Clause, condition
from clonegallery.images.repository.shapes import CARD, TRASH, Shape, after, number, ordered, united
from clonegallery.images.repository.tables import derivatives, images, users
from clonegallery.images.schemas import Variant
from clonegallery.statements import Kept

__all__ = ["TRASH", "Shape", "beside", "cards", "count", "explain", "page"]

EXACT_COUNT = 10_000
_BY_ID = Clause("id", 0)

Values = Mapping[str, Any]
Rows = Sequence[Row[Any]]
Total = tuple[int, bool]


async def page(
    connection: AsyncConnection, shape: Shape, values: Values, limit: int, *, counted: bool = False
) -> tuple[Rows, Total | None]:
    """Up to `limit` cards in order, each with its owner's name and its copies' storage keys, and where it is `counted`
    how many pictures the list has and whether that is an estimate."""
    if sifting.must_be_sifted(shape):
        found = await sifting.sifted(connection, shape, values, limit, _dressed, count=counted)
        return found.rows, None if found.total is None else (found.total, found.is_estimate)
    rows = (await connection.execute(_page(shape, limit), dict(values))).all()
    return rows, await count(connection, replace(shape, after_cursor=False), values) if counted else None


async def cards(connection: AsyncConnection, shape: Shape, values: Values, image_ids: Sequence[UUID]) -> Rows:
    """The cards of those of these pictures that are in the viewer's list still."""
    if not image_ids:
        return []
    alone = Shape(shape.sort, (_BY_ID,), shape.signed_in, shape.with_failed)
    who = {name: values[name] for name in ("viewer_id",) if name in values}
    rows: Rows = (await connection.execute(_page(alone, len(image_ids)), {**who, "v0": list(image_ids)})).all()
    return rows


async def count(connection: AsyncConnection, shape: Shape, values: Values) -> Total:
    """How many rows there are, and whether that is the planner's estimate: exact up to 10,000."""
    if connection.dialect.name != "postgresql":
        return await sifting.matching(connection, shape, values), False
    exact = int((await connection.execute(_count(shape), dict(values))).scalar_one())
    if exact <= EXACT_COUNT:
        return exact, False
    return max(exact, (await expected_of(connection, united(_parts(shape, images.c.id)), values)).rows), True


async def beside(
    connection: AsyncConnection, shape: Shape, values: Values, image_id: UUID
) -> tuple[UUID | None, UUID | None]:
    """The ids before and after a picture in this order."""
    keys = tuple(images.c[key] for key in shape.keys)
    here = (await connection.execute(select(*keys).where(images.c.id == image_id))).one_or_none()
    if here is None or None in here:
        return None, None
    bound = {**values, **{f"after_{key}": value for key, value in zip(shape.keys, here, strict=True)}}
    forward = replace(shape, after_cursor=True)
    return await _next(connection, replace(forward, reverse=True), bound), await _next(connection, forward, bound)


async def _next(connection: AsyncConnection, shape: Shape, values: Values) -> UUID | None:
    if sifting.must_be_sifted(shape):
        rows = (await sifting.sifted(connection, shape, values, 1, _bare)).rows
        return rows[0].id if rows else None
    found: UUID | None = await connection.scalar(_ids(shape), dict(values))
    return found


def explain(shape: Shape, limit: int = 61) -> TextualSelect:
    """The statement of a page, for tests that look at its plan."""
    return _page(shape, limit)


def _parts(shape: Shape, *columns: Any) -> list[Select[Any]]:
    conditions = [condition(clause, images.c) for clause in shape.clauses]
    if shape.after_cursor:
        conditions.append(after(shape, images.c))
    return [select(*columns).where(*branch, *conditions) for branch in sifting.branches(shape)]


def _limited(shape: Shape, limit: int, *names: str) -> Any:
    parts = _parts(shape, *(images.c[name] for name in names))
    return united([part.order_by(*ordered(shape, images.c)).limit(number(limit)) for part in parts])


@Kept
def _page(shape: Shape, limit: int) -> Select[Any]:
    # The union picks the page inside, so that owner and copies are looked up for its rows only.
    union = _limited(shape, limit, *CARD).subquery("united")
    rows = select(union).order_by(*ordered(shape, union.c)).limit(number(limit)).subquery("cards")
    return _dressed(rows, shape)


def _dressed(rows: Any, shape: Shape) -> Select[Any]:
    """The rows of pictures with their owners' names and their copies' storage keys, in the list's order.

    Looked up row by row, there being few: of joins the planner would ponder their order, for longer than they take.
    """
    owner = select(users.c.username).where(users.c.id == rows.c.owner_id).scalar_subquery().label("username")
    copies = [
        select(derivatives.c.storage_key)
        .where(derivatives.c.image_id == rows.c.id, derivatives.c.variant == literal_column(f"'{variant.value}'"))
        .scalar_subquery()
        .label(variant.value)
        for variant in Variant
    ]
    return select(rows, owner, *copies).order_by(*ordered(shape, rows.c))


def _bare(rows: Any, shape: Shape) -> Select[Any]:
    return select(rows).order_by(*ordered(shape, rows.c))


@Kept
def _ids(shape: Shape) -> Select[Any]:
    union = _limited(shape, 1, *shape.keys).subquery("united")
    return select(union.c.id).order_by(*ordered(shape, union.c)).limit(number(1))


@Kept
def _count(shape: Shape) -> Select[Any]:
    some = select(united(_parts(shape, images.c.id)).subquery()).limit(EXACT_COUNT + 1).subquery()
    return select(func.count()).select_from(some)
