"""The jobs that place pictures: `place` the new ones, `place_all` for a model that has not placed them all yet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from clonegallery.db import reading, unit_of_work
from clonegallery.errors import NotFound, Unavailable, UnreadableImage
from clonegallery.images.rights import is_public
from clonegallery.inference.embedders import EmbeddingModel, embedder
from clonegallery.inference.port import Embedder
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger
from clonegallery.search import measuring, spaces
from clonegallery.search.repository import spaces as sql
from clonegallery.search.repository import vectors
from clonegallery.storage.local import in_thread
from clonegallery.storage.select import get_storage
from clonegallery.variants import Variant

log = get_logger(__name__)

_BATCH: Final = 32
_COPY: Final = Variant.THUMB_600
"""The copy that a model looks at: larger than any of them reads."""


async def place(run: JobRun) -> None:
    """Place the picture of this job, and those of other new jobs of its kind that wait, in every live space.

    What cannot be placed now, for want of its model, is found by `spaces.look_for_missed`.
    """
    waiting = await jobs.waiting_like(run, limit=_BATCH - 1)
    ids = [one for one in (run.subject_id, *waiting.values()) if one is not None]
    for space in await spaces.live_spaces():
        await _place(space, ids)
    async with unit_of_work() as work:
        await jobs.finish(work, run)
        await jobs.finish_waiting(work, list(waiting))


async def place_all(run: JobRun) -> None:
    """Place every picture by the configured model, then search what it has placed, then remove every other space.

    Goes on from where an earlier run came. Search uses the old space until the last picture is placed in the new one.
    Raises `Unavailable`, and nothing is switched, where the model's files were replaced meanwhile.
    """
    space = await spaces.wanted_space()
    if space is None:
        return
    await _fill(run, space)
    async with unit_of_work() as work:
        await jobs.hold(work, run)
        await sql.activate(work.session, space.id)
    await spaces.remove_others(space)
    log.info("all pictures are placed", model=space.model)


async def _fill(run: JobRun, space: Row[Any]) -> None:
    async with reading() as connection:
        how_far = next((row for row in await sql.progress(connection) if row.id == space.id), None)
        ids = await vectors.missing(connection, space.id, None, _BATCH)
    placed, total = (how_far.placed, how_far.total) if how_far else (0, 0)
    while ids:
        if not await _place(space, ids):
            raise Unavailable("The files of the embedding model were replaced meanwhile.")
        placed += len(ids)
        await run.progress(min(placed, total), total)
        async with reading() as connection:
            ids = await vectors.missing(connection, space.id, ids[-1], _BATCH)


async def _place(space: Row[Any], ids: Sequence[UUID]) -> bool:
    """False where the space's own model is not to be had any more."""
    async with reading() as connection:
        keys = await vectors.missing_of(connection, space.id, ids, _COPY)
    which = await spaces.model_for(space)
    if which is None:
        log.warning("the weights that pictures were placed by are gone", model=space.model)
        return False
    if keys:
        pictures = {one: await _read(key) for one, key in keys.items()}
        found = await in_thread(_placed, which, pictures)
        async with unit_of_work() as work:
            placed = await vectors.place(work.session, space.id, found)
            if not any(is_public(row) for row in placed):
                work.changes.concern_only(*(row.owner_id for row in placed))
    return True


def _placed(which: EmbeddingModel, pictures: Mapping[UUID, bytes | None]) -> dict[UUID, vectors.Place | None]:
    """Where each picture lies; None for one that is not there or cannot be read, which costs the others nothing."""
    there = {one: content for one, content in pictures.items() if content is not None}
    return {**dict.fromkeys(pictures), **measuring.places(which, _vectors(embedder(which), there))}


def _vectors(model: Embedder, pictures: Mapping[UUID, bytes]) -> dict[UUID, Any]:
    try:
        return dict(zip(pictures, model.images(list(pictures.values())), strict=True)) if pictures else {}
    except UnreadableImage:
        if len(pictures) == 1:
            log.warning("a copy cannot be read; the picture is not placed", image_id=str(next(iter(pictures))))
            return {}
        return {one: found for one in pictures for found in _vectors(model, {one: pictures[one]}).values()}


async def _read(key: str | None) -> bytes | None:
    """The bytes of a copy; None where it is gone, as with a picture that was deleted meanwhile."""
    try:
        return b"".join([piece async for piece in await get_storage().open(key)]) if key else None
    except NotFound:
        return None
