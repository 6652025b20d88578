"""Every picture is placed, whenever it came, and what cannot be placed harms nobody."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.db import unit_of_work
from clonegallery.errors import Unavailable
from clonegallery.jobs.runner import Runner
from clonegallery.search import placing, spaces
from clonegallery.search.repository import vectors
from clonegallery.settings import get_settings
from tests.conftest import both_databases
from tests.factories import bob, sign_in
from tests.search.conftest import UseModel
from tests.search.gallery import at_once, pictures, placed, searched, work
from workers.media import KINDS

pytestmark = both_databases


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

    async def breaking(
        session: AsyncSession, space_id: int, found: Mapping[UUID, vectors.Place | None]
    ) -> Sequence[Any]:
        if len(placed_now) == 2 and not broken:
            broken.append(True)
            raise Unavailable
        there = await place(session, space_id, found)
        placed_now.extend(found)
        return there

    monkeypatch.setattr(vectors, "place", breaking)
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (False, 2, 5)}
    await at_once()
    await work()
    assert await placed() == {"clip": (True, 5, 5)}
    assert len(placed_now) == len(set(placed_now)) == 5


async def test_what_was_missed_is_found(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    write, _ids = await searched(client, 2)
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
        first = "(SELECT id FROM jobs WHERE kind = 'place' ORDER BY id LIMIT 1)"
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
