"""The port that every blob storage fulfils."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID


class BlobStorage(Protocol):
    """Bytes under keys (`storage/keys.py` names them). A key's bytes never change; they appear whole or not at all.

    Every method raises `ValueError` for a key that is none, `StorageFull` when there is no room and `Unavailable` when
    the storage does not answer.
    """

    async def put(self, key: str, source: Path) -> None:
        """Move the file `source` under `key`, durably: after the return a power cut loses nothing."""

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to but not including `end`, in pieces. Raises `NotFound` before the first piece."""

    async def size(self, key: str) -> int:
        """The number of bytes. Raises `NotFound` when there are none under `key`."""

    async def exists(self, key: str) -> bool:
        """Whether bytes lie under `key`."""

    async def delete(self, key: str) -> None:
        """Remove the bytes under `key`; nothing there is success."""

    async def delete_image(self, image_id: UUID) -> None:
        """Remove every blob of one picture, known to a row or not; nothing there is success."""

    def images_before(self, moment: datetime) -> AsyncIterator[UUID]:
        """The pictures that have blobs, none of which was added after `moment`."""

    def local_path(self, key: str) -> Path | None:
        """The file under `key` where the storage is a folder of this machine; it may be missing. Else None."""
