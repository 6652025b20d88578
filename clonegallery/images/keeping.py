"""Keeping a picture: the blob first, then row and job in one transaction, so that a row never lacks its bytes."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import TooLarge, Unavailable
from clonegallery.failures import as_gallery_error
from clonegallery.images.repository import documents, rows, writes
from clonegallery.jobs import service as jobs
from clonegallery.models.image import Image
from clonegallery.storage.select import get_storage

Beside = Callable[[UnitOfWork], Awaitable[None]]


async def keep(image: Image, source: Path, *, tags: Sequence[str] = (), beside: Beside | None = None) -> None:
    """Store the file at `source` and write `image` with its ingest job, and what `beside` writes, or nothing of it.

    Raises `TooLarge` over the owner's quota, `StorageFull`, SQLAlchemy's `IntegrityError` where the owner has these
    bytes already, and what `beside` raises.
    """
    storage = get_storage()
    try:
        await storage.put(image.storage_key, source)
        async with unit_of_work() as work:
            work.changes.concern_only(image.owner_id)  # Nobody else sees it before it is ready.
            room = await rows.room_left(work.session, image.owner_id)
            if room is not None and image.byte_size > room:
                raise TooLarge(f"Your storage is full: {max(room, 0):,} bytes are left of it.")
            await writes.add(work.session, image)
            await writes.set_tags(work.session, image.id, tags)
            if beside is not None:
                await beside(work)
            await documents.keep_words(work.session, [image.id])
            await jobs.enqueue(work, kind="ingest", subject_id=image.id, owner_id=image.owner_id)
    except Exception as error:
        # Without its row the blob is nobody's. But a connection lost in the commit may have committed: then only the
        # sweep of orphans, a day later, can tell. A crash or a cancelled request leaves the blob to it, too.
        if not isinstance(as_gallery_error(error), Unavailable):
            await storage.delete_image(image.id)
        raise
