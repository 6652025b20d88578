"""Which model places the pictures, and how far it is: the space that is searched, and the one that will be."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row

from clonegallery.clock import utcnow
from clonegallery.db import autocommitting, reading, unit_of_work
from clonegallery.inference.embedders import EmbeddingModel, can_embed, embedder, embedding_model, model_of
from clonegallery.jobs import service as jobs
from clonegallery.models.embedding import SpaceStatus
from clonegallery.search import everyday
from clonegallery.search.repository import spaces as sql
from clonegallery.search.repository import vectors
from clonegallery.search.schemas import SpaceRead
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread

PLACE_ALL: Final = "place_all"
_AT_ONCE: Final = 2_000
_MISSED_AFTER = timedelta(minutes=5)
"""Who came in before that had the time to be placed by a job of their own."""


async def wanted_space() -> Row[Any] | None:
    """The space of the model that is configured, made where there is none; None where pictures are not to be placed.

    For workers: loads the model. Raises `GenerationFailed` where it cannot be loaded, `OutOfMemory`.
    """
    model = await _configured()
    if model is None:
        return None
    space = await _space_of(model)
    if space is None:
        dimensions = (await in_thread(embedder, model)).dimensions
        async with unit_of_work() as work:
            space = await sql.make(work.session, model, dimensions=dimensions, yardstick=everyday.DIGEST)
    async with autocommitting() as connection:
        await sql.build_index(connection, space)
    return space


async def live_spaces() -> Sequence[Row[Any]]:
    """The spaces that a new picture is placed in: the one that is searched, and the one that will be.

    Empty where pictures are not to be placed.
    """
    model = await _configured()
    if model is None:
        return []
    async with reading() as connection:
        known = await sql.all_spaces(connection)
    return [space for space in known if space.status == SpaceStatus.ACTIVE or _is_of(space, model)]


async def model_for(space: Row[Any]) -> EmbeddingModel | None:
    """The model of a space: as configured now, for a folder may have moved; else where its weights were.

    None where other weights lie there by now: nothing can be placed in that space any more.
    """
    configured = await _configured()
    if configured is not None and _is_of(space, configured):
        return configured
    there = await in_thread(model_of, str(space.source))
    return there if _is_of(space, there) else None


async def remove_others(space: Row[Any]) -> None:
    """Remove every space but this one, bit by bit, so that nobody has to wait for it. Idempotent."""
    async with reading() as connection:
        others = [other.id for other in await sql.all_spaces(connection) if other.id != space.id]
    for other in others:
        removed = _AT_ONCE
        while removed == _AT_ONCE:
            async with unit_of_work() as work:
                removed = await sql.empty(work.session, other, most=_AT_ONCE)
        async with autocommitting() as connection:
            await sql.drop_index(connection, other)
        async with unit_of_work() as work:
            await sql.remove(work.session, other)


async def look_after() -> None:
    """Begin to place all pictures where the configured model has not, or where something of another is left."""
    if not can_embed(get_settings()):
        return
    model = await _configured()
    async with reading() as connection:
        known = await sql.all_spaces(connection)
    settled = model and [(_is_of(space, model), space.status) for space in known] == [(True, SpaceStatus.ACTIVE)]
    if not settled:
        await _begin()


async def look_for_missed() -> None:
    """Place what was not placed when it came in: no worker could then, or its job has failed."""
    if not can_embed(get_settings()):
        return
    model = await _configured()
    space = await _space_of(model) if model else None
    if space is None:
        return
    async with reading() as connection:
        missed = await vectors.is_any_missing(connection, space.id, before=utcnow() - _MISSED_AFTER)
    if missed:
        await _begin()


async def progress() -> list[SpaceRead]:
    """Every space, with how many of the pictures lie in it."""
    async with reading() as connection:
        rows = await sql.progress(connection)
    return [
        SpaceRead(
            id=row.id,
            model=row.model,
            active=row.status == SpaceStatus.ACTIVE,
            placed=row.placed,
            total=row.total,
        )
        for row in rows
    ]


async def trouble() -> str | None:
    """Why the pictures could not be placed by the configured model, where that was the last thing that was tried."""
    return await jobs.last_failure(PLACE_ALL)


async def _begin() -> None:
    async with unit_of_work() as work:
        await jobs.enqueue_once(work, kind=PLACE_ALL)


async def _configured() -> EmbeddingModel | None:
    return await in_thread(embedding_model, get_settings())


async def _space_of(model: EmbeddingModel) -> Row[Any] | None:
    async with reading() as connection:
        return next((space for space in await sql.all_spaces(connection) if _is_of(space, model)), None)


def _is_of(space: Row[Any], model: EmbeddingModel) -> bool:
    return (space.model, space.fingerprint) == (model.name, model.fingerprint)
