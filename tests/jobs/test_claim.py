"""The claim: never the same job twice, and a fair order even when many claim at once."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from clonegallery.clock import utcnow
from clonegallery.jobs import service
from tests.conftest import both_databases
from tests.factories import alice, bob, charlie
from tests.workers.conftest import clean, put, rows

__all__ = ["clean"]

pytestmark = pytest.mark.usefixtures("clean")


@both_databases
async def test_owners_take_turns_whoever_came_first() -> None:
    people = {person.id: person.username for person in (await alice(), await bob(), await charlie())}
    for owner, count in zip(people, (5, 2, 1), strict=True):
        for _ in range(count):
            await put("note", owner_id=owner)
    order = []
    while run := await service.claim("media"):
        assert run.owner_id is not None
        order.append(people[run.owner_id])
    assert sorted(order[:3]) == ["alice", "bob", "charlie"]
    assert sorted(order[3:5]) == ["alice", "bob"]
    assert order[5:] == ["alice"] * 3


@both_databases
async def test_within_an_owner_urgent_goes_before_old() -> None:
    owner = await bob()
    old, urgent = await put("note", owner_id=owner.id), await put("note", owner_id=owner.id)
    await rows("UPDATE jobs SET priority = 5 WHERE id = :id RETURNING 1", id=urgent)
    first, second = await service.claim("media"), await service.claim("media")
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == (urgent, old)


@both_databases
async def test_claims_at_once_never_share_a_job_and_keep_the_round() -> None:
    greedy, modest = await bob(), await charlie()
    for _ in range(30):
        await put("note", owner_id=greedy.id)
    for _ in range(5):
        await put("note", owner_id=modest.id)
    first = [run for run in await asyncio.gather(*(service.claim("media") for _ in range(10))) if run]
    assert len({run.id for run in first}) == 10
    assert Counter(run.owner_id for run in first) == {greedy.id: 5, modest.id: 5}


@both_databases
async def test_a_job_put_off_waits_its_time() -> None:
    job = await put("note")
    await rows("UPDATE jobs SET run_after = :later", later=utcnow() + timedelta(hours=1))
    assert await service.claim("media") is None
    await rows("UPDATE jobs SET run_after = :now", now=utcnow())
    run = await service.claim("media")
    assert run is not None
    assert (run.id, run.attempt) == (job, 1)


@both_databases
async def test_another_queue_is_another_line() -> None:
    await put("note")
    assert await service.claim("gpu") is None


@both_databases
async def test_the_position_counts_who_is_before() -> None:
    jobs = [await put("note") for _ in range(3)]
    assert [await service.position(job) for job in jobs] == [0, 1, 2]
    run = await service.claim("media")
    assert run is not None
    assert [await service.position(job) for job in jobs] == [None, 0, 1]


async def test_the_waits_grow_and_have_an_end() -> None:
    waits = [service.backoff(attempt).total_seconds() for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2, 60)


async def test_the_claim_uses_its_indexes_with_much_history() -> None:
    owner = await bob()
    await rows(
        "INSERT INTO jobs (id, kind, queue, owner_id, payload, status, priority, attempts, max_attempts, run_after,"
        " cancel_requested, step, steps, created_at, finished_at)"
        " SELECT gen_random_uuid(), 'note', 'media', :owner, '{}', 'succeeded', 0, 1, 3, now(), false, 0, 0, now(),"
        " now() FROM generate_series(1, 20000) RETURNING 1",
        owner=owner.id,
    )
    await put("note", owner_id=owner.id)
    await rows("ANALYZE jobs")
    plan = await rows(
        "EXPLAIN SELECT id FROM jobs WHERE queue = 'media' AND status = 'queued' AND run_after <= :now"
        " AND owner_id = :owner ORDER BY priority DESC, created_at, id LIMIT 1",
        now=utcnow(),
        owner=owner.id,
    )
    assert "ix_jobs_queued" in str(plan)
    assert "Seq Scan" not in str(plan)
