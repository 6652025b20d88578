"""What matches words, the best match first, at a cost that has a bound.

To rank is to read every document that matches (https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-RANKING),
which for a common word is a tenth of the gallery. Where so many match, the newest of them are ranked: of ten thousand
good matches nobody misses the older ones, and they follow after the ranked ones anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, column, func, literal_column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository.filters import Clause, condition
from clonegallery.images.repository.shapes import Shape, number
from clonegallery.images.repository.sifting import all_of, branches, expected
from clonegallery.images.repository.tables import images
from clonegallery.images.repository.words import query
from clonegallery.statements import Kept

WEIGHTS: Final = "{0.1, 0.3, 0.5, 1.0}"
"""Of prompts, tags, captions and titles, in the order that `ts_rank` takes: D, C, B, A."""
ALL_RANKED: Final = 4_000
"""Where no more match they are all ranked."""
NEWEST_RANKED: Final = 2_000
"""Else so many of the newest are,"""
LOOKED_AT: Final = (15_000, 60_000)
"""of so many newest pictures; of more where `ENOUGH` are not among these."""
ENOUGH: Final = 100
_FETCHED: Final = 5
"""Pictures that are walked past in the time in which one is fetched that the index of words names."""
_MOST: Final = 20_000
"""Matches that are ranked after all, the newest ones, where these are not to be found so."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best matches in their order, and how many match in all."""

    ids: list[UUID]
    total: int
    is_estimate: bool


async def ranked(connection: AsyncConnection, shape: Shape, values: Mapping[str, Any], limit: int) -> Ranked:
    """Up to `limit` pictures, the best match first. One clause of the shape must be by words."""
    if connection.dialect.name != "postgresql":
        rows = (await connection.execute(_ranked_by_fts(shape, limit), dict(values))).all()
        return Ranked([row.id for row in rows], rows[0].matching if rows else 0, is_estimate=False)
    all_found = await expected(connection, shape, values)
    if all_found.rows > ALL_RANKED:
        whole = (await expected(connection, replace(shape, clauses=()), values)).rows
        for looked_at, further in zip(LOOKED_AT, (*LOOKED_AT[1:], 0), strict=True):
            if all_found.rows * _FETCHED < looked_at:
                break  # To fetch all that match is no longer a way.
            if all_found.rows * looked_at < ENOUGH * whole:
                continue  # It is likely to be in vain.
            rows = (await connection.execute(_rank_newest(shape, limit, looked_at), dict(values))).all()
            if len(rows) >= ENOUGH:
                return Ranked([row.id for row in rows], max(all_found.rows, len(rows)), is_estimate=True)
            if len(rows) * further < 2 * ENOUGH * looked_at:
                break  # What matches is older.
    rows = (await connection.execute(_rank_all(shape, limit), dict(values))).all()
    total = rows[0].matching if rows else 0
    return Ranked([row.id for row in rows], total, is_estimate=False)


def _words(shape: Shape) -> Clause:
    return next(clause for clause in shape.clauses if clause.name == "words")


def _best(shape: Shape, found: Any, limit: int, *more: Any) -> Any:
    words = _words(shape)
    sought = query(words.form, f"v{words.index}")
    strength = func.ts_rank(literal_column(f"'{WEIGHTS}'::float4[]"), found.c.document, sought, literal_column("1"))
    return (
        select(found.c.id, *more).order_by(strength.desc(), found.c.created_at.desc(), found.c.id).limit(number(limit))
    )


@Kept
def _rank_all(shape: Shape, limit: int) -> Any:
    found = all_of(shape, "id", "created_at", "document").cte("found").prefix_with("MATERIALIZED")
    some = select(found).order_by(found.c.created_at.desc()).limit(number(_MOST)).subquery()
    return _best(shape, some, limit, select(func.count()).select_from(found).scalar_subquery().label("matching"))


@Kept
def _rank_newest(shape: Shape, limit: int, looked_at: int) -> Any:
    parts = []
    for branch in branches(shape):
        newest = select(images).where(*branch).order_by(images.c.created_at.desc(), images.c.id.desc())
        walked = newest.limit(number(looked_at)).subquery()
        kept = select(walked.c.id, walked.c.created_at, walked.c.document)
        conditions = [condition(clause, walked.c) for clause in shape.clauses]
        parts.append(kept.where(*conditions).limit(number(NEWEST_RANKED)).subquery())
    found = select(parts[0]).union_all(*(select(part) for part in parts[1:])) if parts[1:] else select(parts[0])
    return _best(shape, found.cte("found").prefix_with("MATERIALIZED"), limit)


@Kept
def _ranked_by_fts(shape: Shape, limit: int) -> Any:
    """By BM25 of FTS5, with the weights of the columns: https://www.sqlite.org/fts5.html#the_bm25_function."""
    words = table("image_documents", column("image_id", images.c.id.type))
    matches = literal_column("image_documents").op("MATCH")(bindparam(f"v{_words(shape).index}_words"))
    weakness: Any = literal_column("bm25(image_documents, 0.0, 10.0, 5.0, 3.0, 1.0, 1.0)")
    # By itself: the function knows the table only where nothing is grouped or counted beside it.
    measured = select(words.c.image_id.label("id"), weakness.label("weakness")).where(matches)
    found = measured.cte("found").prefix_with("MATERIALIZED")
    matching = func.count().over().label("matching")
    kept = select(found.c.id, matching).where(found.c.id.in_(all_of(shape)))
    return kept.order_by(found.c.weakness, found.c.id.desc()).limit(number(limit))
