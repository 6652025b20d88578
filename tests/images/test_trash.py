"""What time and crashes leave is swept away, and nothing else."""

import os
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.images import trash
from clonegallery.settings import get_settings
from clonegallery.storage.keys import original_key
from clonegallery.storage.select import get_storage
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import ready, run_jobs

IMAGES = "/api/v1/images"


async def test_trash_that_is_old_enough_goes_with_its_bytes(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    old, new, live = [await ready(client, write, jpeg_bytes(seed=seed)) for seed in range(3)]
    for picture in (old, new):
        await client.delete(f"{IMAGES}/{picture['id']}", headers=write)
    async with unit_of_work() as work:
        then = utcnow() - timedelta(days=get_settings().trash_days, minutes=1)
        statement = text("UPDATE images SET deleted_at = :then WHERE id = :id")
        await work.session.execute(statement, {"then": then, "id": UUID(old["id"])})
    assert await trash.purge_expired() == 1
    assert await trash.purge_expired() == 0
    await run_jobs()
    folders = {path.name for path in (get_settings().blobs_dir / "images").iterdir()}
    assert folders & {old["id"], new["id"], live["id"]} == {new["id"], live["id"]}


async def test_failed_uploads_go_after_a_day(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    await ready(client, write)
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE images SET status = 'failed'"))
    assert await trash.purge_expired() == 0
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE images SET updated_at = updated_at - interval '25 hours'"))
    assert await trash.purge_expired() == 1


async def test_the_quarantine_is_cleared_of_what_is_old(database: object) -> None:
    folder = get_settings().quarantine_dir
    folder.mkdir(parents=True, exist_ok=True)
    old, new, work = folder / "old.part", folder / "new.part", folder / "work-old"
    old.touch()
    new.touch()
    work.mkdir()
    (work / "thumb_300.webp").touch()
    yesterday = time.time() - 90_000
    for path in (old, work):
        os.utime(path, (yesterday, yesterday))
    assert await trash.clear_quarantine() == 2
    assert (old.exists(), new.exists(), work.exists()) == (False, True, False)
    new.unlink()


async def test_an_upload_that_ends_during_the_sweep_does_not_stop_it(
    monkeypatch: pytest.MonkeyPatch, services: object
) -> None:
    get_settings().quarantine_dir.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter([folder / "ended.part"]))
    assert await trash.clear_quarantine() == 0


async def test_blobs_without_a_row_are_removed_after_a_day_only(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    known = await ready(client, write)
    orphan, fresh = uuid4(), uuid4()
    for image_id in (orphan, fresh):
        source = get_settings().quarantine_dir / "x"
        source.write_bytes(b"x")
        await get_storage().put(original_key(image_id, "ab" * 32, "jpg"), source)
    images = get_settings().blobs_dir / "images"
    yesterday = time.time() - 90_000
    for name in (known["id"], str(orphan)):
        os.utime(images / name, (yesterday, yesterday))
    await trash.remove_orphans()
    assert [(images / str(name)).exists() for name in (known["id"], orphan, fresh)] == [True, False, True]
