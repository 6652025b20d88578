"""What a text means and what looks like a picture, of what a search's conditions leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.images import looking
from clonegallery.images import service as images
from clonegallery.images.conditions import Asked
from clonegallery.images.schemas import Filters
from clonegallery.search import meaning
from clonegallery.search.asked import Search
from clonegallery.search.fitting import Near, fitting
from clonegallery.search.fusion import Scored
from clonegallery.search.repository import nearest as sql
from clonegallery.search.repository import vectors
from clonegallery.search.searched import searched_space


async def meant(viewer: Viewer, search: Search, limit: int) -> Sequence[Scored] | None:
    """The pictures that the search's words mean, the best first; none in a gallery without an embedding model.

    None where its workers do not say at the moment what they mean.
    """
    space = await searched_space()
    if space is None:
        return []
    vector = await meaning.vector_of_text(space, search.text)
    if vector is None:
        return None
    near = await _nearest(viewer, search.filters, search.firm, Sought(space, vector, limit))
    return [
        Scored(hit.id, round(hit.score, 3))
        for hit in fitting(Near(one.id, float(one.cosine), one.usual, one.spread) for one in near)
    ]


async def look_alikes(viewer: Viewer, search: Search, asked: Asked, image_id: UUID, limit: int) -> Sequence[Scored]:
    """The pictures that look like one, of what `asked` leaves, the most alike first.

    Raises `NotFound` where the viewer may not see that picture.
    """
    await images.require_sight(viewer, image_id)
    space = await searched_space()
    if space is None:
        return []
    async with reading() as connection:
        vector = await vectors.vector_of(connection, space.id, image_id)
    if vector is None:
        return []
    near = await _nearest(viewer, search.filters, asked, Sought(space, vector, limit, without=image_id))
    return [Scored(one.id, round(min(1.0, max(0.0, float(one.cosine))), 3)) for one in near]


@dataclass(frozen=True, slots=True)
class Sought:
    """A place in a space, and how many of what lies nearest there are wanted, but for the picture that lies there."""

    space: Any
    vector: Any
    limit: int
    without: UUID | None = None


async def _nearest(viewer: Viewer, filters: Filters, asked: Asked, sought: Sought) -> Sequence[Any]:
    condition, bound, expected = await looking.narrowed(viewer, filters, asked)
    async with reading() as connection:
        return await sql.nearest(
            connection, sought.space, sought.vector, viewer_id=viewer.id, without=sought.without, limit=sought.limit,
            narrowing=condition, values=bound, expected=expected,
        )  # fmt: skip
