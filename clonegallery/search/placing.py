"""The jobs that place pictures: `place` the new ones, `place_all` for a model that none has been placed by yet."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from clonegallery.db import reading, unit_of_work
from clonegallery.errors import NotFound, UnreadableImage
from clonegallery.inference.embedders import embedder
from clonegallery.inference.port import Embedder
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger
from clonegallery.search.repository import spaces as sql
from clonegallery.search.spaces import live_spaces, model_for, wanted_space
from clonegallery.storage.local import in_thread
from clonegallery.storage.select import get_storage
from clonegallery.variants import Variant

log = get_logger(__name__)

_BATCH: Final = 32
_COPY: Final = Variant.THUMB_600
"""The copy that a model looks at: larger than any of them reads."""


async def place(run: JobRun) -> None:
    """Place the picture of this job, and those of all other jobs of its kind that wait, in every live space."""
    waiting = await jobs.waiting_like(run, limit=_BATCH - 1)
    ids = [one for one in (run.subject_id, *waiting.values()) if one is not None]
    for space in await live_spaces():
        await _place(space, ids)
    async with unit_of_work() as work:
        await jobs.finish(work, run)
        await jobs.finish_waiting(work, list(waiting))


async def place_all(run: JobRun) -> None:
    """Place every picture by the configured model, then search what it has placed; the space before it is removed.

    Goes on from where an earlier run came. Search uses the old space until the last picture is placed in the new one.
    """
    space = await wanted_space()
    if space is None:
        return
    after: UUID | None = space.walked_to
    while ids := await _next(after):
        await _place(space, ids)
        after = ids[-1]
        async with unit_of_work() as work:
            await jobs.hold(work, run)
            await sql.walked(work.session, space.id, after)
        await _tell(run, space.id)
    async with unit_of_work() as work:
        await jobs.finish(work, run)
        for old in await sql.activate(work.session, space.id):
            await sql.drop(work.session, old)
    log.info("pictures are placed by another model", model=space.model)


async def _next(after: UUID | None) -> Sequence[UUID]:
    async with reading() as connection:
        return await sql.walk(connection, after, _BATCH)


async def _tell(run: JobRun, space_id: int) -> None:
    async with reading() as connection:
        how_far = next((row for row in await sql.progress(connection) if row.id == space_id), None)
    if how_far is not None:
        await run.progress(min(how_far.placed, how_far.total), how_far.total)


async def _place(space: Row[Any], ids: Sequence[UUID]) -> None:
    async with reading() as connection:
        keys = await sql.unplaced(connection, space.id, ids, _COPY)
    if not keys:
        return
    which = await model_for(space)
    if which is None:
        log.warning("the weights that pictures were placed by are gone", model=space.model)
        return
    model = await in_thread(embedder, which)
    pictures = {one: await _read(key) for one, key in keys.items()}
    there = {one: content for one, content in pictures.items() if content is not None}
    vectors = await in_thread(_vectors, model, there)
    async with unit_of_work() as work:
        await sql.place(work.session, space.id, vectors)


def _vectors(model: Embedder, pictures: dict[UUID, bytes]) -> dict[UUID, Any]:
    """Where the pictures lie; one that cannot be read is left out, and costs the others nothing."""
    try:
        return dict(zip(pictures, model.images(list(pictures.values())), strict=True)) if pictures else {}
    except UnreadableImage:
        if len(pictures) == 1:
            log.warning("a copy cannot be read; the picture is not placed", image_id=str(next(iter(pictures))))
            return {}
        return {one: found for one in pictures for found in _vectors(model, {one: pictures[one]}).values()}


async def _read(key: str) -> bytes | None:
    """The bytes of a copy; None where it is gone, as with a picture that was deleted meanwhile."""
    try:
        return b"".join([piece async for piece in await get_storage().open(key)])
    except NotFound:
        return None
