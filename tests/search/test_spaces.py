"""One model is searched at a time, and another takes over when it has placed all."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.db import reading, unit_of_work
from clonegallery.search import placing, spaces
from clonegallery.search.repository import vectors
from clonegallery.settings import get_settings
from tests.factories import bob, sign_in
from tests.search.conftest import UseModel, indexes
from tests.search.gallery import at_once, pictures, placed, places, searched, work


async def test_the_old_model_is_searched_until_the_new_one_is_complete(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    _write, (first, *_) = await searched(client, 4)

    async def model() -> tuple[str, int]:
        found = (await client.get(f"/api/v1/images/{first}/similar")).json()
        return found["model"], len(found["items"])

    assert await model() == ("clip", 3)
    use_model("siglip")
    await spaces.look_after()
    monkeypatch.setattr(placing, "_BATCH", 2)
    told: list[tuple[str, int]] = []
    place = vectors.place

    async def watched(
        session: AsyncSession, space_id: int, found: Mapping[UUID, vectors.Place | None]
    ) -> Sequence[Any]:
        there = await place(session, space_id, found)
        told.append(await model())
        return there

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


async def test_nothing_is_switched_where_the_files_were_replaced_meanwhile(
    client: httpx.AsyncClient, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_model: UseModel
) -> None:
    use_model("clip")
    await searched(client, 4)
    folder = tmp_path / "mine"
    shutil.copytree(tiny_models / "siglip", folder)
    monkeypatch.setenv("EMBEDDING_MODEL", str(folder))
    get_settings.cache_clear()
    monkeypatch.setattr(placing, "_BATCH", 2)
    place = vectors.place

    async def replaced(
        session: AsyncSession, space_id: int, found: Mapping[UUID, vectors.Place | None]
    ) -> Sequence[Any]:
        there = await place(session, space_id, found)
        (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
        return there

    monkeypatch.setattr(vectors, "place", replaced)
    await spaces.look_after()
    await work()
    assert await placed() == {"clip": (True, 4, 4), "mine": (False, 2, 4)}
    monkeypatch.setattr(vectors, "place", place)
    await at_once()
    await work()
    assert await placed() == {"mine": (True, 4, 4)}, "by the files as they are now, and nothing is left of the others"
    assert len(await indexes()) == 1


async def test_who_goes_back_to_the_old_model_leaves_nothing_of_the_other(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    await searched(client, 3)
    use_model("siglip")
    assert await spaces.wanted_space() is not None
    assert len(await indexes()) == 2
    use_model("clip")
    await spaces.look_after()
    assert await work() == 1
    assert await placed() == {"clip": (True, 3, 3)}
    assert len(await indexes()) == 1


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
    use_model("clip")
    write, _ids = await searched(client, 1)
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
