"""How many pictures of a list have what: exact where that is cheap, else from a sample, and said so.

A sample is of whole blocks of the table (https://www.postgresql.org/docs/current/sql-select.html, TABLESAMPLE SYSTEM):
quick, and as good as the blocks are many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Text, cast, func, literal, literal_column, null, select, tablesample, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository.shapes import Shape
from clonegallery.images.repository.sifting import EXACT, all_of, branches, expected
from clonegallery.images.repository.tables import image_tags, images, instruments, tags
from clonegallery.models.instrument import InstrumentKind
from clonegallery.statements import Kept

SAMPLED: Final = (16_000, 24_000, 32_000, 40_000)
"""Rows of a sample: as few as hold `ENOUGH` that match, and no more than can be looked at while somebody waits."""
ENOUGH: Final = 4_000
TOTAL: Final = "total"
"""The facet that every picture has."""
MOST: Final = 20
"""Values of a facet that are told, the most common ones."""
_TAGGED: Final = 4_000
"""Rows of a sample whose tags are looked up: these are in another table."""

_COLUMNS = ("id", "camera_id", "lens_id", "model_id", "source", "taken_at")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many, by name of the facet or month and its value; `scale` is what a sample's counts are multiplied with."""

    rows: Sequence[Any]
    scale: float = 1.0

    @property
    def is_estimate(self) -> bool:
        return self.scale != 1.0


async def facets(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> Counted:
    """(facet, value, label, pictures), for each facet the most common values first; the facet `TOTAL` counts all."""
    percent = await _percent(connection, shape, values)
    statement = _facets(shape, percent, connection.dialect.name)
    return Counted((await connection.execute(statement, dict(values))).all(), _scale(percent))


async def months(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> Counted:
    """(`YYYY-MM` in UTC, pictures), the latest month first, by the moment that the list is in the order of."""
    if not shape.clauses and connection.dialect.name == "postgresql":
        return Counted((await connection.execute(_all_months(shape), dict(values))).all())
    percent = await _percent(connection, shape, values) if shape.clauses else None
    statement = _months(shape, percent, connection.dialect.name)
    return Counted((await connection.execute(statement, dict(values))).all(), _scale(percent))


async def _percent(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any]) -> float | None:
    """How much of the table is to be looked at; None for all that matches."""
    if connection.dialect.name != "postgresql":
        return None
    matching = (await expected(connection, shape, values)).rows
    if matching <= EXACT:
        return None
    found = await connection.scalar(text("SELECT reltuples FROM pg_class WHERE oid = 'images'::regclass"))
    rows = max(1.0, float(found or 0))
    sampled = next((some for some in SAMPLED if some * matching >= ENOUGH * rows), SAMPLED[-1])
    share = sampled / rows
    return None if share >= 0.5 else round(100 * share, 1 if share > 0.01 else 3)


def _scale(percent: float | None) -> float:
    return 1.0 if percent is None else 100 / percent


def _table(percent: float | None) -> Any:
    return images if percent is None else tablesample(images, func.system(literal_column(str(percent))), name="sample")


@Kept
def _facets(shape: Shape, percent: float | None, dialect: str) -> Any:
    found = all_of(shape, *_COLUMNS, table=_table(percent)).cte("found").prefix_with("MATERIALIZED")
    year = _part(found.c.taken_at, "YYYY", "%Y", dialect)
    parts = [
        select(literal(TOTAL).label("facet"), null().label("value"), null().label("label"), func.count().label("n"))
        .select_from(found)
        .subquery(),
        *(_instrument(found, kind) for kind in InstrumentKind),
        _grouped("source", cast(found.c.source, Text), found),
        _grouped("year", year, found, found.c.taken_at.is_not(None)),
        _tags(found, percent),
    ]
    return union_all(*(select(part) for part in parts))


def _grouped(facet: str, value: Any, found: Any, *conditions: Any) -> Any:
    grouped = select(value.label("value"), func.count().label("n")).select_from(found).where(*conditions)
    top = grouped.group_by(value).order_by(func.count().desc(), value).limit(MOST).subquery()
    return select(literal(facet).label("facet"), top.c.value, top.c.value.label("label"), top.c.n).subquery()


def _instrument(found: Any, kind: InstrumentKind) -> Any:
    column = found.c[f"{kind.value}_id"]
    grouped = select(column.label("of"), func.count().label("n")).where(column.is_not(None)).group_by(column)
    top = grouped.order_by(func.count().desc(), column).limit(MOST).subquery()
    named = select(literal(kind.value).label("facet"), instruments.c.folded, instruments.c.name, top.c.n)
    return named.join_from(top, instruments, instruments.c.id == top.c.of).subquery()


def _tags(found: Any, percent: float | None) -> Any:
    some = select(found.c.id).limit(_TAGGED).subquery() if percent is not None else found
    carrying = select(image_tags.c.tag_id, func.count().label("n")).join_from(
        some, image_tags, image_tags.c.image_id == some.c.id
    )
    top = (
        carrying.group_by(image_tags.c.tag_id).order_by(func.count().desc(), image_tags.c.tag_id).limit(MOST).subquery()
    )
    pictures: Any = top.c.n
    if percent is not None:
        # As many as there would be if the tags of the whole sample had been looked up.
        all_found = select(func.count()).select_from(found).scalar_subquery()
        pictures = cast(top.c.n * func.greatest(1.0, all_found / float(_TAGGED)), images.c.width.type)
    named = select(
        literal("tag").label("facet"), tags.c.name.label("value"), tags.c.name.label("label"), pictures.label("n")
    )
    return named.join_from(top, tags, tags.c.id == top.c.tag_id).subquery()


@Kept
def _months(shape: Shape, percent: float | None, dialect: str) -> Any:
    moment = _moment(shape)
    found = all_of(shape, moment, table=_table(percent)).subquery("found")
    month = _part(found.c[moment], "YYYY-MM", "%Y-%m", dialect)
    if dialect != "postgresql":
        return select(month.label("month"), func.count().label("n")).group_by(month).order_by(month.desc())
    # Months are told apart as moments and written out once each: writing out every row's would take most of the time.
    whole = func.date_trunc("month", found.c[moment])
    grouped = select(whole.label("month"), func.count().label("n")).group_by(whole).subquery("grouped")
    return select(func.to_char(grouped.c.month, "YYYY-MM").label("month"), grouped.c.n).order_by(grouped.c.month.desc())


@Kept
def _all_months(shape: Shape) -> Any:
    """Of a list that nothing narrows each month is counted by itself, within the index of the list's order: to read the
    month of every row would take twice as long."""
    moment = _moment(shape)
    each = union_all(*(_each_month(moment, branch) for branch in branches(shape)))
    # Materialised: else each month is counted once more to see whether it is empty.
    parts = each.cte("parts").prefix_with("MATERIALIZED")
    grouped = (
        select(parts.c.month, cast(func.sum(parts.c.n), BigInteger).label("n"))
        .group_by(parts.c.month)
        .subquery("grouped")
    )
    name = func.to_char(grouped.c.month, "YYYY-MM").label("month")
    return select(name, grouped.c.n).where(grouped.c.n > 0).order_by(grouped.c.month.desc())


def _each_month(moment: str, branch: Sequence[Any]) -> Any:
    column: Any = images.c[moment]
    step: Any = literal_column("interval '1 month'")
    first, last = (func.date_trunc("month", end(column)) for end in (func.min, func.max))
    ends = select(first.label("first"), last.label("last")).select_from(images).where(*branch).subquery("ends")
    months = select(func.generate_series(ends.c.first, ends.c.last, step).label("month")).subquery("months")
    inside = (column >= months.c.month, column < months.c.month + step)
    counted = select(func.count()).select_from(images).where(*branch, *inside).correlate(months).scalar_subquery()
    return select(months.c.month, counted.label("n"))


def _moment(shape: Shape) -> str:
    return shape.keys[0] if shape.keys[0] in ("created_at", "sort_at") else "sort_at"


def _part(moment: Any, postgres: str, sqlite: str, dialect: str) -> Any:
    # Sessions run in UTC (db.py), so to_char needs no zone.
    return func.to_char(moment, postgres) if dialect == "postgresql" else func.strftime(sqlite, moment)
