"""Uploads that meet each other, a full disk, a full quota or a failing database."""

import asyncio
import os
import subprocess
from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from clonegallery.db import unit_of_work
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.api.signing import make
from tests.conftest import both_databases
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import count_rows, empty_storage, left_behind, run_jobs, send

IMAGES = "/api/v1/images"
GIF_HEAD = b"GIF89a\x01\x00\x01\x00"


@pytest.fixture(autouse=True)
def clean_storage(database: object) -> None:
    """Blobs of earlier tests are theirs."""
    empty_storage()


async def test_the_same_file_fifty_times_in_parallel_is_one_picture(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    answers = await asyncio.gather(*(send(client, write) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await count_rows(), len(left_behind())) == (1, 1)


async def test_the_same_bytes_of_two_people_are_two_pictures(client: httpx.AsyncClient) -> None:
    first = await send(client, await sign_in(client, await bob()))
    client.cookies.clear()
    second = await send(client, await sign_in(client, await make("dora", Role.EDITOR)))
    assert (second.status_code, second.json()["id"] == first.json()["id"]) == (201, False)


async def test_an_idempotency_key_stands_for_one_file(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    key = {"Idempotency-Key": "a-key"}
    first = await send(client, write, headers=key)
    again = await send(client, write, headers=key)
    other = await send(client, write, jpeg_bytes(seed=9), headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json()["id"] == first.json()["id"]
    assert len(left_behind()) == 1
    bad = await send(client, write, headers={"Idempotency-Key": "x" * 101})
    assert bad.status_code == 422


async def test_after_a_failed_upload_the_same_upload_works(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    key = {"Idempotency-Key": "a-key"}
    broken = await send(client, write, headers=key)
    (get_settings().blobs_dir / "images" / broken.json()["id"]).rename(get_settings().data_dir / "taken-away")
    await run_jobs()
    detail = (await client.get(f"{IMAGES}/{broken.json()['id']}")).json()
    assert (detail["status"], bool(detail["error"])) == ("failed", True)
    again = await send(client, write, headers=key)
    assert (again.status_code, again.json()["id"] == broken.json()["id"]) == (201, False)


async def test_a_full_quota_refuses_with_the_reason(client: httpx.AsyncClient) -> None:
    person = await bob()
    write = await sign_in(client, person)
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE users SET storage_quota_bytes = 100 WHERE id = :id"), {"id": person.id})
    answer = await send(client, write)
    assert (answer.status_code, "storage" in answer.json()["detail"]) == (413, True)
    assert (await count_rows(), left_behind()) == (0, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can mount a small disk to fill.")
async def test_a_full_disk_is_507_without_a_row_or_a_rest(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    folder = get_settings().quarantine_dir
    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(
        subprocess.run, ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=True
    )
    try:
        noise = BytesIO()
        Image.effect_noise((900, 900), 90).save(noise, "PNG")
        answer = await send(client, write, noise.getvalue(), name="noise.png")
        rest = list(folder.iterdir())
        small = await send(client, write, jpeg_bytes((64, 48)))
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", str(folder)], check=True)
    assert (answer.status_code, rest) == (507, [])
    # Another disk than the blobs': the file is copied instead of renamed.
    assert small.status_code == 201, small.text
    assert await count_rows() == 1


@both_databases
async def test_a_transaction_that_fails_removes_the_blob(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    async with unit_of_work() as work:
        await work.session.execute(text("ALTER TABLE jobs RENAME TO jobs_away"))
    try:
        answer = await send(client, write)
    finally:
        async with unit_of_work() as work:
            await work.session.execute(text("ALTER TABLE jobs_away RENAME TO jobs"))
    assert answer.status_code >= 500
    assert (await count_rows(), left_behind()) == (0, [])
    assert (await send(client, write)).status_code == 201
