"""How pictures end: row and job in one transaction, the bytes by the job, and sweeps for what time or crashes left."""

import shutil
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.images.repository import rows, writes
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.jobs.runner import Sweep
from clonegallery.log import get_logger
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread
from clonegallery.storage.select import get_storage

log = get_logger(__name__)

_HOUR = 3600.0
_DAY = timedelta(days=1)
_AT_ONCE = 200


async def erase(work: UnitOfWork, owners: Mapping[UUID, UUID]) -> None:
    """Delete these pictures (id → owner) and enqueue the removal of their bytes.

    The bytes go after the commit, by a job: a crash in between leaves the job, never a row without its bytes.
    """
    await writes.remove(work.session, list(owners))
    for image_id, owner_id in owners.items():
        await jobs.enqueue(work, kind="purge", subject_id=image_id, owner_id=owner_id, priority=-1)


async def purge(run: JobRun) -> None:
    """The job of kind `purge`: remove the bytes of a deleted picture, once or twice; one with a row keeps its own."""
    if run.subject_id is not None:
        await _remove_unknown([run.subject_id])


async def purge_expired() -> int:
    """Remove trash older than `trash_days` and failed uploads older than a day; returns how many."""
    now = utcnow()
    trashed_before = now - timedelta(days=get_settings().trash_days)
    removed = 0
    while True:
        async with unit_of_work() as work:
            over = await writes.to_purge(
                work.session, trashed_before=trashed_before, failed_before=now - _DAY, limit=_AT_ONCE
            )
            work.changes.concern_only(*(row.owner_id for row in over))  # Nobody else saw them any more.
            await erase(work, {row.id: row.owner_id for row in over})
        removed += len(over)
        if len(over) < _AT_ONCE:
            return removed


async def clear_quarantine() -> int:
    """Remove what crashed uploads and decodes left behind a day ago or earlier; returns how many."""
    return await in_thread(_clear_folder, get_settings().quarantine_dir, time.time() - _DAY.total_seconds())


async def remove_orphans() -> int:
    """Remove blobs of pictures that have had no row for a day; returns how many pictures they were."""
    removed = 0
    async for batch in _batches(get_storage().images_before(utcnow() - _DAY)):
        removed += await _remove_unknown(batch)
    if removed:
        log.warning("blobs without a row removed", pictures=removed)
    return removed


async def _remove_unknown(image_ids: list[UUID]) -> int:
    async with reading() as connection:
        orphans = set(image_ids) - await rows.known(connection, image_ids)
    for image_id in orphans:
        await get_storage().delete_image(image_id)
    return len(orphans)


async def _batches(ids: AsyncIterator[UUID]) -> AsyncIterator[list[UUID]]:
    batch: list[UUID] = []
    async for image_id in ids:
        batch.append(image_id)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _clear_folder(folder: Path, before: float) -> int:
    old = [entry for entry in folder.iterdir() if _is_older(entry, before)] if folder.is_dir() else []
    for entry in old:
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    return len(old)


def _is_older(entry: Path, moment: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime < moment
    except FileNotFoundError:
        return False  # An upload that ended between listing and looking.


SWEEPS = (
    Sweep("expired pictures", _HOUR, purge_expired),
    Sweep("old quarantine", _HOUR, clear_quarantine),
    Sweep("orphaned blobs", 24 * _HOUR, remove_orphans),
)
