"""The pictures that look most like one."""

from typing import Any
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.images import service as images
from clonegallery.search.repository import nearest as sql
from clonegallery.search.repository import vectors
from clonegallery.search.schemas import ScoredCard, SimilarPage
from clonegallery.search.searched import searched_space


async def similar(viewer: Viewer, image_id: UUID, limit: int) -> SimilarPage:
    """What lies nearest to a picture, of what the viewer finds in their lists. Raises `NotFound` as `detail` does."""
    await images.require_sight(viewer, image_id)
    space = await searched_space()
    if space is None:
        return SimilarPage(items=[], model=None)
    async with reading() as connection:
        vector = await vectors.vector_of(connection, space.id, image_id)
        found: Any = []
        if vector is not None:
            found = await sql.nearest(connection, space, vector, viewer_id=viewer.id, without=image_id, limit=limit)
    cards = await images.cards_of(viewer, [row.id for row in found])
    items = [
        ScoredCard(**cards[row.id], score=min(1.0, max(0.0, float(row.cosine)))) for row in found if row.id in cards
    ]
    return SimilarPage(items=items, model=space.model, placed=vector is not None)
