"""How soon a worker starts what was asked for, and who waits for whom: `python -m tests.bench.bench_queue`.

Wake-up: from the commit of a request to the moment at which a worker process had claimed it, beside the floor of the
same run, a bare blocking pop of Redis from another task. Fairness: 1,000 jobs of 20 people, one of whom asked for 620
before all others; the pauses that each had to make beyond the jobs that were theirs.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable
from datetime import datetime
from statistics import median
from typing import cast
from uuid import UUID

import psycopg
from sqlalchemy import text

from clonegallery.clock import utcnow
from clonegallery.db import reading, unit_of_work
from clonegallery.events import get_redis
from clonegallery.jobs import service as jobs
from clonegallery.models.account import User
from clonegallery.settings import get_settings
from tests.bench.queue_handlers import SECONDS
from tests.bench.workshop import ended, people, workshop

WAKE_UPS = 200
PEOPLE = 20
JOBS = 1000
GREEDY = 620


def main() -> None:
    asyncio.run(_run())


async def _run() -> None:
    async with workshop("--handlers", "tests.bench.queue_handlers", "--threads", "1", "--processes", "1"):
        somebody = await people(PEOPLE)
        await _wake_up(somebody[0])
        await _floor()
        await _fairness(somebody)


async def _wake_up(owner: User) -> None:
    committed = {}
    for number in range(WAKE_UPS):
        job_id, moment = await _ask(owner)
        committed[job_id] = moment
        await ended(number + 1, within=60)
        await asyncio.sleep(0.003 * (number % 40))  # Not in step with the worker's own rounds.
    async with reading() as connection:
        rows = (await connection.execute(text("SELECT id, started_at FROM jobs"))).all()
    took = sorted((started - committed[job_id]).total_seconds() * 1000 for job_id, started in rows)
    print(f"wake-up, request committed to claimed by a worker process, {WAKE_UPS} times:")
    print(f"  median {median(took):.1f} ms, 95 % within {took[int(len(took) * 0.95)]:.1f} ms")


async def _ask(owner: User) -> tuple[UUID, datetime]:
    """One job more, and the moment at which it was committed."""
    moments = []

    async def stamp() -> None:
        moments.append(utcnow())

    async with unit_of_work() as work:
        work.after_commit(stamp)
        job_id = await jobs.enqueue(work, kind="generate", queue="gpu", owner_id=owner.id)
    return job_id, moments[0]


async def _floor() -> None:
    redis, took = get_redis(), []

    async def wait() -> float:
        await cast(Awaitable[object], redis.blpop(["bench"], timeout=5))
        return time.perf_counter()

    for _ in range(WAKE_UPS):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.002)
        pushed = time.perf_counter()
        await cast(Awaitable[object], redis.rpush("bench", b"1"))
        took.append((await waiting - pushed) * 1000)
    print(f"  floor: bare blocking pop of Redis: median {median(took):.1f} ms")


async def _fairness(somebody: list[User]) -> None:
    for _ in range(GREEDY):
        await _ask(somebody[0])
    late = [one for one in somebody[1:] for _ in range((JOBS - GREEDY) // (PEOPLE - 1))]
    for one in late:
        await _ask(one)
    await ended(WAKE_UPS + GREEDY + len(late), within=300)
    with psycopg.connect(get_settings().database_url) as connection:
        rows = connection.execute(
            "SELECT owner_id, created_at, started_at, finished_at FROM jobs ORDER BY started_at OFFSET %s", [WAKE_UPS]
        ).fetchall()
    print(f"\nfairness, {len(rows)} jobs of {PEOPLE} people, {GREEDY} of them of one who asked first:")
    greedy = somebody[0].id
    worst = 0
    for one in somebody[1:]:
        worst = max(worst, _delays_by(greedy, one.id, rows))
    for one in somebody:
        waits = [(started - created).total_seconds() for owner, created, started, _ in rows if owner == one.id]
        name = "the greedy one" if one.id == greedy else one.username
        print(f"  {name:15} {len(waits):4} jobs, median wait {median(waits):6.2f} s, longest {max(waits):6.2f} s")
    print(f"  most jobs of the greedy one between two of somebody who waited: {worst} (a job takes {SECONDS} s)")


def _delays_by(greedy: object, owner: object, rows: list[tuple[object, datetime, datetime, datetime]]) -> int:
    """How many of the greedy one's jobs were started, at most, between two of this person's, who had more waiting."""
    waiting_since = min(created for who, created, _, _ in rows if who == owner)
    last = max(started for who, _, started, _ in rows if who == owner)
    between: Counter[int] = Counter()
    gap = 0
    for who, _, started, _ in rows:
        if started < waiting_since or started > last:
            continue
        if who == owner:
            gap += 1
        elif who == greedy:
            between[gap] += 1
    return max(between.values(), default=0)


if __name__ == "__main__":
    main()
