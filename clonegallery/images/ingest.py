"""The job of kind `ingest`: from an original that was accepted to a picture that is ready."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import UnreadableImage
from clonegallery.events import publish, user_channel
from clonegallery.images import rights
from clonegallery.images.decoders import get_decoders
from clonegallery.images.exif import Exif
from clonegallery.images.guard import Analysed
from clonegallery.images.pixels import DerivativeFile
from clonegallery.images.repository import documents, rows, writes
from clonegallery.images.schemas import ImageStatus, Variant
from clonegallery.inference.embedders import can_embed
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.models.image import Derivative
from clonegallery.settings import get_settings
from clonegallery.storage.keys import derivative_key
from clonegallery.storage.local import in_thread
from clonegallery.storage.select import get_storage

_GONE = "The uploaded file is gone"


async def ingest(run: JobRun) -> None:
    """Decode the picture `run.subject_id` and make it ready. Doing it again replaces what was there.

    A picture in the trash is made ready there; one deleted meanwhile leaves nothing behind. Raises `UnreadableImage`
    for a picture that cannot be decoded, `Unavailable` and `StorageFull` where trying again can help, `LeaseLost`.
    """
    whole = await _whole(run)
    if whole is None:
        return
    async with _scratch() as folder:
        source = get_storage().local_path(whole.row.storage_key)
        if source is None or not await get_storage().exists(whole.row.storage_key):
            raise UnreadableImage(_GONE)
        async with get_decoders().one() as decoder:
            analysed = await decoder.analyse(source, whole.row.mime, folder)
        copies = [await _stored(whole.row.id, copy) for copy in analysed.rendered.derivatives]
    await _make_ready(run, whole, analysed, copies)


async def ingest_failed(work: UnitOfWork, run: JobRun, reason: str) -> None:
    """What the slice writes when an ingest failed for good: the reason into the row; the bytes go after the commit."""
    image_id, owner_id = run.subject_id, run.owner_id
    if image_id is None or owner_id is None or not await writes.make_failed(work.session, image_id, reason):
        return
    work.changes.concern_only(owner_id)
    work.after_commit(lambda: get_storage().delete_image(image_id))
    work.after_commit(lambda: _tell(owner_id, image_id, ImageStatus.FAILED, error=reason))


async def _whole(run: JobRun) -> rows.Whole | None:
    if run.subject_id is None:
        return None
    async with reading() as connection:
        return await rows.whole(connection, run.subject_id)


async def _stored(image_id: UUID, copy: DerivativeFile) -> Derivative:
    key = derivative_key(image_id, copy.sha256, copy.variant)
    await get_storage().put(key, copy.path)
    return Derivative(
        image_id=image_id,
        variant=Variant(copy.variant),
        width=copy.width,
        height=copy.height,
        byte_size=copy.byte_size,
        storage_key=key,
    )


async def _make_ready(run: JobRun, whole: rows.Whole, analysed: Analysed, copies: list[Derivative]) -> None:
    image_id, owner_id = whole.row.id, whole.row.owner_id
    kept = {copy.storage_key for copy in copies}
    async with unit_of_work() as work:
        await jobs.finish(work, run)
        made = await writes.make_ready(work.session, image_id, _found(analysed, whole), copies)
        if made is None:
            work.after_commit(lambda: get_storage().delete_image(image_id))
            return
        await documents.keep_words(work.session, [image_id])
        if not rights.is_public(made.standing):
            work.changes.concern_only(owner_id)
        for key in made.replaced - kept:
            work.after_commit(lambda key=key: get_storage().delete(key))  # type: ignore[misc] # The default binds it.
        if can_embed(get_settings()):
            await jobs.enqueue(work, kind="place", subject_id=image_id, owner_id=owner_id)
        work.after_commit(lambda: _tell(owner_id, image_id, ImageStatus.READY))


def _found(analysed: Analysed, whole: rows.Whole) -> dict[str, Any]:
    rendered, exif = analysed.rendered, analysed.exif
    return {
        "width": rendered.width,
        "height": rendered.height,
        "thumbhash": rendered.thumbhash,
        "dominant_color": rendered.dominant_color,
        "sort_at": exif.taken_at or whole.row.created_at,
        **_columns(exif),
    }


def _columns(exif: Exif) -> dict[str, Any]:
    return {
        "camera_make": exif.camera_make,
        "camera_model": exif.camera_model,
        "lens": exif.lens,
        "focal_length": exif.focal_length,
        "aperture": exif.aperture,
        "exposure": exif.exposure,
        "iso": exif.iso,
        "taken_at": exif.taken_at,
        "taken_at_offset_minutes": exif.taken_at_offset_minutes,
        "gps_latitude": exif.gps_latitude,
        "gps_longitude": exif.gps_longitude,
        "exif": exif.raw,
    }


async def _tell(owner_id: UUID, image_id: UUID, status: ImageStatus, error: str | None = None) -> None:
    news = {"type": "image", "id": str(image_id), "status": status.value}
    await publish(user_channel(owner_id), news | ({"error": error} if error else {}))


@asynccontextmanager
async def _scratch() -> AsyncIterator[Path]:
    """A folder on the disk of the blobs, so that storing a copy is a rename; gone with all in it after the block."""
    parent = get_settings().quarantine_dir
    await in_thread(parent.mkdir, parents=True, exist_ok=True)
    folder = await in_thread(tempfile.TemporaryDirectory, dir=parent, prefix="work-")
    try:
        yield Path(folder.name)
    finally:
        await in_thread(folder.cleanup)
