"""Real worker processes, with leases and rounds of the reaper short enough to wait for."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.events import get_redis
from clonegallery.jobs import hints, service
from tests.conftest import Services

LEASE = 1.0
REAP = 0.3


class WorkerProcess:
    """A keeper and its children, as `honcho` starts them."""

    def __init__(self, env: dict[str, str], log: Path, *arguments: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "workers.run", "--handlers", "tests.workers.handlers", *arguments]
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, env=env, stderr=output, stdout=output)

    def children(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill_tree(self) -> None:
        for process in [*self.children(), psutil.Process(self.process.pid)]:
            process.kill()
        self.process.wait(10)


@pytest.fixture
async def clean(database: Services) -> AsyncIterator[Services]:
    """Empty tables and an empty Redis; the sending broker forgets connections that a test broke."""
    await get_redis().flushall()
    yield database
    hints.forget_broker()


@pytest.fixture
def start_worker(clean: Services, tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    started: list[WorkerProcess] = []
    env = os.environ | {"JOB_LEASE_SECONDS": str(LEASE), "REAPER_INTERVAL_SECONDS": str(REAP), "LOG_LEVEL": "INFO"}

    def start(*arguments: str, **more: str) -> WorkerProcess:
        worker = WorkerProcess(env | more, tmp_path / f"worker-{len(started)}.log", *arguments)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.kill_tree()
        sys.stdout.write(worker.log.read_text())  # Shown by pytest when the test fails.


async def put(kind: str, *, owner_id: UUID | None = None, **payload: object) -> UUID:
    """Enqueue one job as the services do."""
    async with unit_of_work() as work:
        return await service.enqueue(work, kind=kind, owner_id=owner_id, payload=payload)


async def rows(query: str, **values: object) -> list[tuple[object, ...]]:
    """Run plain SQL; the rows that it gives, if it gives any."""
    async with reading() as connection:
        found = await connection.execute(text(query), values)
        return [tuple(row) for row in found] if found.returns_rows else []


async def status_of(job_id: UUID) -> str:
    return str((await rows("SELECT status FROM jobs WHERE id = :id", id=job_id))[0][0])


async def results() -> list[str]:
    """The results that handlers wrote, one per finished job."""
    return [str(name) for (name,) in await rows("SELECT name FROM tags ORDER BY name")]


async def started() -> list[str]:
    """What handlers said when they began, in order."""
    # redis-py's stubs mix the blocking client in.
    return [item.decode() for item in await get_redis().lrange("test:started", 0, -1)]  # type: ignore[misc]


async def until(condition: Callable[[], Awaitable[object]], *, within: float = 40.0) -> None:
    """Wait for `condition`; the limit only ends a test that hangs."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 Another process makes it true, and sets no event here.
            await asyncio.sleep(0.05)


async def all_ended() -> bool:
    return (await rows("SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')"))[0][0] == 0
