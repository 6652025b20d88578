"""What lies near in a space, as far as the asker may see it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Row, Select, and_, bindparam, cast, func, or_, select, text, true

from clonegallery.images.repository import visibility
from clonegallery.images.repository.tables import images
from clonegallery.models.vector import HalfVector, PortableVector
from clonegallery.search.repository.spaces import Reader, embeddings, on_postgres
from clonegallery.statements import Kept

EXACT_MOST: Final = 20_000
"""So many pictures are compared one by one, in about 3 µs each. That misses none, whereas the index has to walk past
all that do not pass the conditions, which costs several times as much for each: where a tenth passes, a page of two
hundred takes longer by it. `tests/bench/bench_vectors.py` compares the two."""

_MORE: Final = 100
"""So many more than are wanted are asked of the index, whose order is nearly right: of the ten nearest 0.99 are found
instead of 0.89, and of two hundred 0.97 instead of 0.95, where conditions hold far from what is looked for."""

EVERYTHING: Final = true()
"""A narrowing that leaves all there is."""

_SOUGHT: Final = bindparam("near_vector", type_=PortableVector())
_NOT_ITSELF: Final = images.c.id != bindparam("near_without", type_=images.c.id.type)


async def nearest(
    reader: Reader,
    space: Row[Any],
    vector: Any,
    *,
    viewer_id: UUID | None,
    without: UUID | None,
    limit: int,
    narrowing: ColumnElement[bool] = EVERYTHING,
    values: Mapping[str, Any] | None = None,
    expected: int | None = None,
) -> Sequence[Row[Any]]:
    """(id, cosine, usual, spread) of what lies nearest, the nearest first, of what `viewer_id` finds in their lists.

    `narrowing` is any condition on `images`, `values` what it binds by name; statements are kept by the condition, so
    the same one should be given for the same question. `expected` says about how many pictures there are to choose
    from: where these are few, none is missed; else, or where it is None, nearly none. `usual` and `spread` are None for
    what was not measured yet. PostgreSQL's index is walked as the connection is set to (`db.postgres_options`); SQLite
    has no index of vectors, and looks at every one.
    """
    conditions = (*_seen(viewer_id is not None), narrowing, *([] if without is None else [_NOT_ITSELF]))
    if not on_postgres(reader) or (expected is not None and expected <= EXACT_MOST):
        statement = _compared(space.id, conditions, limit, on_postgres(reader))
    else:
        statement = _indexed(space.id, space.dimensions, conditions, limit)
    bound = {**(values or {}), "near_vector": vector, "near_without": without, "viewer_id": viewer_id}
    return list((await reader.execute(statement, bound)).all())


@Kept
def _compared(space_id: int, conditions: tuple[ColumnElement[bool], ...], limit: int, on_postgres: bool) -> Select[Any]:
    """Look every picture's vector up by its key. As a join the planner would rather read all vectors there are."""
    its_own = (
        embeddings.c.space_id == space_id,
        embeddings.c.image_id == images.c.id,
        embeddings.c.vector.is_not(None),
    )
    nearness = _distance() if on_postgres else _distance_on_sqlite()
    distance = select(nearness).where(*its_own).correlate(images).scalar_subquery().label("distance")
    near = select(images.c.id, distance).where(*conditions).order_by(distance.asc().nulls_last()).limit(limit).cte()
    lies = and_(embeddings.c.space_id == space_id, embeddings.c.image_id == near.c.id)
    return (
        select(near.c.id, (-near.c.distance).label("cosine"), embeddings.c.usual, embeddings.c.spread)
        .join(embeddings, lies)
        .where(near.c.distance.is_not(None))
        .order_by(near.c.distance)
    )


@Kept
def _indexed(space_id: int, dimensions: int, conditions: tuple[ColumnElement[bool], ...], limit: int) -> Select[Any]:
    """What the space's index gives, put into its true order."""
    half = HalfVector(dimensions)
    nearness = cast(embeddings.c.vector, half).op("<=>", return_type=Float())(cast(_SOUGHT, half))
    near = (
        select(images.c.id, _distance().label("distance"), embeddings.c.usual, embeddings.c.spread)
        .join(embeddings, embeddings.c.image_id == images.c.id)
        # Written out: only so can the planner prove that the space's partial index holds every row asked for.
        .where(text(f"image_embeddings.space_id = {int(space_id)}"), embeddings.c.vector.is_not(None), *conditions)
        .order_by(nearness)
        .limit(limit + _MORE)
        .cte()
    )
    cosine = (-near.c.distance).label("cosine")
    return select(near.c.id, cosine, near.c.usual, near.c.spread).order_by(near.c.distance).limit(limit)


def _distance() -> ColumnElement[float]:
    """The negative dot product: of vectors of unit length minus the cosine, for less work."""
    return embeddings.c.vector.op("<#>", return_type=Float())(cast(_SOUGHT, PortableVector))


def _distance_on_sqlite() -> ColumnElement[float]:
    """The same: https://alexgarcia.xyz/sqlite-vec/api-reference.html#vec_distance_cosine is one minus the cosine."""
    distance: ColumnElement[float] = func.vec_distance_cosine(embeddings.c.vector, _SOUGHT, type_=Float()) - 1
    return distance


@lru_cache(maxsize=2)
def _seen(signed_in: bool) -> tuple[ColumnElement[bool], ...]:
    branches = visibility.branches(signed_in=signed_in, with_failed=False)
    return (or_(*(and_(*branch) for branch in branches)),)
