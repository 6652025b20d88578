"""The job table's SQL. Every write of a worker names the fencing token that its claim was given."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import EPOCH
from clonegallery.models.job import Job, JobStatus, JobTurn

_JOBS = Job.__table__  # type: ignore[attr-defined] # SQLModel gives tables this attribute without telling the checker.
_TURNS = JobTurn.__table__  # type: ignore[attr-defined] # As above.
_CLAIM_TIMEOUT = "10s"
_BY_PRIORITY = (_JOBS.c.priority.desc(), _JOBS.c.created_at, _JOBS.c.id)


async def add(session: AsyncSession, job: Job, *, running_max: int | None = None) -> None:
    """Insert `job`, and give its owner a place in the round of its queue, where `running_max` of theirs may run."""
    session.add(job)
    await session.flush()
    if job.owner_id is not None:
        allowed = {"priority": job.priority, "running_max": running_max}
        turn = {"queue": job.queue, "owner_id": job.owner_id, "served_at": EPOCH, **allowed}
        place = _insert(session)(_TURNS).values(turn)
        await session.execute(place.on_conflict_do_update(index_elements=["queue", "owner_id"], set_=allowed))


async def claim(session: AsyncSession, queue: str, *, now: datetime, leased_until: datetime) -> Row[Any] | None:
    """Take the job that is fairly next: one attempt more, a lease, a fresh fencing token. None when nothing waits.

    Work of the gallery itself goes first; then the owner who was served longest ago and has not as many jobs running
    as they may, their most urgent, oldest job.
    """
    moment = await _one_claim_at_a_time(session, queue)
    chosen = func.coalesce(_first_of(queue, now, _JOBS.c.owner_id.is_(None)), _first_of_next_owner(queue, now))
    claimed = await session.execute(
        update(_JOBS)
        .where(_JOBS.c.id == chosen, _JOBS.c.status == JobStatus.QUEUED)
        .values(
            status=JobStatus.RUNNING,
            attempts=_JOBS.c.attempts + 1,
            lease_token=new_id(),
            leased_until=leased_until,
            started_at=now,
            error=None,
        )
        .returning(*_JOBS.c)
    )
    job = claimed.one_or_none()
    if job is not None and job.owner_id is not None:
        await session.execute(
            update(_TURNS).where(_TURNS.c.queue == queue, _TURNS.c.owner_id == job.owner_id).values(served_at=moment)
        )
    return job


async def _one_claim_at_a_time(session: AsyncSession, queue: str) -> datetime:
    """Wait for this claim's turn; the database's time of it, on SQLite that of the one machine.

    Two claims that overlap would see the same round and serve the same owner twice; and the time must be read inside
    the turn, by one clock, or a claim that began early and got in late would put its owner's place back. Bounded both
    ways, so that a worker that froze or lost its network in here cannot stop the queue.
    """
    if session.get_bind().dialect.name != "postgresql":
        await session.connection()  # Begins the transaction, and who has begun one is the only writer.
        return utcnow()
    await session.execute(
        select(
            func.set_config("idle_in_transaction_session_timeout", _CLAIM_TIMEOUT, True),
            func.set_config("lock_timeout", _CLAIM_TIMEOUT, True),
            func.pg_advisory_xact_lock(lock_number(f"claim {queue}")),
        )
    )
    moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


def _due(queue: str, now: datetime) -> ColumnElement[bool]:
    return and_(_JOBS.c.queue == queue, _JOBS.c.status == literal("queued"), _JOBS.c.run_after <= now)


def _first_of(queue: str, now: datetime, owner: ColumnElement[bool]) -> ScalarSelect[Any]:
    # A row that somebody is just cancelling is passed over, not waited for. SQLite leaves the clause out.
    first = select(_JOBS.c.id).where(_due(queue, now), owner).order_by(*_BY_PRIORITY).limit(1)
    return first.with_for_update(skip_locked=True).scalar_subquery()


def _first_of_next_owner(queue: str, now: datetime) -> ScalarSelect[Any]:
    has_work = select(_JOBS.c.id).where(_due(queue, now), _JOBS.c.owner_id == _TURNS.c.owner_id).exists()
    running = (
        select(func.count())
        .where(_JOBS.c.queue == queue, _JOBS.c.status == literal("running"), _JOBS.c.owner_id == _TURNS.c.owner_id)
        .scalar_subquery()
    )
    has_room = or_(_TURNS.c.running_max.is_(None), running < _TURNS.c.running_max)
    next_owner = (
        select(_TURNS.c.owner_id)
        .where(_TURNS.c.queue == queue, has_work, has_room)
        .order_by(_TURNS.c.served_at, _TURNS.c.priority.desc(), _TURNS.c.owner_id)
        .limit(1)
        .scalar_subquery()
    )
    return _first_of(queue, now, _JOBS.c.owner_id == next_owner)


async def renew(session: AsyncSession, job_id: UUID, token: UUID, leased_until: datetime) -> bool | None:
    """Extend the lease. None when it is no longer ours, else whether the job's end was asked for."""
    renewed = await session.execute(
        update(_JOBS).where(*_held(job_id, token)).values(leased_until=leased_until).returning(_JOBS.c.cancel_requested)
    )
    asked: bool | None = renewed.scalar_one_or_none()
    return asked


async def write_progress(session: AsyncSession, job_id: UUID, token: UUID, step: int, steps: int) -> bool:
    """Note how far the job is; False when the lease is no longer ours."""
    written = await session.execute(
        update(_JOBS).where(*_held(job_id, token)).values(step=step, steps=steps).returning(_JOBS.c.id)
    )
    return written.one_or_none() is not None


async def hold(session: AsyncSession, job_id: UUID, token: UUID) -> bool:
    """Lock the job until this transaction ends; False when the lease is no longer ours."""
    held = await session.execute(select(_JOBS.c.id).where(*_held(job_id, token)).with_for_update())
    return held.one_or_none() is not None


async def end(
    session: AsyncSession, job_id: UUID, token: UUID, status: JobStatus, *, now: datetime, error: str | None = None
) -> bool:
    """Write the job's final status; False when the lease is no longer ours."""
    ended = await session.execute(
        update(_JOBS)
        .where(*_held(job_id, token))
        .values(status=status, error=error, finished_at=now, lease_token=None, leased_until=None)
        .returning(_JOBS.c.id)
    )
    return ended.one_or_none() is not None


async def put_back(
    session: AsyncSession, job_id: UUID, token: UUID, *, run_after: datetime, error: str | None, counted: bool
) -> bool:
    """Queue the job again, its attempt `counted` or not; False when the lease is no longer ours."""
    attempts = _JOBS.c.attempts if counted else _JOBS.c.attempts - 1
    put = await session.execute(
        update(_JOBS)
        .where(*_held(job_id, token))
        .values(
            status=JobStatus.QUEUED,
            attempts=attempts,
            run_after=run_after,
            error=error,
            lease_token=None,
            leased_until=None,
        )
        .returning(_JOBS.c.id)
    )
    return put.one_or_none() is not None


def _held(job_id: UUID, token: UUID) -> tuple[ColumnElement[bool], ...]:
    return (_JOBS.c.id == job_id, _JOBS.c.lease_token == token, _JOBS.c.status == JobStatus.RUNNING)


async def request_cancel(session: AsyncSession, job_id: UUID, *, now: datetime) -> Row[Any] | None:
    """Cancel a queued job at once, flag a running one; returns the row as it is then, None for an ended one."""
    queued = await session.execute(
        update(_JOBS)
        .where(_JOBS.c.id == job_id, _JOBS.c.status == JobStatus.QUEUED)
        .values(status=JobStatus.CANCELLED, finished_at=now)
        .returning(*_JOBS.c)
    )
    if (cancelled := queued.one_or_none()) is not None:
        return cancelled
    running = await session.execute(
        update(_JOBS)
        .where(_JOBS.c.id == job_id, _JOBS.c.status == JobStatus.RUNNING)
        .values(cancel_requested=True)
        .returning(*_JOBS.c)
    )
    return running.one_or_none()


async def is_cancel_requested(connection: AsyncConnection, job_id: UUID, token: UUID) -> bool | None:
    """Whether the job's end was asked for; None when the lease is no longer ours."""
    found = await connection.execute(select(_JOBS.c.cancel_requested).where(*_held(job_id, token)))
    return found.scalar_one_or_none()


async def try_lock(session: AsyncSession, name: str) -> bool:
    """Whether this transaction is the only one holding the lock called `name`; it never waits.

    On SQLite it is the only one that writes at all.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool((await session.execute(select(func.pg_try_advisory_xact_lock(lock_number(name))))).scalar_one())


async def expired(session: AsyncSession, queue: str, *, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Running jobs of `queue` whose lease ended before `now`, the longest dead first."""
    found = await session.execute(
        select(*_JOBS.c)
        .where(_JOBS.c.status == literal("running"), _JOBS.c.leased_until < now, _JOBS.c.queue == queue)
        .order_by(_JOBS.c.leased_until)
        .limit(limit)
    )
    return found.all()


async def steal(session: AsyncSession, job_id: UUID, old: UUID, new: UUID, *, now: datetime) -> bool:
    """Put another fencing token on a job whose lease is over; False when it was renewed or ended meanwhile."""
    stolen = await session.execute(
        update(_JOBS)
        .where(*_held(job_id, old), _JOBS.c.leased_until < now)
        .values(lease_token=new)
        .returning(_JOBS.c.id)
    )
    return stolen.one_or_none() is not None


async def due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Id and queue of queued jobs that could start now, oldest first."""
    found = await session.execute(
        select(_JOBS.c.id, _JOBS.c.queue)
        .where(_JOBS.c.status == literal("queued"), _JOBS.c.run_after <= now)
        .order_by(_JOBS.c.created_at)
        .limit(limit)
    )
    return found.all()


async def ahead_of(connection: AsyncConnection, job_id: UUID) -> int | None:
    """How many queued jobs of the same queue are older or more urgent; None when the job is not queued."""
    job = (await connection.execute(select(*_JOBS.c).where(_JOBS.c.id == job_id))).one_or_none()
    if job is None or job.status != JobStatus.QUEUED:
        return None
    before = tuple_(-_JOBS.c.priority, _JOBS.c.created_at, _JOBS.c.id) < tuple_(
        literal(-job.priority), literal(job.created_at), literal(job.id)
    )
    counted = select(func.count()).where(_JOBS.c.queue == job.queue, _JOBS.c.status == literal("queued"), before)
    return int((await connection.execute(counted)).scalar_one())


async def latest(connection: AsyncConnection, *, limit: int) -> Sequence[Row[Any]]:
    """The newest jobs first."""
    return (await connection.execute(select(*_JOBS.c).order_by(_JOBS.c.id.desc()).limit(limit))).all()


async def counts(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    """How many jobs there are by (queue, status)."""
    found = await connection.execute(
        select(_JOBS.c.queue, _JOBS.c.status, func.count()).group_by(_JOBS.c.queue, _JOBS.c.status)
    )
    return {(queue, str(status)): count for queue, status, count in found}


async def is_reachable(connection: AsyncConnection) -> None:
    """Raises what the driver raises when the database does not answer."""
    await connection.execute(text("SELECT 1"))


def _insert(session: AsyncSession) -> Any:
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def lock_number(name: str) -> int:
    """A stable number in the gallery's own range for an advisory lock called `name`."""
    return 0x4347 << 32 | zlib.crc32(name.encode())
