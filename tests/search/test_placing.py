"""Pictures are placed by the configured model, new ones and all, and another model takes over when it is complete."""

import shutil
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.images.decoders import close_decoders
from clonegallery.jobs.runner import Runner
from clonegallery.search import placing, service, spaces
from clonegallery.search.repository import spaces as sql
from clonegallery.settings import get_settings
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import Headers, send
from tests.search.conftest import UseModel
from workers.media import KINDS


async def work() -> int:
    """Do all that waits with the real handlers; returns how many jobs were claimed."""
    runner, done = Runner("media", KINDS), 0
    while await runner.run_next():
        done += 1
    await close_decoders()
    return done


async def pictures(client: httpx.AsyncClient, write: Headers, count: int, first: int = 0, **fields: str) -> list[str]:
    sent = [await send(client, write, jpeg_bytes(seed=first + n), f"{first + n}.jpg", **fields) for n in range(count)]
    return [answer.json()["id"] for answer in sent]


async def placed() -> dict[str, tuple[bool, int, int]]:
    return {one.model: (one.active, one.placed, one.total) for one in await service.progress()}


async def test_pictures_that_were_there_and_new_ones_are_placed(client: httpx.AsyncClient, use_model: UseModel) -> None:
    write = await sign_in(client, await bob())
    await pictures(client, write, 3)
    await work()
    assert await placed() == {}
    use_model("clip")
    await spaces.look_after()
    await spaces.look_after()
    assert await work() == 1, "looking twice begins one job"
    assert await placed() == {"clip": (True, 3, 3)}
    await pictures(client, write, 5, first=10)
    assert await work() == 5 + 1, "one job places what waits, and ends the jobs of the others"
    assert await placed() == {"clip": (True, 8, 8)}
    await spaces.look_after()
    assert await work() == 0


async def test_the_old_model_is_searched_until_the_new_one_is_complete(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    first, *_ = await pictures(client, write, 4)
    await spaces.look_after()
    await work()

    async def model() -> tuple[str, int]:
        found = (await client.get(f"/api/v1/images/{first}/similar")).json()
        return found["model"], len(found["items"])

    assert await model() == ("clip", 3)
    use_model("siglip")
    await spaces.look_after()
    monkeypatch.setattr(placing, "_BATCH", 2)
    told: list[tuple[str, int]] = []
    walked = sql.walked

    async def watched(session: object, space_id: int, image_id: UUID) -> None:
        await walked(session, space_id, image_id)  # type: ignore[arg-type]
        told.append(await model())

    monkeypatch.setattr(sql, "walked", watched)
    await work()
    assert told == [("clip", 3), ("clip", 3)]
    assert await model() == ("siglip", 3)
    assert await placed() == {"siglip": (True, 4, 4)}
    async with reading() as connection:
        left = await connection.execute(text("SELECT count(*) FROM image_embeddings"))
        (space_id,) = (await connection.execute(text("SELECT id FROM embedding_spaces"))).scalars()
        known = text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_image_embeddings_space_%'")
        indexes = set((await connection.execute(known)).scalars())
    assert left.scalar_one() == 4
    assert f"ix_image_embeddings_space_{space_id}" in indexes
    assert f"ix_image_embeddings_space_{space_id - 1}" not in indexes


async def test_a_walk_that_was_broken_off_goes_on_where_it_was(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    ids = sorted(await pictures(client, write, 4))
    await work()
    use_model("clip")
    space = await spaces.wanted_space()
    assert space is not None
    async with unit_of_work() as unit:
        await sql.walked(unit.session, space.id, UUID(ids[1]))
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (True, 2, 4)}


async def test_a_copy_that_is_gone_or_broken_costs_the_others_nothing(
    client: httpx.AsyncClient, use_model: UseModel
) -> None:
    write = await sign_in(client, await bob())
    gone, broken, whole = await pictures(client, write, 3)
    await work()
    folder = get_settings().blobs_dir / "images"
    for one, harm in ((gone, None), (broken, b"no picture")):
        for path in (folder / one).rglob("*600*"):
            path.unlink() if harm is None else path.write_bytes(harm)
    use_model("clip")
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (True, 1, 3)}
    assert (await client.get(f"/api/v1/images/{whole}/similar")).json() == {"items": [], "model": "clip"}


async def test_nothing_is_placed_where_it_is_switched_off(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    (image_id,) = await pictures(client, write, 1)
    await spaces.look_after()
    assert await work() == 1
    assert (await client.get(f"/api/v1/images/{image_id}/similar")).json() == {"items": [], "model": None}


async def test_a_model_that_cannot_be_loaded_is_said_once_and_not_tried_all_the_time(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_model: UseModel
) -> None:
    write = await sign_in(client, await bob())
    await pictures(client, write, 1)
    use_model("clip")
    monkeypatch.setenv("EMBEDDING_MODEL", str(tmp_path))
    get_settings.cache_clear()
    await spaces.look_after()
    await work()
    await spaces.look_after()
    async with reading() as connection:
        found = await connection.execute(text("SELECT status, error FROM jobs WHERE kind = 'place_all'"))
        ((status, error),) = found.all()
    assert (status, "cannot be loaded" in error, str(tmp_path) in error) == ("failed", True, False)


async def test_weights_that_moved_are_found_where_they_are_now(
    client: httpx.AsyncClient, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_model: UseModel
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    await pictures(client, write, 1)
    await spaces.look_after()
    await work()
    shutil.copytree(tiny_models / "clip", tmp_path / "clip")
    async with unit_of_work() as unit:
        await unit.session.execute(text("UPDATE embedding_spaces SET source = '/gone/clip'"))
    monkeypatch.setenv("EMBEDDING_MODEL", str(tmp_path / "clip"))
    get_settings.cache_clear()
    await pictures(client, write, 1, first=5)
    await work()
    assert await placed() == {"clip": (True, 2, 2)}


async def test_other_weights_of_the_same_name_are_another_model(
    client: httpx.AsyncClient, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_model: UseModel
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    folder = tmp_path / "mine"
    shutil.copytree(tiny_models / "clip", folder)
    monkeypatch.setenv("EMBEDDING_MODEL", str(folder))
    get_settings.cache_clear()
    await pictures(client, write, 2)
    await spaces.look_after()
    await work()
    before = await vectors()
    assert len(before) == 2
    shutil.rmtree(folder)
    shutil.copytree(tiny_models / "siglip", folder)
    await pictures(client, write, 1, first=5)
    assert await work() == 2
    assert await placed() == {"mine": (True, 2, 3)}, "what the old weights placed is not mixed with the new ones'"
    await spaces.look_after()
    await work()
    assert await placed() == {"mine": (True, 3, 3)}
    after = await vectors()
    assert len(after) == 3
    assert not before & after


async def vectors() -> set[str]:
    async with reading() as connection:
        return set((await connection.execute(text("SELECT vector::text FROM image_embeddings"))).scalars())
