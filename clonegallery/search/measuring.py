"""What a picture has in common with any text: measured when it is placed, or else by the job `measure_all`.

That job finds galleries that were placed before there were measures, and those measured with another set of texts. It
needs the vectors only, no picture.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import Row

from clonegallery.db import reading, unit_of_work
from clonegallery.inference.embedders import EmbeddingModel, can_embed, embedder
from clonegallery.inference.port import Vectors
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger
from clonegallery.search import everyday, spaces
from clonegallery.search.fitting import measured
from clonegallery.search.repository import spaces as sql
from clonegallery.search.repository import vectors
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread

log = get_logger(__name__)

MEASURE_ALL: Final = "measure_all"
_AT_ONCE: Final = 1_000


def places(which: EmbeddingModel, found: Mapping[UUID, Any]) -> dict[UUID, vectors.Place]:
    """The pictures at these vectors of `which` with their measures. Blocks; for workers, as `embedder` is."""
    if not found:
        return {}
    usual, spread = measured(np.stack(list(found.values())), _yardstick(which))
    rows = zip(found.items(), usual.tolist(), spread.tolist(), strict=True)
    return {one: vectors.Place(vector, mean, deviation) for (one, vector), mean, deviation in rows}


async def look_for_unmeasured() -> None:
    """Begin to measure where a space was measured with other texts, or a picture in it was not."""
    if not can_embed(get_settings()):
        return
    async with reading() as connection:
        known = await sql.all_spaces(connection)
        stale = [space.yardstick != everyday.DIGEST for space in known]
        missed = [await vectors.is_any_unmeasured(connection, space.id) for space in known]
    if any(stale) or any(missed):
        async with unit_of_work() as work:
            await jobs.enqueue_once(work, kind=MEASURE_ALL)


async def measure_all(run: JobRun) -> None:
    """Measure every picture that needs it, in every space whose model is still there."""
    async with reading() as connection:
        known = await sql.all_spaces(connection)
    for space in known:
        which = await spaces.model_for(space)
        if which is None:
            log.warning("the weights that pictures were placed by are gone", model=space.model)
        else:
            await _measure(run, space, which)


async def _measure(run: JobRun, space: Row[Any], which: EmbeddingModel) -> None:
    anew = space.yardstick != everyday.DIGEST
    after: UUID | None = None
    while found := await _next(space, after, anew=anew):
        measures = await in_thread(places, which, found)
        async with unit_of_work() as work:
            await jobs.hold(work, run)
            await vectors.measure(work.session, space.id, measures)
        after = list(found)[-1]
    async with unit_of_work() as work:
        await jobs.hold(work, run)
        await sql.measured_by(work.session, space.id, everyday.DIGEST)


async def _next(space: Row[Any], after: UUID | None, *, anew: bool) -> dict[UUID, Any]:
    async with reading() as connection:
        rows = await vectors.to_measure(connection, space.id, after, _AT_ONCE, anew=anew)
    return {row.image_id: row.vector for row in rows}


@lru_cache(maxsize=2)
def _yardstick(which: EmbeddingModel) -> Vectors:
    return embedder(which).texts(everyday.TEXTS)
