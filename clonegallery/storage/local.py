"""Blobs in a folder of this machine."""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID, uuid4

from clonegallery.errors import NotFound, StorageFull, Unavailable
from clonegallery.storage.keys import checked_key, image_prefix

PIECE_BYTES = 256 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FOLDERS_AT_ONCE = 500

P = ParamSpec("P")
T = TypeVar("T")


class LocalStorage:
    """The `BlobStorage` port over the folder `root`. Files appear by rename: no reader sees half of one."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, source: Path) -> None:
        await in_thread(_put, self._path(key), source)

    async def open(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        path = self._path(key)
        first = await in_thread(_read, path, start, _upto(start, end))
        return _pieces(path, first, start, end)

    async def size(self, key: str) -> int:
        return (await in_thread(self._path(key).stat)).st_size

    async def exists(self, key: str) -> bool:
        return await in_thread(self._path(key).is_file)

    async def delete(self, key: str) -> None:
        path = self._path(key)
        await in_thread(_remove, path)

    async def delete_image(self, image_id: UUID) -> None:
        await in_thread(_remove_folder, self._root / image_prefix(image_id))

    async def images_before(self, moment: datetime) -> AsyncIterator[UUID]:
        folders = _folders(self._root / "images", moment.timestamp())
        while batch := await in_thread(lambda: list(islice(folders, _FOLDERS_AT_ONCE))):
            for image_id in batch:
                yield image_id

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking file work beside the event loop; the system's refusals come back as the gallery's errors."""
    try:
        return await asyncio.to_thread(function, *args, **kwargs)
    except FileNotFoundError as error:
        raise NotFound("The bytes of this picture are missing.") from error
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("The storage is full. Nothing was kept of this upload.") from error
        raise Unavailable("The storage does not answer.") from error


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable: a rename is only then there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(target: Path, source: Path) -> None:
    is_new = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(target, source)
    sync_folder(target.parent)
    if is_new:
        sync_folder(target.parent.parent)


def _copy(target: Path, source: Path) -> None:
    """Across disks a rename cannot move: copy beside the target first, so that the name still appears at once."""
    draft = target.with_name(f".{uuid4().hex}")
    try:
        with source.open("rb") as read, draft.open("wb") as written:
            shutil.copyfileobj(read, written, PIECE_BYTES)
            written.flush()
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    source.unlink()


def _upto(start: int, end: int | None) -> int:
    return PIECE_BYTES if end is None else max(0, min(PIECE_BYTES, end - start))


def _read(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


async def _pieces(path: Path, first: bytes, start: int, end: int | None) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        yield piece
        start += len(piece)
        # A whole derivative is one piece: asking for the next only where there can be one saves a hop.
        if len(piece) < PIECE_BYTES or (end is not None and start >= end):
            return
        piece = await in_thread(_read, path, start, _upto(start, end))


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        path.parent.rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise


def _remove_folder(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return


def _folders(parent: Path, before: float) -> Iterator[UUID]:
    if not parent.is_dir():
        return
    with os.scandir(parent) as entries:
        for entry in entries:
            image_id = _image_of(entry.name)
            if image_id is not None and _changed_before(entry, before):
                yield image_id


def _image_of(name: str) -> UUID | None:
    """The picture whose folder has this name; None for what is not ours, such as a disk's `lost+found`."""
    try:
        image_id = UUID(name)
    except ValueError:
        return None
    return image_id if str(image_id) == name else None


def _changed_before(entry: "os.DirEntry[str]", moment: float) -> bool:
    try:
        return entry.is_dir() and entry.stat().st_mtime < moment
    except FileNotFoundError:
        return False  # Its picture was deleted between listing and looking.
