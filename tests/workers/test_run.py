"""What workers do when all is well: one job, one result, in order, and a clean stop."""

import asyncio
from collections.abc import Callable

import psutil

from clonegallery.events import Event, Hub, get_redis, user_channel
from clonegallery.jobs import service
from tests.factories import bob, charlie
from tests.workers.conftest import WorkerProcess, all_ended, put, results, rows, started, status_of, until
from workers.process import NICENESS

Start = Callable[..., WorkerProcess]


async def test_a_hundred_jobs_give_a_hundred_results(start_worker: Start) -> None:
    jobs = [await put("note") for _ in range(100)]
    start_worker("--processes", "2")
    await until(all_ended)
    assert await results() == sorted(f"done {job}" for job in jobs)


async def test_sigterm_lets_the_running_job_finish(start_worker: Start) -> None:
    job = await put("slow", steps=15)
    worker = start_worker()
    await until(started)
    assert await asyncio.to_thread(worker.stop) == 0
    assert await status_of(job) == "succeeded"
    assert await results() == [f"done {job}"]


async def test_a_stopped_worker_leaves_the_rest_queued_for_the_next(start_worker: Start) -> None:
    jobs = [await put("slow", steps=8) for _ in range(6)]
    worker = start_worker("--threads", "1")
    await until(started)
    await asyncio.to_thread(worker.stop)
    assert len(await results()) < len(jobs)
    assert await rows("SELECT id FROM jobs WHERE status = 'running'") == []
    start_worker("--threads", "4")
    await until(all_ended)
    assert await results() == sorted(f"done {job}" for job in jobs)


async def test_progress_reaches_the_owner_and_the_row(start_worker: Start) -> None:
    owner = await bob()
    hub = Hub()
    await hub.start()
    async with hub.listen(user_channel(owner.id)) as news:
        worker = start_worker()
        await until(_swept)
        job = await put("slow", owner_id=owner.id, steps=12)
        seen: list[Event] = []
        async with asyncio.timeout(30):
            while not seen or seen[-1]["status"] == "running":
                seen.append(await news.get())
    await hub.stop()
    assert [event["step"] for event in seen if event["step"]] == list(range(1, 13))
    assert {event["id"] for event in seen} == {str(job)}
    assert seen[-1]["status"] == "succeeded"
    assert await rows("SELECT step, steps FROM jobs") == [(12, 12)]
    worker.stop()


async def test_cancelling_ends_a_queued_job_at_once_and_a_running_one_soon(start_worker: Start) -> None:
    running = await put("slow", steps=300)
    start_worker("--threads", "1")
    await until(started)
    queued = await put("note")
    assert await service.request_cancel(queued) == "cancelled"
    assert await service.request_cancel(running) == "running"
    await until(all_ended)
    assert (await status_of(running), await status_of(queued)) == ("cancelled", "cancelled")
    assert await results() == []
    assert await service.request_cancel(running) is None


async def test_an_owner_with_five_thousand_jobs_does_not_delay_another(start_worker: Start) -> None:
    greedy, modest = await bob(), await charlie()
    for _ in range(10):
        await put("note", owner_id=greedy.id, name="greedy")
    await rows(
        "INSERT INTO jobs (id, kind, queue, owner_id, payload, status, priority, attempts, max_attempts, run_after,"
        " cancel_requested, step, steps, created_at)"
        " SELECT gen_random_uuid(), 'note', 'media', :owner, '{\"name\": \"greedy\"}', 'queued', 0, 0, 3, now(),"
        " false, 0, 0, now() FROM generate_series(1, 5000) RETURNING 1",
        owner=greedy.id,
    )
    await put("note", owner_id=modest.id, name="modest")
    start_worker("--threads", "1")
    await until(lambda: _has_started("modest"))
    assert (await started()).index("modest") <= 1


async def _has_started(name: str) -> bool:
    return name in await started()


async def _swept() -> bool:
    return bool(await get_redis().get("test:swept"))


async def test_a_service_runs_beside_the_jobs_begins_again_when_it_failed_and_ends_with_the_worker(
    start_worker: Start,
) -> None:
    worker = start_worker("--threads", "1")
    await put("slow", steps=30)
    await until(started)
    await _told("one", "fail", "two")
    await until(_echoed_twice)
    assert await asyncio.to_thread(worker.stop) == 0
    assert b"ZeroDivisionError" in worker.log.read_bytes()
    await _told("three")
    assert await get_redis().llen("test:told") == 1  # type: ignore[misc] # The stubs mix the blocking client in.


async def _told(*words: str) -> None:
    await get_redis().rpush("test:told", *words)  # type: ignore[misc] # The stubs mix the blocking client in.


async def _echoed_twice() -> bool:
    found: list[bytes] = await get_redis().lrange("test:echo", 0, -1)  # type: ignore[misc] # As above.
    return found == [b"one", b"two"]


async def test_workers_give_way_to_what_somebody_waits_for(start_worker: Start) -> None:
    await put("slow", steps=8)
    worker = start_worker()
    await until(started)
    keeper, children = psutil.Process(worker.process.pid), worker.children()
    assert children
    assert {child.nice() for child in children} == {min(keeper.nice() + NICENESS, 19)}
