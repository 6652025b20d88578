"""PostgreSQL restarted under load: 503 with Retry-After, recovery by itself, no half rows."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count

import httpx
from sqlalchemy import text

from clonegallery.db import reading
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import run_jobs, send

IMAGES = "/api/v1/images"


async def test_a_restarted_database_costs_refusals_and_nothing_else(
    client: httpx.AsyncClient, database: Services
) -> None:
    write = await sign_in(client, await bob())
    answers: list[httpx.Response] = []
    stopping = asyncio.Event()
    seeds = count()

    async def upload() -> None:
        while not stopping.is_set():
            answers.append(await send(client, write, jpeg_bytes(seed=next(seeds))))
            await asyncio.sleep(0.05)

    async def look() -> None:
        while not stopping.is_set():
            answers.append(await client.get(IMAGES))
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as load:
        for work in (upload, upload, look, look):
            load.create_task(work())
        await _until(lambda: {200, 201} <= _statuses(answers))
        await asyncio.to_thread(database.postgres.stop)
        await _until(lambda: [answer.status_code for answer in answers].count(503) >= 20)
        await asyncio.to_thread(database.postgres.ensure_postgres_running)
        back = len(answers)
        await _until(lambda: _is_well(answers[back:]))
        stopping.set()
    assert _statuses(answers) == {200, 201, 503}
    assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 503)
    assert [answer.status_code for answer in answers[-4:]].count(503) == 0
    await run_jobs()
    confirmed = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    async with reading() as connection:
        found = (await connection.execute(text("SELECT id, status, storage_key FROM images"))).all()
    assert confirmed <= {str(row.id) for row in found}
    assert {row.status for row in found} == {"ready"}
    assert all((get_settings().blobs_dir / row.storage_key).exists() for row in found)
    assert list(get_settings().quarantine_dir.iterdir()) == []


def _statuses(answers: Sequence[httpx.Response]) -> set[int]:
    return {answer.status_code for answer in answers}


def _is_well(since: Sequence[httpx.Response]) -> bool:
    return len(since) >= 20 and 201 in _statuses(since) and 503 not in _statuses(since[-20:])


async def _until(condition: Callable[[], bool]) -> None:
    """Wait for what the answers must come to; the limit only ends a test that hangs."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 Four tasks make it true, none of which knows of it.
            await asyncio.sleep(0.05)
