"""Pictures are placed by the configured model, new ones and all, and another model takes over when it is complete."""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.db import reading, unit_of_work
from clonegallery.errors import Unavailable
from clonegallery.images.decoders import close_decoders
from clonegallery.jobs.runner import Runner
from clonegallery.search import placing, service, spaces
from clonegallery.search.repository import vectors
from clonegallery.settings import get_settings
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import Headers, send
from tests.search.conftest import UseModel, indexes
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
    place = vectors.place

    async def watched(session: AsyncSession, space_id: int, found: Mapping[UUID, object]) -> None:
        await place(session, space_id, found)
        told.append(await model())

    monkeypatch.setattr(vectors, "place", watched)
    await work()
    assert told == [("clip", 3), ("clip", 3)]
    assert await model() == ("siglip", 3)
    assert await placed() == {"siglip": (True, 4, 4)}
    async with reading() as connection:
        left = await connection.execute(text("SELECT count(*) FROM image_embeddings"))
        (space_id,) = (await connection.execute(text("SELECT id FROM embedding_spaces"))).scalars()
    assert left.scalar_one() == 4
    assert await indexes() == {f"ix_image_embeddings_space_{space_id}"}


async def test_what_was_broken_off_goes_on_and_does_nothing_twice(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    await pictures(client, write, 5)
    await work()
    use_model("clip")
    monkeypatch.setattr(placing, "_BATCH", 2)
    placed_now: list[UUID] = []
    broken: list[bool] = []
    place = vectors.place

    async def breaking(session: AsyncSession, space_id: int, found: Mapping[UUID, object]) -> None:
        if len(placed_now) == 2 and not broken:
            broken.append(True)
            raise Unavailable
        await place(session, space_id, found)
        placed_now.extend(found)

    monkeypatch.setattr(vectors, "place", breaking)
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (False, 2, 5)}
    await _at_once()
    await work()
    assert await placed() == {"clip": (True, 5, 5)}
    assert len(placed_now) == len(set(placed_now)) == 5


async def test_nothing_is_switched_where_the_files_were_replaced_meanwhile(
    client: httpx.AsyncClient, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_model: UseModel
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    await pictures(client, write, 4)
    await spaces.look_after()
    await work()
    folder = tmp_path / "mine"
    shutil.copytree(tiny_models / "siglip", folder)
    monkeypatch.setenv("EMBEDDING_MODEL", str(folder))
    get_settings.cache_clear()
    monkeypatch.setattr(placing, "_BATCH", 2)
    place = vectors.place

    async def replaced(session: AsyncSession, space_id: int, found: Mapping[UUID, object]) -> None:
        await place(session, space_id, found)
        (folder / "config.json").write_text((folder / "config.json").read_text() + " ")

    monkeypatch.setattr(vectors, "place", replaced)
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (True, 4, 4), "mine": (False, 2, 4)}
    monkeypatch.setattr(vectors, "place", place)
    await _at_once()
    await work()
    assert await placed() == {"mine": (True, 4, 4)}, "by the files as they are now, and nothing is left of the others"
    assert len(await indexes()) == 1


async def test_who_goes_back_to_the_old_model_leaves_nothing_of_the_other(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    await pictures(client, write, 3)
    await spaces.look_after()
    await work()
    use_model("siglip")
    assert await spaces.wanted_space() is not None
    assert len(await indexes()) == 2
    use_model("clip")
    await spaces.look_after()
    assert await work() == 1
    assert await placed() == {"clip": (True, 3, 3)}
    assert len(await indexes()) == 1


async def test_what_was_missed_is_found(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    await pictures(client, write, 2)
    await spaces.look_after()
    await work()
    monkeypatch.setenv("EMBEDDING_MODEL", "none")
    get_settings.cache_clear()
    await pictures(client, write, 2, first=10)
    await work()
    use_model("clip")
    await spaces.look_after()
    await spaces.look_for_missed()
    assert await work() == 0, "they may still be on their way"
    monkeypatch.setattr(spaces, "_MISSED_AFTER", timedelta(0))
    await spaces.look_for_missed()
    assert await work() == 1
    assert await placed() == {"clip": (True, 4, 4)}
    await spaces.look_for_missed()
    assert await work() == 0


async def test_what_failed_before_is_done_alone(client: httpx.AsyncClient, use_model: UseModel) -> None:
    write = await sign_in(client, await bob())
    use_model("clip")
    await spaces.look_after()
    await work()
    await pictures(client, write, 3)
    runner = Runner("media", {name: kind for name, kind in KINDS.items() if name != "place"})
    for _ in range(3):
        assert await runner.run_next()
    async with unit_of_work() as unit:
        first = "(SELECT min(id::text)::uuid FROM jobs WHERE kind = 'place')"
        await unit.session.execute(text(f"UPDATE jobs SET attempts = 1 WHERE id = {first}"))
    assert await work() == 2, "the one by itself, the other two together"
    assert await placed() == {"clip": (True, 3, 3)}


async def test_a_copy_that_is_gone_or_broken_costs_the_others_nothing(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
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
    monkeypatch.setattr(spaces, "_MISSED_AFTER", timedelta(0))
    await spaces.look_for_missed()
    assert await work() == 0, "what cannot be placed is not tried for ever"
    assert (await client.get(f"/api/v1/images/{whole}/similar")).json() == {
        "items": [],
        "model": "clip",
        "placed": True,
    }


async def test_nothing_is_placed_where_it_is_switched_off(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    (image_id,) = await pictures(client, write, 1)
    await spaces.look_after()
    assert await work() == 1
    assert (await client.get(f"/api/v1/images/{image_id}/similar")).json() == {
        "items": [],
        "model": None,
        "placed": False,
    }


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
    before = await places()
    assert len(before) == 2
    shutil.rmtree(folder)
    shutil.copytree(tiny_models / "siglip", folder)
    await pictures(client, write, 1, first=5)
    assert await work() == 2
    assert await placed() == {"mine": (True, 2, 3)}, "what the old weights placed is not mixed with the new ones'"
    await spaces.look_after()
    await work()
    assert await placed() == {"mine": (True, 3, 3)}
    after = await places()
    assert len(after) == 3
    assert not before & after


async def places() -> set[str]:
    async with reading() as connection:
        return set((await connection.execute(text("SELECT vector::text FROM image_embeddings"))).scalars())


async def _at_once() -> None:
    """Whatever waits for a while waits no longer."""
    async with unit_of_work() as unit:
        await unit.session.execute(text("UPDATE jobs SET run_after = created_at"))
