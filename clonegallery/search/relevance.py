"""What a text means and what looks like a picture, of what a search's conditions leave."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.images import looking
from clonegallery.images import service as images
from clonegallery.images.conditions import Asked
from clonegallery.search import meaning
from clonegallery.search.asked import Search
from clonegallery.search.fitting import Hit, Near, fitting
from clonegallery.search.fusion import Scored
from clonegallery.search.repository import nearest as sql
from clonegallery.search.repository import vectors
from clonegallery.search.searched import searched_space


@dataclass(frozen=True, slots=True)
class Meant:
    """The best of what is meant, the best first; `is_cut` where there may be more of it than was looked at."""

    hits: Sequence[Scored]
    is_cut: bool = False


async def meant(viewer: Viewer, search: Search, limit: int) -> Meant | None:
    """The pictures that the search's words mean, of the `limit` that lie nearest; none in a gallery without an
    embedding model. Whether one is meant hangs on the words and on what the viewer finds without any condition.

    None where its workers do not say at the moment what they mean.
    """
    space = await searched_space()
    if space is None:
        return Meant([])
    vector = await meaning.vector_of_text(space, search.text)
    if vector is None:
        return None
    near, everywhere = await _near_and_everywhere(viewer, search, Sought(space, vector, limit))
    hits = fitting(near, everywhere)
    return Meant([Scored(hit.id, round(hit.score, 3)) for hit in hits], _is_cut(near, hits, limit))


async def _near_and_everywhere(
    viewer: Viewer, search: Search, sought: "Sought"
) -> tuple[list[Near], list[Near] | None]:
    """What lies nearest of what the conditions leave, and where they leave anything out, of all."""
    narrowed = await looking.narrowed(viewer, search.filters, search.firm)
    if narrowed.expected is None:
        return _measured(await _nearest(viewer, narrowed, sought)), None
    found = await asyncio.gather(_nearest(viewer, narrowed, sought), _nearest(viewer, looking.EVERYTHING, sought))
    near, everywhere = map(_measured, found)
    return near, everywhere


def _measured(rows: Sequence[Any]) -> list[Near]:
    return [Near(row.id, float(row.cosine), row.usual, row.spread) for row in rows]


def _is_cut(near: Sequence[Near], hits: Sequence[Hit], limit: int) -> bool:
    """Whether some that fit may lie beyond the `limit` nearest: where one does among the last tenth of these."""
    last = {one.id for one in near[limit - limit // 10 :]}
    return any(hit.id in last for hit in hits)


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
    narrowed = await looking.narrowed(viewer, search.filters, asked)
    near = await _nearest(viewer, narrowed, Sought(space, vector, limit, without=image_id))
    return [Scored(one.id, round(min(1.0, max(0.0, float(one.cosine))), 3)) for one in near]


@dataclass(frozen=True, slots=True)
class Sought:
    """A place in a space, and how many of what lies nearest there are wanted, but for the picture that lies there."""

    space: Any
    vector: Any
    limit: int
    without: UUID | None = None


async def _nearest(viewer: Viewer, narrowed: looking.Narrowed, sought: Sought) -> Sequence[Any]:
    async with reading() as connection:
        return await sql.nearest(
            connection, sought.space, sought.vector, viewer_id=viewer.id, without=sought.without, limit=sought.limit,
            narrowing=narrowed.condition, values=narrowed.values, expected=narrowed.expected,
        )  # fmt: skip
