"""What other slices do with jobs: enqueue, cancel, finish; and what workers do: claim, renew, fail, put back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.jobs import hints, kinds, repository
from clonegallery.jobs.run import JobRun, announce
from clonegallery.jobs.schemas import JobRead
from clonegallery.models.job import Job, JobStatus
from clonegallery.settings import get_settings

_LONGEST_WAIT_SECONDS = 60
_MAX_REASON = 2000
_AFTER_FAILURE = timedelta(minutes=10)


async def enqueue(
    work: UnitOfWork,
    *,
    kind: str,
    queue: str = "media",
    subject_id: UUID | None = None,
    owner_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    priority: int = 0,
    running_max: int | None = None,
) -> UUID:
    """Write the job into this unit of work and, once that is committed, hint the workers. Returns the job's id.

    At most `running_max` jobs of this owner run at once in this queue from now on, None for no such limit.
    """
    job = Job(
        kind=kind,
        queue=queue,
        subject_id=subject_id,
        owner_id=owner_id,
        payload=payload or {},
        priority=priority,
        max_attempts=get_settings().job_max_attempts,
    )
    await repository.add(work.session, job, running_max=running_max)
    work.after_commit(lambda: hints.send(queue, job.id))
    return job.id


async def enqueue_once(work: UnitOfWork, *, kind: str, queue: str = "media", owner_id: UUID | None = None) -> None:
    """As `enqueue`, for work of the gallery itself of which one is enough: nothing happens where one waits or runs, or
    failed for good within the last ten minutes."""
    if not await kinds.is_live(work.session, queue, kind, failed_after=utcnow() - _AFTER_FAILURE):
        await enqueue(work, kind=kind, queue=queue, owner_id=owner_id)


async def last_failure(kind: str) -> str | None:
    """Why the newest job of this kind failed; None where it did not."""
    async with reading() as connection:
        return await kinds.last_failure(connection, kind)


async def waiting_like(run: JobRun, *, limit: int) -> dict[UUID, UUID]:
    """The subjects, by their jobs' ids, of other jobs of this kind that wait, for a worker that does them along.

    Only of jobs at their first attempt, this one included: what failed before is done alone, and harms nobody else.
    """
    if run.attempt > 1:
        return {}
    async with reading() as connection:
        rows = await kinds.waiting(connection, run.queue, run.kind, limit=limit)
    return {row.id: row.subject_id for row in rows if row.subject_id is not None}


async def finish_waiting(work: UnitOfWork, job_ids: Sequence[UUID]) -> None:
    """Mark those of the jobs succeeded that still wait; what another worker has claimed meanwhile is left to it."""
    await kinds.end_waiting(work.session, job_ids, now=utcnow())


async def request_cancel(job_id: UUID) -> JobStatus | None:
    """Cancel a queued job at once, ask a running one to stop; the status it then has, None where it had ended."""
    async with unit_of_work() as work:
        job = await repository.request_cancel(work.session, job_id, now=utcnow())
    if job is None:
        return None
    await announce(job.id, job.owner_id, job.kind, JobStatus(job.status), step=job.step, steps=job.steps)
    return JobStatus(job.status)


async def claim(queue: str) -> JobRun | None:
    """The job that is fairly next in `queue`, leased to the caller; None when nothing waits."""
    now = utcnow()
    async with unit_of_work() as work:
        job = await repository.claim(work.session, queue, now=now, leased_until=now + _lease())
    if job is None:
        return None
    await announce(job.id, job.owner_id, job.kind, JobStatus.RUNNING)
    return run_of(job)


def run_of(job: Row[Any]) -> JobRun:
    """The run that a claimed row stands for."""
    return JobRun(
        id=job.id,
        kind=job.kind,
        queue=job.queue,
        attempt=job.attempts,
        max_attempts=job.max_attempts,
        token=job.lease_token,
        subject_id=job.subject_id,
        owner_id=job.owner_id,
        payload=job.payload,
    )


async def renew(run: JobRun) -> None:
    """Keep the lease for another term. Raises `LeaseLost`."""
    async with unit_of_work() as work:
        if await repository.renew(work.session, run.id, run.token, utcnow() + _lease()) is None:
            raise LeaseLost


async def hold(work: UnitOfWork, run: JobRun) -> None:
    """Make sure that this unit of work commits only while the job is still ours. Raises `LeaseLost`."""
    if not await repository.hold(work.session, run.id, run.token):
        raise LeaseLost


async def finish(work: UnitOfWork, run: JobRun) -> None:
    """Mark the job succeeded in the unit of work that writes its result, so that both happen or neither.

    Raises `LeaseLost` when another worker owns the job by now.
    """
    await _end(work, run, JobStatus.SUCCEEDED)


async def cancel(work: UnitOfWork, run: JobRun) -> None:
    """Mark the job cancelled, as its owner asked. Raises `LeaseLost`."""
    await _end(work, run, JobStatus.CANCELLED)


async def fail(work: UnitOfWork, run: JobRun, reason: str, *, permanent: bool) -> bool:
    """Fail the job for `reason`: for good when `permanent` or out of attempts, else queue it again after a wait.

    Returns whether it was for good. Raises `LeaseLost`.
    """
    if permanent or run.attempt >= run.max_attempts:
        await _end(work, run, JobStatus.FAILED, reason)
        return True
    run_after = utcnow() + backoff(run.attempt)
    if not await repository.put_back(
        work.session, run.id, run.token, run_after=run_after, error=reason[:_MAX_REASON], counted=True
    ):
        raise LeaseLost
    return False


async def release(run: JobRun) -> None:
    """Give the job back untried, for a worker that must stop; a lease lost already needs no release."""
    async with unit_of_work() as work:
        if await repository.put_back(work.session, run.id, run.token, run_after=utcnow(), error=None, counted=False):
            work.after_commit(lambda: hints.send(run.queue, run.id))


async def postpone(run: JobRun, after: timedelta) -> None:
    """Give the job back untried, to be taken again `after` a while."""
    async with unit_of_work() as work:
        until = utcnow() + after
        await repository.put_back(work.session, run.id, run.token, run_after=until, error=None, counted=False)


async def _end(work: UnitOfWork, run: JobRun, status: JobStatus, reason: str | None = None) -> None:
    error = reason and reason[:_MAX_REASON]
    if not await repository.end(work.session, run.id, run.token, status, now=utcnow(), error=error):
        raise LeaseLost
    work.after_commit(lambda: announce(run.id, run.owner_id, run.kind, status))


def backoff(attempt: int) -> timedelta:
    """How long to wait after the attempt with this number: 2, 4, 8 … seconds, a minute at most."""
    return timedelta(seconds=min(_LONGEST_WAIT_SECONDS, 2**attempt))


async def position(job_id: UUID) -> int | None:
    """How many jobs are before this one in its queue by urgency and age; None when it does not wait."""
    async with reading() as connection:
        return await repository.ahead_of(connection, job_id)


async def list_latest(limit: int = 50) -> Sequence[JobRead]:
    """The newest jobs, newest first."""
    async with reading() as connection:
        return [JobRead.of(row) for row in await repository.latest(connection, limit=limit)]


async def counts() -> dict[tuple[str, str], int]:
    """How many jobs there are by (queue, status)."""
    async with reading() as connection:
        return await repository.counts(connection)


def _lease() -> timedelta:
    return timedelta(seconds=get_settings().job_lease_seconds)
