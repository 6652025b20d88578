"""Blobs appear whole, keep their bytes, and stay inside their folder."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from clonegallery.clock import utcnow
from clonegallery.errors import NotFound, StorageFull, Unavailable
from clonegallery.storage.keys import original_key
from clonegallery.storage.local import PIECE_BYTES, LocalStorage, in_thread

ID = uuid4()
KEY = original_key(ID, "ab" * 32, "jpg")


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "blobs")


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path


async def read(pieces: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in pieces]


async def test_what_was_put_is_read_and_the_source_is_gone(storage: LocalStorage, tmp_path: Path) -> None:
    content = os.urandom(PIECE_BYTES * 2 + 5)
    source = written(tmp_path, content)
    await storage.put(KEY, source)
    assert not source.exists()
    assert await storage.size(KEY) == len(content)
    pieces = await read(await storage.open(KEY))
    assert b"".join(pieces) == content
    assert max(len(piece) for piece in pieces) <= PIECE_BYTES
    for start, end in ((0, 1), (5, 9), (PIECE_BYTES - 1, PIECE_BYTES + 1), (len(content) - 1, None), (7, 7)):
        assert b"".join(await read(await storage.open(KEY, start, end))) == content[start:end]


async def test_a_missing_blob_is_not_found_before_the_first_piece(storage: LocalStorage) -> None:
    for asked in (storage.open(KEY), storage.size(KEY)):
        with pytest.raises(NotFound):
            await asked
    assert not await storage.exists(KEY)
    await storage.delete(KEY)
    await storage.delete_image(ID)


async def test_deleting_removes_the_folder_with_its_last_blob(storage: LocalStorage, tmp_path: Path) -> None:
    other = original_key(ID, "cd" * 32, "jpg")
    for key in (KEY, other):
        await storage.put(key, written(tmp_path, b"x"))
    await storage.delete(KEY)
    assert await storage.exists(other)
    await storage.delete(other)
    assert list((tmp_path / "blobs" / "images").iterdir()) == []


async def test_only_keys_reach_the_disk(storage: LocalStorage) -> None:
    for key in ("", "x", "../x", "/etc/passwd", f"images/{ID}/../../x", KEY + "\n", KEY.upper(), KEY + "/x"):
        with pytest.raises(ValueError, match="not a storage key"):
            await storage.exists(key)


async def test_pictures_are_listed_by_the_age_of_their_newest_blob(storage: LocalStorage, tmp_path: Path) -> None:
    await storage.put(KEY, written(tmp_path, b"x"))
    long_ago = (utcnow() - timedelta(days=2)).timestamp()
    os.utime(tmp_path / "blobs" / "images" / str(ID), (long_ago, long_ago))
    await storage.put(original_key(uuid4(), "cd" * 32, "jpg"), written(tmp_path, b"x"))
    found: list[UUID] = [image_id async for image_id in storage.images_before(utcnow() - timedelta(days=1))]
    assert found == [ID]


async def test_foreign_folders_beside_the_pictures_do_not_stop_the_listing(tmp_path: Path) -> None:
    for name in ("lost+found", ID.hex, str(ID)):
        folder = tmp_path / "images" / name
        folder.mkdir(parents=True)
        os.utime(folder, (0, 0))
    storage = LocalStorage(tmp_path)
    assert [image_id async for image_id in storage.images_before(utcnow())] == [ID]


async def test_the_systems_refusals_are_the_gallerys() -> None:
    def full() -> None:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    def broken() -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(StorageFull):
        await in_thread(full)
    with pytest.raises(Unavailable):
        await in_thread(broken)
