"""A page of what is left of a list by any conditions, at a cost that has a bound.

Two ways lead there, and neither is good for everything. To walk the list in its order and leave out what does not match
is quick where much matches, and endless where little does. To gather all that matches, by the indexes of the
conditions, and sort it is quick where little matches. The planner's own choice between the two hangs on an estimate,
and where that is wrong a page costs a scan of the whole list. So here the way that is expected to be the shorter one is
taken, but a list is walked only as far as gathering may cost; what was not found by then is gathered after all. Thus a
page costs at most about twice what the better way would have.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, log2
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.db import preparing
from clonegallery.images.repository import visibility
from clonegallery.images.repository.explaining import Expected, lately_expected
from clonegallery.images.repository.filters import Clause, condition, within
from clonegallery.images.repository.shapes import CARD, TRASH, Shape, after, number, ordered, united
from clonegallery.images.repository.tables import images
from clonegallery.statements import Kept

WALKED: Final = 32_768
"""Rows that are looked at in the list's order at most, before what matches is gathered instead."""
WALKED_LEAST: Final = 1_024
STEP: Final = 0.25
"""What it costs to look at one more row of a list, in the planner's units: rows that came one after the other lie
side by side. In orders other than by when they came they lie anywhere, and so do those of one person."""
LEAP: Final = 1.0
SORTING: Final = 0.03
"""What it costs to put one more row of what was gathered into order, in the same units."""
EXACT: Final = 20_000
"""Where more than these are expected the expectation is what they are counted as."""

FIXED: Final = frozenset({"owner_id", "visibility", "status", "liked", "id"})
"""What lists have indexes of their own for: the planner needs no help with it."""
_BY_WORDS: Final = frozenset({"words", "found"})


@dataclass(frozen=True, slots=True)
class Sifted:
    """Rows in the list's order, and how many match in all, where that was asked for."""

    rows: Sequence[Row[Any]]
    total: int | None = None
    is_estimate: bool = False


def must_be_sifted(shape: Shape) -> bool:
    return any(clause.name not in FIXED for clause in shape.clauses)


Dressed = Callable[[Any, Shape], Select[Any]]
"""Makes the statement of a subquery with the columns `CARD` of the page's pictures."""


async def sifted(
    connection: AsyncConnection,
    shape: Shape,
    values: Mapping[str, Any],
    limit: int,
    dressed: Dressed,
    *,
    count: bool = False,
) -> Sifted:
    """Up to `limit` pictures in the list's order, as `dressed` makes rows of them."""
    if connection.dialect.name != "postgresql":
        return await _gathered(connection, shape, values, limit, dressed, count=count)
    all_found = await expected(connection, shape, values, shape.keys)
    step = LEAP if shape.keys[0] != "created_at" or _along_fixed(shape) else STEP
    gathering = all_found.cost + SORTING * all_found.rows
    if await _way(connection, shape, values, all_found, limit) * step <= gathering:
        walk = _walk(shape, limit, _bounded(gathering / step), dressed)
        # One plan is good for whatever is asked for, but not for all people: some have a thousand times as much.
        async with nullcontext() if _along_fixed(shape) else preparing(connection):
            rows = (await connection.execute(walk, dict(values))).all()
        if len(rows) >= limit:
            return await _counted(connection, shape, values, Sifted(rows), all_found.rows if count else None)
    return await _gathered(connection, shape, values, limit, dressed, count=count)


async def expected(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], columns: Sequence[str] = ("created_at", "id")
) -> Expected:
    """What the planner expects of all that matches, wherever a page of it begins, and of fetching these columns of it;
    PostgreSQL only."""
    alike = Shape(TRASH if shape.sort == TRASH else "", shape.clauses, shape.signed_in, shape.with_failed)
    names = tuple(f"v{clause.index}" for clause in shape.clauses)
    bound = {name: value for name, value in values.items() if name == "viewer_id" or name.split("_")[0] in names}
    said = tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in bound.items())
    statement = partial(_all_gathered, replace(shape, after_cursor=False), *columns)
    return await lately_expected(connection, (alike, said, tuple(columns)), statement, bound)


async def _way(
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], all_found: Expected, limit: int
) -> float:
    """How many rows of the list are to be looked at until `limit` match, if these lie evenly in what is walked."""
    along = (*_along_fixed(shape), *_stretches(shape))
    whole = await expected(connection, replace(shape, clauses=along), values)
    in_vain = await _before_any(connection, shape, values)
    return in_vain + limit * whole.rows / max(1, all_found.rows)


def _along_fixed(shape: Shape) -> list[Clause]:
    return [clause for clause in shape.clauses if clause.name in FIXED]


def _stretches(shape: Shape) -> list[Clause]:
    """What makes a list in the order of when pictures were taken a stretch of it."""
    return _taken_within(shape) if shape.keys[0] == "sort_at" else []


def _taken_within(shape: Shape) -> list[Clause]:
    return [clause for clause in shape.clauses if clause.name == "taken_at" and not clause.negated]


async def _before_any(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> int:
    """How many pictures at the beginning are not to match: what was taken since a moment came after it."""
    since = next((clause for clause in _taken_within(shape) if clause.form.startswith(">")), None)
    if since is None or shape.after_cursor or shape.keys[0] != "created_at" or not shape.ascending:
        return 0
    name = f"v{since.index}_low"
    bound = {one: values[one] for one in ("viewer_id", name) if one in values}
    key = ("before", shape.sort, shape.signed_in, shape.with_failed, name, tuple(bound.items()))
    return (await lately_expected(connection, key, partial(_earlier, shape, name), bound)).rows


def _earlier(shape: Shape, name: str) -> Any:
    """What of the list came before the moment that is bound by this name."""
    earlier = images.c.created_at < bindparam(name, type_=images.c.created_at.type)
    return united([select(images.c.id).where(*branch, earlier) for branch in branches(shape)])


def _bounded(rows: float) -> int:
    """A power of two, so that there are few statements: each is built and prepared by itself."""
    return 1 << ceil(log2(min(max(rows, WALKED_LEAST), WALKED)))


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
    connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], limit: int, dressed: Dressed, *, count: bool
) -> Sifted:
    if count and shape.after_cursor:
        found = await _gathered(connection, shape, values, limit, dressed, count=False)
        return replace(found, total=await matching(connection, shape, values))
    rows = (await connection.execute(_gather(shape, limit, dressed, count=count), dict(values))).all()
    return Sifted(rows, (rows[0].matching if rows else 0) if count else None)


def all_of(shape: Shape, *columns: str, table: Any = images) -> Select[Any]:
    """Everything that matches, in no order: one statement over the parts of the viewer's list. `columns` are names, the
    id's alone where there are none; `table` is the one of pictures, or a sample of it."""
    seen = or_(*(and_(*branch) for branch in branches(shape, table.c)))
    conditions = [condition(clause, table.c) for clause in shape.clauses]
    limits = [after(shape, table.c)] if shape.after_cursor else []
    return select(*(table.c[name] for name in columns or ("id",))).where(seen, *conditions, *limits)


def _all_gathered(shape: Shape, *columns: str) -> Any:
    """As `all_of`. The parts of a list have indexes of their own, so each is gathered by itself; but for words, which
    would be looked up in theirs once for each part."""
    if any(clause.name in _BY_WORDS for clause in shape.clauses):
        return all_of(shape, *columns)
    conditions = [condition(clause, images.c) for clause in shape.clauses]
    limits = [after(shape, images.c)] if shape.after_cursor else []
    chosen = [images.c[name] for name in columns or ("id",)]
    return united([select(*chosen).where(*branch, *conditions, *limits) for branch in branches(shape)])


def branches(shape: Shape, columns: Any = images.c) -> Sequence[Sequence[Any]]:
    if shape.sort == TRASH:
        return visibility.trash(columns)
    return visibility.branches(signed_in=shape.signed_in, with_failed=shape.with_failed, columns=columns)


@Kept
def _walk(shape: Shape, limit: int, most: int, dressed: Dressed) -> Any:
    fixed = _conditions(_along_fixed(shape), images.c)
    free = [clause for clause in shape.clauses if clause.name not in FIXED]
    # A picture that was taken at a known moment lies there in that order.
    limits = [within(clause, images.c.sort_at) for clause in _stretches(shape)]
    limits += [after(shape, images.c)] if shape.after_cursor else []
    parts = []
    for branch in branches(shape):
        way = select(images).where(*branch, *fixed, *limits)
        walked = way.order_by(*ordered(shape, images.c)).limit(number(most)).subquery()
        kept = select(*(walked.c[name] for name in CARD)).where(*_conditions(free, walked.c))
        parts.append(kept.order_by(*ordered(shape, walked.c)).limit(number(limit)))
    all_kept = united(parts).subquery("kept")
    page = select(all_kept).order_by(*ordered(shape, all_kept.c)).limit(number(limit))
    return dressed(page.subquery("cards"), shape)


def _conditions(clauses: Sequence[Clause], columns: Any) -> list[ColumnElement[bool]]:
    return [condition(clause, columns) for clause in clauses]


@Kept
def _gather(shape: Shape, limit: int, dressed: Dressed, *, count: bool) -> Any:
    """Materialised: else the planner may walk the list after all, without an end.

    By likes most pictures are alike, and of what comes after one of them the planner expects nothing: it looks at the
    first key alone. So there a page begins within what was gathered, not within what is to be.
    """
    begins_within = shape.after_cursor and shape.keys[0] == "likes"
    gathered = replace(shape, after_cursor=False) if begins_within else shape
    found = _all_gathered(gathered, *shape.keys).cte("found").prefix_with("MATERIALIZED")
    columns: list[Any] = [found.c.id]
    if count:
        columns.append(select(func.count()).select_from(found).scalar_subquery().label("matching"))
    limits = [after(shape, found.c)] if begins_within else []
    page = select(*columns).where(*limits).order_by(*ordered(shape, found.c)).limit(number(limit)).subquery("page")
    more = [page.c.matching] if count else []
    rows = select(*(images.c[name] for name in CARD), *more).join(page, page.c.id == images.c.id)
    return dressed(rows.subquery("cards"), shape)


@Kept
def _count(shape: Shape) -> Any:
    return select(func.count()).select_from(all_of(shape).subquery())
