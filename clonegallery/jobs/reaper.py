"""Takes over from the dead: expired leases are queued again, lost hints sent again, killers of workers stopped."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.ids import new_id
from clonegallery.jobs import hints, repository, service
from clonegallery.jobs.runner import Runner
from clonegallery.log import get_logger

log = get_logger(__name__)

_AT_ONCE = 200
_LOCK = "reaper"


async def reap(runner: Runner) -> None:
    """One round: expired leases of the runner's queue, whose kinds of work it knows, then hints of all.

    Of several workers only one reaps a queue at a time; the others skip.
    """
    await _requeue_expired(runner)
    await _send_lost_hints()


async def _requeue_expired(runner: Runner) -> None:
    async with unit_of_work() as work:
        if not await repository.try_lock(work.session, f"{_LOCK} {runner.queue}"):
            return
        dead = await repository.expired(work.session, runner.queue, now=utcnow(), limit=_AT_ONCE)
    for job in dead:
        await _take_over(job, runner)


async def _take_over(job: Row[Any], runner: Runner) -> None:
    """Fail or requeue one job in the name of its dead worker; one that lives after all has renewed, and keeps it."""
    run = replace(service.run_of(job), token=new_id())
    poison = run.attempt >= run.max_attempts
    reason = f"poison: the worker died {run.attempt} times while doing this" if poison else "The worker died."
    try:
        async with unit_of_work() as work:
            if not await repository.steal(work.session, job.id, job.lease_token, run.token, now=utcnow()):
                return
            await runner.fail(work, run, reason, permanent=poison)
    except LeaseLost:
        return
    log.warning("job taken over", job_id=str(run.id), kind=run.kind, attempt=run.attempt, poison=poison)


async def _send_lost_hints() -> None:
    """Hint as many jobs as are due beyond the hints that wait: a flushed Redis heals, a backlog does not grow."""
    async with unit_of_work() as work:
        if not await repository.try_lock(work.session, _LOCK):
            return
        due = await repository.due(work.session, now=utcnow() - timedelta(seconds=1), limit=_AT_ONCE)
    for queue, count in Counter(job.queue for job in due).items():
        missing = max(0, count - await hints.waiting(queue))
        for job in [job for job in due if job.queue == queue][:missing]:
            await hints.send(queue, job.id)
        if missing:
            log.info("hints sent again", queue=queue, count=missing)
