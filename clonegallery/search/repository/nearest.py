"""What lies near in a space, as far as the asker may see it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Row, Select, and_, cast, func, literal, or_, select, text

from clonegallery.images.repository import visibility
from clonegallery.images.repository.tables import images
from clonegallery.models.vector import HalfVector, PortableVector
from clonegallery.search.repository.spaces import Reader, embeddings, on_postgres

EXACT_MOST: Final = 20_000
"""So many pictures are compared one by one, in about 3 µs each. That misses none, whereas the index has to walk past
all that do not pass the conditions, which costs several times as much for each: where a tenth passes, a page of two
hundred takes longer by it. `tests/bench/bench_vectors.py` compares the two."""

_LOOKED_AT: Final = 200
_MORE: Final = 100
"""So many more than are wanted are asked of the index, whose order is nearly right: of the ten nearest 0.99 are found
instead of 0.89, and of two hundred 0.97 instead of 0.95, where conditions hold far from what is looked for."""

_SCAN: Final = {
    # Goes on while too few pass the conditions. In a relaxed order more of the nearest are found in the same time.
    "hnsw.iterative_scan": "relaxed_order",
    # So far that a hundredth passing is enough for a few hundred, and memory for it, in units of `work_mem`.
    "hnsw.max_scan_tuples": "200000",
    "hnsw.scan_mem_multiplier": "8",
}
"""https://github.com/pgvector/pgvector#iterative-index-scans"""


async def nearest(
    reader: Reader,
    space: Row[Any],
    vector: Any,
    *,
    viewer_id: UUID | None,
    without: UUID | None,
    limit: int,
    narrowing: ColumnElement[bool] | None = None,
    values: Mapping[str, Any] | None = None,
    expected: int | None = None,
) -> Sequence[Row[Any]]:
    """(id, cosine, usual, spread) of what lies nearest, the nearest first, of what `viewer_id` finds in their lists.

    `narrowing` is any condition on `images`, `values` what it binds by name. `expected` says about how many pictures
    there are to choose from: where these are few, none is missed; else, or where it is None, nearly none. `usual` and
    `spread` are None for what was not measured yet. `reader` is in a transaction, which takes the settings of
    PostgreSQL's scan. SQLite has no index of vectors, and looks at every one.
    """
    conditions = [_seen(viewer_id)]
    if narrowing is not None:
        conditions.append(narrowing)
    if without is not None:
        conditions.append(images.c.id != without)
    if not on_postgres(reader):
        statement = _compared(space, _distance_on_sqlite(vector), conditions, limit)
    elif expected is not None and expected <= EXACT_MOST:
        statement = _compared(space, _distance(vector), conditions, limit)
    else:
        await reader.execute(select(*_settings(limit)))
        statement = _indexed(space, vector, conditions, limit)
    bound = dict(values or {}) | ({} if viewer_id is None else {"viewer_id": viewer_id})
    return list((await reader.execute(statement, bound)).all())


def _compared(
    space: Row[Any], nearness: ColumnElement[float], conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """Look every picture's vector up by its key. As a join the planner would rather read all vectors there are."""
    its_own = (
        embeddings.c.space_id == space.id,
        embeddings.c.image_id == images.c.id,
        embeddings.c.vector.is_not(None),
    )
    distance = select(nearness).where(*its_own).correlate(images).scalar_subquery().label("distance")
    near = select(images.c.id, distance).where(*conditions).order_by(distance.asc().nulls_last()).limit(limit).cte()
    lies = and_(embeddings.c.space_id == space.id, embeddings.c.image_id == near.c.id)
    return (
        select(near.c.id, (-near.c.distance).label("cosine"), embeddings.c.usual, embeddings.c.spread)
        .join(embeddings, lies)
        .where(near.c.distance.is_not(None))
        .order_by(near.c.distance)
    )


def _indexed(space: Row[Any], vector: Any, conditions: Sequence[ColumnElement[bool]], limit: int) -> Select[Any]:
    """What the space's index gives, put into its true order."""
    half = HalfVector(space.dimensions)
    nearness = cast(embeddings.c.vector, half).op("<=>", return_type=Float())(cast(vector, half))
    near = (
        select(images.c.id, _distance(vector).label("distance"), embeddings.c.usual, embeddings.c.spread)
        .join(embeddings, embeddings.c.image_id == images.c.id)
        # Written out: only so can the planner prove that the space's partial index holds every row asked for.
        .where(text(f"image_embeddings.space_id = {int(space.id)}"), embeddings.c.vector.is_not(None), *conditions)
        .order_by(nearness)
        .limit(limit + _MORE)
        .cte()
    )
    cosine = (-near.c.distance).label("cosine")
    return select(near.c.id, cosine, near.c.usual, near.c.spread).order_by(near.c.distance).limit(limit)


def _distance(vector: Any) -> ColumnElement[float]:
    """The negative dot product: of vectors of unit length minus the cosine, for less work."""
    return embeddings.c.vector.op("<#>", return_type=Float())(cast(vector, PortableVector))


def _distance_on_sqlite(vector: Any) -> ColumnElement[float]:
    """The same: https://alexgarcia.xyz/sqlite-vec/api-reference.html#vec_distance_cosine is one minus the cosine."""
    sought = literal(vector, embeddings.c.vector.type)
    distance: ColumnElement[float] = func.vec_distance_cosine(embeddings.c.vector, sought, type_=Float()) - 1
    return distance


def _seen(viewer_id: UUID | None) -> ColumnElement[bool]:
    branches = visibility.branches(signed_in=viewer_id is not None, with_failed=False)
    return or_(*(and_(*branch) for branch in branches))


def _settings(limit: int) -> list[ColumnElement[str]]:
    """Of this transaction only."""
    chosen = {**_SCAN, "hnsw.ef_search": str(min(1_000, max(_LOOKED_AT, limit + _MORE)))}
    return [func.set_config(name, value, True) for name, value in chosen.items()]
