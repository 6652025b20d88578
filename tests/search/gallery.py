"""A gallery whose pictures are placed, in this process, as a `media` worker does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.events import close_redis, get_redis
from clonegallery.images.decoders import close_decoders
from clonegallery.jobs.runner import Runner
from clonegallery.search import meaning, service, spaces
from clonegallery.search.answering import answer_questions
from clonegallery.search.questions import HERE
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import Headers, send
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


async def searched(client: httpx.AsyncClient, count: int) -> tuple[Headers, list[str]]:
    """So many pictures of Bob's, placed by the model that is used: the headers of his writes, and the ids."""
    write = await sign_in(client, await bob())
    ids = await pictures(client, write, count)
    await spaces.look_after()
    await work()
    return write, ids


async def placed() -> dict[str, tuple[bool, int, int]]:
    return {one.model: (one.active, one.placed, one.total) for one in await service.progress()}


async def places() -> set[str]:
    async with reading() as connection:
        return set((await connection.execute(text("SELECT vector::text FROM image_embeddings"))).scalars())


async def at_once() -> None:
    """Whatever waits for a while waits no longer."""
    async with unit_of_work() as unit:
        await unit.session.execute(text("UPDATE jobs SET run_after = created_at"))


async def be_patient(patch: pytest.MonkeyPatch) -> None:
    """Let searches wait for a worker that answers in the end: how fast it is, is a matter of the machine."""
    await close_redis()
    get_redis().connection_pool.connection_kwargs["socket_timeout"] = 70  # Else its client gives up after ten seconds.
    for name in ("vector_of_text", "vector_of_image"):
        patch.setattr(meaning, name, partial(getattr(meaning, name), seconds=60.0))


@asynccontextmanager
async def answered() -> AsyncIterator[None]:
    """Somebody answers where texts and pictures lie, as a worker does, from the beginning of the block to its end."""
    await forget_questions()
    task = asyncio.create_task(answer_questions())
    try:
        async with asyncio.timeout(60):
            while not await get_redis().exists(HERE):  # noqa: ASYNC110 Redis sets no event here.
                await asyncio.sleep(0.02)
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        await close_decoders()
        await forget_questions()


async def questions() -> list[bytes]:
    """What Redis holds of questions and answers."""
    return [key async for key in get_redis().scan_iter("cg:meaning:*")]


async def forget_questions() -> None:
    if keys := await questions():
        await get_redis().delete(*keys)
