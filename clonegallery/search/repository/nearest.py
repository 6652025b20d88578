"""What lies near in a space, as far as the asker may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Row, and_, cast, func, literal, or_, select, text

from clonegallery.images.repository import visibility
from clonegallery.images.repository.tables import images
from clonegallery.models.vector import HalfVector
from clonegallery.search.repository.spaces import Reader, embeddings, on_postgres

_LOOKED_AT = 100
"""Neighbours that the index looks at before it goes on because too few of them pass the filters."""


async def nearest(
    reader: Reader, space: Row[Any], vector: Any, *, viewer_id: UUID | None, without: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """(id, cosine) of what lies nearest, the nearest first, of what `viewer_id` finds in their lists.

    `reader` is in a transaction, which takes the settings of PostgreSQL's scan. SQLite has no index of vectors, and
    measures every distance: https://alexgarcia.xyz/sqlite-vec/api-reference.html#vec_distance_cosine
    """
    distance: ColumnElement[float]
    if on_postgres(reader):
        await _scan_on(reader, limit)
        kind = HalfVector(space.dimensions)
        distance = cast(embeddings.c.vector, kind).op("<=>", return_type=Float())(cast(vector, kind))
    else:
        sought = literal(vector, embeddings.c.vector.type)
        distance = func.vec_distance_cosine(embeddings.c.vector, sought, type_=Float())
    seen = or_(*(and_(*branch) for branch in visibility.branches(signed_in=viewer_id is not None, with_failed=False)))
    statement = (
        select(images.c.id, (1 - distance).label("cosine"))
        .join(embeddings, embeddings.c.image_id == images.c.id)
        # Written out: only so can the planner prove that the space's partial index holds every row asked for.
        .where(text(f"image_embeddings.space_id = {int(space.id)}"), embeddings.c.vector.is_not(None), seen)
        .order_by(distance)
        .limit(limit)
    )
    if without is not None:
        statement = statement.where(embeddings.c.image_id != without)
    bound = {} if viewer_id is None else {"viewer_id": viewer_id}
    return list((await reader.execute(statement, bound)).all())


async def _scan_on(reader: Reader, limit: int) -> None:
    """Let the index go on until there are enough neighbours that pass the filters, or so many vectors were looked at
    that pgvector gives up (`hnsw.max_scan_tuples`): https://github.com/pgvector/pgvector#iterative-index-scans
    """
    await reader.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
    await reader.execute(text(f"SET LOCAL hnsw.ef_search = {max(_LOOKED_AT, int(limit))}"))
