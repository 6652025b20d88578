"""Ingest with the real decoder, storage, database and job table."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.events import Event, hub, user_channel
from clonegallery.images import ingest
from clonegallery.images.decoders import close_decoders
from clonegallery.jobs import service as jobs
from clonegallery.settings import get_settings
from tests.conftest import both_databases
from tests.factories import bob, jpeg_bytes, sign_in
from tests.hearing import until_heard
from tests.images.pictures import animation, photograph, photographs
from tests.images.shared import cut_off, ready, run_jobs, send

pytestmark = both_databases

IMAGES = "/api/v1/images"


def blobs(image_id: str) -> list[str]:
    folder = get_settings().blobs_dir / "images" / image_id
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_every_real_photograph_becomes_ready(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    sent = [await send(client, write, path.read_bytes(), name=path.name) for path in photographs()]
    assert {answer.status_code for answer in sent} == {201}
    await run_jobs()
    for answer in sent:
        detail = (await client.get(f"{IMAGES}/{answer.json()['id']}")).json()
        assert (detail["status"], len(detail["derivatives"]), bool(detail["thumbhash"])) == ("ready", 3, True), detail


async def test_the_camera_tells_when_where_and_how(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    detail = await ready(client, write, photograph("gps/DSCN0010.jpg").read_bytes())
    assert (detail["camera_make"], detail["camera_model"]) == ("NIKON", "COOLPIX P6000")
    assert detail["taken_at"].startswith("2008-10-22T16:28:39")
    assert detail["gps"]["latitude"] == pytest.approx(43.4674, abs=1e-3)


async def test_orientation_is_applied_to_the_size(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    turned = Image.Exif()
    turned[0x0112] = 6
    detail = await ready(client, write, jpeg_bytes((400, 300), exif=turned))
    assert (detail["width"], detail["height"]) == (300, 400)


async def test_an_animation_moves_as_original_and_stands_as_copy(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    detail = await ready(client, write, animation("GIF"))
    assert (detail["animated"], detail["mime"]) == (True, "image/gif")


async def test_taking_in_again_replaces_without_a_rest(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    detail = await ready(client, write)
    before = blobs(detail["id"])
    async with unit_of_work() as work:
        await jobs.enqueue(work, kind="ingest", subject_id=UUID(detail["id"]))
    await run_jobs()
    again = (await client.get(f"{IMAGES}/{detail['id']}")).json()
    assert (again["status"], blobs(detail["id"]), again["urls"]) == ("ready", before, detail["urls"])


async def test_a_worker_that_lost_its_lease_writes_nothing(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    answer = await send(client, write)
    run = await jobs.claim("media")
    assert run is not None
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE jobs SET lease_token = :another"), {"another": uuid4()})
    with pytest.raises(LeaseLost):
        await ingest.ingest(run)
    await close_decoders()
    detail = (await client.get(f"{IMAGES}/{answer.json()['id']}")).json()
    assert (detail["status"], detail["derivatives"]) == ("processing", [])


async def test_a_picture_that_was_deleted_meanwhile_leaves_no_bytes(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    one = (await send(client, write)).json()["id"]
    await client.delete(f"{IMAGES}/{one}?permanent=true", headers=write)
    await run_jobs()
    assert blobs(one) == []


async def test_a_picture_in_the_trash_becomes_ready_there(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    one = (await send(client, write)).json()["id"]
    await client.delete(f"{IMAGES}/{one}", headers=write)
    await run_jobs()
    assert (await client.post(f"{IMAGES}/{one}/restore", headers=write)).json()["status"] == "ready"


async def test_a_picture_that_cannot_be_decoded_fails_with_the_reason_and_without_bytes(
    client: httpx.AsyncClient,
) -> None:
    person = await bob()
    write = await sign_in(client, person)
    await hub.start()
    await until_heard(hub)
    async with hub.listen(user_channel(person.id)) as news:
        one = (await send(client, write)).json()["id"]
        cut_off(get_settings().blobs_dir / "images" / one)
        await run_jobs()
        seen: list[Event] = []
        while not seen or seen[-1]["type"] != "image":
            seen.append(await asyncio.wait_for(news.get(), 10))
    await hub.stop()
    detail = (await client.get(f"{IMAGES}/{one}")).json()
    assert (detail["status"], bool(detail["error"]), blobs(one)) == ("failed", True, [])
    assert seen[-1] == {"type": "image", "id": one, "status": "failed", "error": detail["error"]}
    async with reading() as connection:
        assert (
            await connection.execute(text("SELECT status FROM jobs WHERE kind = 'ingest'"))
        ).scalar_one() == "failed"
