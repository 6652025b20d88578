"""A page of what is left of a list by any conditions, at a cost that has a bound.

Two ways lead there, and neither is good for everything. To walk the list in its order and leave out what does not match
is quick where much matches, and endless where little does. To gather all that matches, by the indexes of the
conditions, and sort it is quick where little matches. The planner's own choice between the two hangs on an estimate,
and where that is wrong a page costs a scan of the whole list. So here what is expected to be much is walked, but only
so far; what was not found by then is gathered, which is never much then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository import visibility
from clonegallery.images.repository.explaining import expected_rows
from clonegallery.images.repository.filters import Clause, condition
from clonegallery.images.repository.shapes import TRASH, Shape, after, number, ordered, united
from clonegallery.images.repository.tables import images

WALKED: Final = 8_000
"""Rows that are looked at in the list's order before what matches is gathered instead."""
FEW: Final = 8_000
"""Where no more than these are expected they are gathered at once."""
EXACT: Final = 20_000
"""Where more than these are expected the expectation is what they are counted as."""

FIXED: Final = frozenset({"owner_id", "visibility", "status", "liked", "id"})
"""What lists have indexes of their own for: the planner needs no help with it."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """Rows of the list's keys in its order, and how many match in all, where that was asked for."""

    rows: Sequence[Row[Any]]
    total: int | None = None
    is_estimate: bool = False


def must_be_sifted(shape: Shape) -> bool:
    return any(clause.name not in FIXED for clause in shape.clauses)


async def keys(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], limit: int, *, count: bool = False
) -> Sifted:
    """The keys of up to `limit` pictures in the list's order, the id among them."""
    if connection.dialect.name != "postgresql":
        return await _gathered(connection, shape, values, limit, count=count)
    expected = await expected_rows(connection, all_of(replace(shape, after_cursor=False)), values)
    if expected > FEW:
        rows = (await connection.execute(_walk(shape, limit), dict(values))).all()
        if len(rows) >= limit:
            return await _counted(connection, shape, values, Sifted(rows), expected if count else None)
    return await _gathered(connection, shape, values, limit, count=count)


async def _counted(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], found: Sifted, expected: int | None
) -> Sifted:
    if expected is None:
        return found
    if expected > EXACT:
        return replace(found, total=expected, is_estimate=True)
    return replace(found, total=await matching(connection, shape, values))


async def matching(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> int:
    """How many match, counted: wherever in the list a page begins."""
    return int((await connection.execute(_count(replace(shape, after_cursor=False)), dict(values))).scalar_one())


async def _gathered(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], limit: int, *, count: bool
) -> Sifted:
    if count and shape.after_cursor:
        found = await _gathered(connection, shape, values, limit, count=False)
        return replace(found, total=await matching(connection, shape, values))
    rows = (await connection.execute(_gather(shape, limit, count=count), dict(values))).all()
    return Sifted(rows, (rows[0].matching if rows else 0) if count else None)


def all_of(shape: Shape, *columns: str, table: Any = images) -> Select[Any]:
    """Everything that matches, in no order: one statement over the parts of the viewer's list. `columns` are names, the
    id's alone where there are none; `table` is the one of pictures, or a sample of it."""
    seen = or_(*(and_(*branch) for branch in branches(shape, table.c)))
    conditions = [condition(clause, table.c) for clause in shape.clauses]
    limits = [after(shape, table.c)] if shape.after_cursor else []
    return select(*(table.c[name] for name in columns or ("id",))).where(seen, *conditions, *limits)


def branches(shape: Shape, columns: Any = images.c) -> Sequence[Sequence[Any]]:
    if shape.sort == TRASH:
        return visibility.trash(columns)
    return visibility.branches(signed_in=shape.signed_in, with_failed=shape.with_failed, columns=columns)


@lru_cache(maxsize=512)
def _walk(shape: Shape, limit: int) -> Any:
    fixed = [condition(clause, images.c) for clause in shape.clauses if clause.name in FIXED]
    free = [clause for clause in shape.clauses if clause.name not in FIXED]
    limits = [after(shape, images.c)] if shape.after_cursor else []
    parts = []
    for branch in branches(shape):
        way = select(images).where(*branch, *fixed, *limits)
        walked = way.order_by(*ordered(shape, images.c)).limit(number(WALKED)).subquery()
        kept = select(*(walked.c[key] for key in shape.keys)).where(*_conditions(free, walked.c))
        parts.append(kept.order_by(*ordered(shape, walked.c)).limit(number(limit)))
    page = united(parts).subquery("page")
    return select(page).order_by(*ordered(shape, page.c)).limit(number(limit))


def _conditions(clauses: Sequence[Clause], columns: Any) -> list[ColumnElement[bool]]:
    return [condition(clause, columns) for clause in clauses]


@lru_cache(maxsize=512)
def _gather(shape: Shape, limit: int, *, count: bool) -> Any:
    """Materialised: else the planner may walk the list after all, without an end."""
    found = all_of(shape, *shape.keys).cte("found").prefix_with("MATERIALIZED")
    columns: list[Any] = [found.c[key] for key in shape.keys]
    if count:
        columns.append(select(func.count()).select_from(found).scalar_subquery().label("matching"))
    return select(*columns).order_by(*ordered(shape, found.c)).limit(number(limit))


@lru_cache(maxsize=256)
def _count(shape: Shape) -> Any:
    return select(func.count()).select_from(all_of(shape).subquery())
