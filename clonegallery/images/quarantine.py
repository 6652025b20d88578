"""Where an upload lies until it is accepted: hashed and counted as it arrives, gone if it is refused."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

from clonegallery.errors import GalleryError, TooLarge
from clonegallery.images.schemas import Upload
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread

_BUFFER_BYTES = 1024 * 1024


class Quarantine:
    """One file on its way in. Memory stays at the buffer's size however large the file is."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self.limit = limit
        self._file = path.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self.size = 0

    async def write(self, data: bytes) -> None:
        """Take the next bytes. Raises `TooLarge` past the cap and `StorageFull` when the disk is full."""
        self.size += len(data)
        if self.size > self.limit:
            raise too_large(self.limit)
        self._buffer += data
        if len(self._buffer) >= _BUFFER_BYTES:
            await self._flush()

    async def finish(self, filename: str) -> Upload:
        """Make what has arrived durable and say what it is."""
        await self._flush()
        await in_thread(os.fsync, self._file.fileno())
        return Upload(self._path, filename, self._hash.hexdigest(), self.size)

    async def discard(self) -> None:
        """Close and remove the file; one that was accepted has moved away already."""
        await in_thread(self._close)

    async def _flush(self) -> None:
        data, self._buffer = self._buffer, bytearray()
        await in_thread(self._append, data)

    def _append(self, data: bytearray) -> None:
        self._hash.update(data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]

    def _close(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def too_large(limit: int) -> TooLarge:
    """The refusal of a file of more than `limit` bytes."""
    return TooLarge(f"The file is larger than {limit / 1_000_000:,.0f} MB, the most that is accepted.")


@asynccontextmanager
async def quarantine(limit: int | None = None) -> AsyncIterator[Quarantine]:
    """A quarantine file that is gone when the block ends, however it ends; `limit` is the setting's where None."""
    settings = get_settings()
    await in_thread(settings.quarantine_dir.mkdir, parents=True, exist_ok=True)
    path = settings.quarantine_dir / f"{uuid4().hex}.part"
    opening = asyncio.ensure_future(in_thread(Quarantine, path, limit or settings.upload_max_bytes))
    try:
        place = await asyncio.shield(opening)
    except asyncio.CancelledError:
        # A thread cannot be called back: the file would be there, and nobody's.
        with suppress(GalleryError):
            await (await opening).discard()
        raise
    try:
        yield place
    finally:
        await place.discard()
