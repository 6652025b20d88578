"""The feed's SQL: keyset pages whose cost does not grow with the gallery.

Somebody signed in sees what is listed for everyone and all that is their own: a union of two keyset scans without
overlap, each over a partial index that holds exactly its rows. Statements are built once per shape: building one costs
more than running it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, literal_column, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository import visibility
from clonegallery.images.repository.filters import condition_of
from clonegallery.images.repository.tables import derivatives, images, users
from clonegallery.images.schemas import Sort, Variant

EXACT_COUNT = 10_000
TRASH = "trash"
_CARD = (
    "id", "owner_id", "title", "width", "height", "thumbhash", "dominant_color", "status", "visibility", "rating",
    "animated", "source", "likes", "views", "taken_at", "sort_at", "created_at", "deleted_at",
)  # fmt: skip
_KEYS: Mapping[str, tuple[str, ...]] = {
    Sort.NEWEST: ("created_at", "id"),
    Sort.OLDEST: ("created_at", "id"),
    Sort.TAKEN: ("sort_at", "id"),
    Sort.POPULAR: ("likes", "views", "id"),
    Sort.RELEVANCE: ("created_at", "id"),
    TRASH: ("deleted_at", "id"),
}
_KINDS = {"created_at": "d", "sort_at": "d", "deleted_at": "d", "likes": "i", "views": "i", "id": "u"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which statement a request needs; requests of one shape differ in bound values only.

    `filters` are names that `filters.condition_of` knows; `reverse` walks the order backwards.
    """

    sort: str
    filters: tuple[str, ...] = ()
    signed_in: bool = False
    with_failed: bool = False
    after_cursor: bool = False
    reverse: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that order the list, the last one unique."""
        return _KEYS[self.sort]

    @property
    def kinds(self) -> str:
        """The keys' types, as `pagination.decode_cursor` names them."""
        return "".join(_KINDS[key] for key in self.keys)

    @property
    def ascending(self) -> bool:
        return (self.sort == Sort.OLDEST) != self.reverse


async def page(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` cards in order, each with its owner's name and its copies' storage keys."""
    rows: Sequence[Row[Any]] = (await connection.execute(_page(shape, limit), dict(values))).all()
    return rows


async def count(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> tuple[int, bool]:
    """How many rows there are, and whether that is the planner's estimate: exact up to 10,000."""
    exact = int((await connection.execute(_count(shape), dict(values))).scalar_one())
    if exact <= EXACT_COUNT:
        return exact, False
    return max(exact, await _planned_rows(connection, shape, values)), True


async def months(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """(`YYYY-MM` in UTC, count), the latest month first."""
    rows: Sequence[Row[Any]] = (await connection.execute(_months(shape, connection.dialect.name), dict(values))).all()
    return rows


async def beside(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], image_id: UUID
) -> tuple[UUID | None, UUID | None]:
    """The ids before and after a picture in this order."""
    keys = tuple(images.c[key] for key in shape.keys)
    here = (await connection.execute(select(*keys).where(images.c.id == image_id))).one_or_none()
    if here is None or None in here:
        return None, None
    bound = {**values, **{f"after_{key}": value for key, value in zip(shape.keys, here, strict=True)}}
    forward = replace(shape, after_cursor=True)
    found = [await connection.scalar(_ids(side), bound) for side in (replace(forward, reverse=True), forward)]
    return found[0], found[1]


def explain(shape: Shape, limit: int = 61) -> Select[Any]:
    """The statement of a page, for tests that look at its plan."""
    return _page(shape, limit)


def _parts(shape: Shape, *columns: Any) -> list[Select[Any]]:
    seen = (
        visibility.trash()
        if shape.sort == TRASH
        else visibility.branches(signed_in=shape.signed_in, with_failed=shape.with_failed)
    )
    conditions = [condition_of(name) for name in shape.filters]
    if shape.after_cursor:
        conditions.append(_after(shape))
    return [select(*columns).where(*branch, *conditions) for branch in seen]


def _after(shape: Shape) -> ColumnElement[bool]:
    row = tuple_(*(images.c[key] for key in shape.keys))
    last = tuple_(*(bindparam(f"after_{key}", type_=images.c[key].type) for key in shape.keys))
    return row > last if shape.ascending else row < last


def _ordered(shape: Shape, columns: Any) -> list[ColumnElement[Any]]:
    return [columns[key].asc() if shape.ascending else columns[key].desc() for key in shape.keys]


def _united(parts: list[Select[Any]]) -> Any:
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


def _limited(shape: Shape, limit: int, *names: str) -> Any:
    parts = _parts(shape, *(images.c[name] for name in names))
    return _united([part.order_by(*_ordered(shape, images.c)).limit(_number(limit)) for part in parts])


def _number(limit: int) -> ColumnElement[int]:
    """Written out: of a parameter PostgreSQL expects a tenth of the table, and plans each page anew for fear of it."""
    return literal_column(str(int(limit)))


@lru_cache(maxsize=512)
def _page(shape: Shape, limit: int) -> Select[Any]:
    # The union picks the page inside, so that owner and copies are looked up for its rows only.
    united = _limited(shape, limit, *_CARD).subquery("united")
    cards = select(united).order_by(*_ordered(shape, united.c)).limit(_number(limit)).subquery("cards")
    statement = select(cards, users.c.username).join_from(cards, users, users.c.id == cards.c.owner_id)
    for variant in Variant:
        copy = derivatives.alias(variant.value)
        same = and_(copy.c.image_id == cards.c.id, copy.c.variant == literal_column(f"'{variant.value}'"))
        statement = statement.outerjoin(copy, same).add_columns(copy.c.storage_key.label(variant.value))
    return statement.order_by(*_ordered(shape, cards.c))


@lru_cache(maxsize=64)
def _ids(shape: Shape) -> Select[Any]:
    united = _limited(shape, 1, *shape.keys).subquery("united")
    return select(united.c.id).order_by(*_ordered(shape, united.c)).limit(_number(1))


@lru_cache(maxsize=64)
def _count(shape: Shape) -> Select[Any]:
    some = select(_united(_parts(shape, images.c.id)).subquery()).limit(EXACT_COUNT + 1).subquery()
    return select(func.count()).select_from(some)


@lru_cache(maxsize=64)
def _months(shape: Shape, dialect: str) -> Select[Any]:
    moment = _united(_parts(shape, images.c.sort_at)).subquery("moments").c.sort_at
    # Sessions run in UTC (db.py), so to_char needs no zone.
    month = func.to_char(moment, "YYYY-MM") if dialect == "postgresql" else func.strftime("%Y-%m", moment)
    return select(month.label("month"), func.count().label("pictures")).group_by(month).order_by(month.desc())


async def _planned_rows(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> int:
    if connection.dialect.name != "postgresql":
        return 0
    compiled = _united(_parts(shape, images.c.id)).compile(dialect=connection.dialect)
    bound = compiled.construct_params(dict(values))
    plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", bound)).scalar_one()
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])
