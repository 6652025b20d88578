"""Which model places the pictures, and how far it is: the space that is searched, and the one that will be."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from clonegallery.db import reading, unit_of_work
from clonegallery.inference.embedders import can_embed, embedder, embedding_name, embedding_source
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
    source = embedding_source(get_settings())
    if source is None:
        return None
    name = embedding_name(source)
    async with reading() as connection:
        known = [space for space in await sql.all_spaces(connection) if space.model == name]
    if known:
        return known[0]
    dimensions = (await in_thread(embedder, source)).dimensions
    async with unit_of_work() as work:
        return await sql.make(work.session, name, source, dimensions)


async def live_spaces() -> Sequence[Row[Any]]:
    """The spaces that a new picture is placed in: the one that is searched, and the one that will be."""
    source = embedding_source(get_settings())
    async with reading() as connection:
        known = await sql.all_spaces(connection)
    wanted = embedding_name(source) if source else None
    return [space for space in known if space.status == SpaceStatus.ACTIVE or space.model == wanted]


def source_of(space: Row[Any]) -> str:
    """Where the weights of a space's model are: as configured now, for a folder may have moved; else as they were."""
    source = embedding_source(get_settings())
    return source if source and embedding_name(source) == space.model else str(space.source)


async def look_after() -> None:
    """Begin to place all pictures where the configured model has not placed them all yet. Idempotent."""
    settings = get_settings()
    source = embedding_source(settings)
    if source is None or not can_embed(settings):
        return
    async with reading() as connection:
        active = await sql.active(connection)
    if active is not None and active.model == embedding_name(source):
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
