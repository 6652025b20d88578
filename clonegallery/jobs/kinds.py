"""The SQL of jobs by their kind: is there one already, and which could be done along with one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.jobs.repository import lock_number
from clonegallery.models.job import Job, JobStatus

_jobs = Job.__table__  # type: ignore[attr-defined] # SQLModel gives tables this attribute without telling the checker.


async def is_live(session: AsyncSession, queue: str, kind: str, *, failed_after: datetime) -> bool:
    """Whether a job of this kind waits or runs, or failed after that moment; one transaction at a time asks."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(lock_number(f"once {queue} {kind}"))))
    alive = or_(
        _jobs.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]),
        and_(_jobs.c.status == JobStatus.FAILED, _jobs.c.finished_at > failed_after),
    )
    found = await session.execute(
        select(_jobs.c.id).where(_jobs.c.queue == queue, _jobs.c.kind == kind, alive).limit(1)
    )
    return found.one_or_none() is not None


async def waiting(connection: AsyncConnection, queue: str, kind: str, *, limit: int) -> Sequence[Row[Any]]:
    """(id, subject_id) of jobs of this kind that wait and were never tried, the oldest first."""
    due = (_jobs.c.queue == queue, _jobs.c.status == literal("queued"), _jobs.c.kind == kind, _jobs.c.attempts == 0)
    statement = select(_jobs.c.id, _jobs.c.subject_id).where(*due).order_by(_jobs.c.created_at).limit(limit)
    return list((await connection.execute(statement)).all())


async def last_failure(connection: AsyncConnection, kind: str) -> str | None:
    """The error of the newest job of this kind, where it failed."""
    newest = select(_jobs.c.status, _jobs.c.error).where(_jobs.c.kind == kind).order_by(_jobs.c.created_at.desc())
    row = (await connection.execute(newest.limit(1))).one_or_none()
    return row.error if row is not None and row.status == JobStatus.FAILED else None


async def end_waiting(session: AsyncSession, job_ids: Sequence[UUID], *, now: datetime) -> None:
    """Mark those of the jobs succeeded that wait."""
    waiting_still = (_jobs.c.id.in_(job_ids), _jobs.c.status == literal("queued"))
    await session.execute(
        update(_jobs).where(*waiting_still).values(status=JobStatus.SUCCEEDED, started_at=now, finished_at=now)
    )
