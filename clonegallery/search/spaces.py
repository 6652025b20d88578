"""Which model places the pictures, and how far it is: the space that is searched, and the one that will be."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from clonegallery.db import reading, unit_of_work
from clonegallery.inference.embedders import EmbeddingModel, can_embed, embedder, embedding_model, model_of
from clonegallery.jobs import service as jobs
from clonegallery.models.embedding import SpaceStatus
from clonegallery.search.repository import spaces as sql
from clonegallery.search.schemas import SpaceRead
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread

PLACE_ALL = "place_all"


async def wanted_space() -> Row[Any] | None:
    """The space of the model that is configured, made where there is none; None where pictures are not to be placed.

    For workers: loads the model. Raises `GenerationFailed` where it cannot be loaded, `OutOfMemory`.
    """
    model = await _configured()
    if model is None:
        return None
    async with reading() as connection:
        known = [space for space in await sql.all_spaces(connection) if _is_of(space, model)]
    if known:
        return known[0]
    dimensions = (await in_thread(embedder, model)).dimensions
    async with unit_of_work() as work:
        return await sql.make(work.session, model.name, model.fingerprint, model.source, dimensions)


async def live_spaces() -> Sequence[Row[Any]]:
    """The spaces that a new picture is placed in: the one that is searched, and the one that will be."""
    model = await _configured()
    async with reading() as connection:
        known = await sql.all_spaces(connection)
    return [space for space in known if space.status == SpaceStatus.ACTIVE or (model and _is_of(space, model))]


async def model_for(space: Row[Any]) -> EmbeddingModel | None:
    """The model of a space: as configured now, for a folder may have moved; else where its weights were.

    None where other weights lie there by now: nothing can be placed in that space any more.
    """
    configured = await _configured()
    if configured is not None and _is_of(space, configured):
        return configured
    there = await in_thread(model_of, str(space.source))
    return there if _is_of(space, there) else None


async def look_after() -> None:
    """Begin to place all pictures where the configured model has not placed them all yet. Idempotent."""
    if not can_embed(get_settings()):
        return
    model = await _configured()
    async with reading() as connection:
        active = await sql.active(connection)
    if model is None or (active is not None and _is_of(active, model)):
        return
    async with unit_of_work() as work:
        await jobs.enqueue_once(work, kind=PLACE_ALL)


async def progress() -> list[SpaceRead]:
    """Every space, with how many of the pictures lie in it."""
    async with reading() as connection:
        rows = await sql.progress(connection)
    return [
        SpaceRead(model=row.model, active=row.status == SpaceStatus.ACTIVE, placed=row.placed, total=row.total)
        for row in rows
    ]


async def _configured() -> EmbeddingModel | None:
    return await in_thread(embedding_model, get_settings())


def _is_of(space: Row[Any], model: EmbeddingModel) -> bool:
    return (space.model, space.fingerprint) == (model.name, model.fingerprint)
