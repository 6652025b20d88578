"""SQL of the generations. How one stands is read from its job, in the same statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.models import GeneratedImage, Generation, Job, JobStatus, JobTurn, User
from clonegallery.models.tables import table_of

Reader = AsyncConnection | AsyncSession
QUEUE = "gpu"
KIND = "generate"

_GENERATIONS = table_of(Generation)
_IMAGES = table_of(GeneratedImage)
_JOBS = table_of(Job)
_TURNS = table_of(JobTurn)
_USERS = table_of(User)
_WAITING = _JOBS.c.status == literal("queued")
_MEASURED = 20


async def lock_owner(session: AsyncSession, user_id: UUID) -> Any:
    """Role and own caps of a person who is not shut out (else None), locked: nobody else of theirs asks meanwhile."""
    columns = (
        _USERS.c.role, _USERS.c.generations_queued_max, _USERS.c.generations_running_max,
        _USERS.c.generated_images_per_day,
    )  # fmt: skip
    found = await session.execute(select(*columns).where(_USERS.c.id == user_id, _USERS.c.is_active).with_for_update())
    return found.one_or_none()


async def count_waiting(reader: Reader, owner_id: UUID) -> int:
    """How many of this person's generations wait."""
    statement = select(func.count()).where(_JOBS.c.queue == QUEUE, _WAITING, _JOBS.c.owner_id == owner_id)
    return int((await reader.execute(statement)).scalar_one())


async def count_pictures(reader: Reader, owner_id: UUID, *, since: datetime) -> tuple[int, datetime | None]:
    """How many pictures this person has asked for since then, those of failed and cancelled ones not counted beyond
    what was made; and when the first of these was asked for."""
    made = select(func.count()).where(_IMAGES.c.generation_id == _GENERATIONS.c.id).scalar_subquery()
    ended = _JOBS.c.status.in_([JobStatus.FAILED, JobStatus.CANCELLED])
    counted = func.sum(case((ended, made), else_=_GENERATIONS.c.count))
    statement = (
        select(counted, func.min(_GENERATIONS.c.created_at))
        .join_from(_GENERATIONS, _JOBS, _JOBS.c.id == _GENERATIONS.c.job_id)
        .where(_GENERATIONS.c.owner_id == owner_id, _GENERATIONS.c.created_at > since)
    )
    total, first = (await reader.execute(statement)).one()
    return int(total or 0), first


async def add(session: AsyncSession, generation: Generation) -> None:
    session.add(generation)
    await session.flush()


def _whole() -> Select[Any]:
    return select(
        *_GENERATIONS.c, _JOBS.c.status, _JOBS.c.step, _JOBS.c.steps.label("job_steps"), _JOBS.c.error,
        _JOBS.c.started_at, _JOBS.c.finished_at, _JOBS.c.attempts, _JOBS.c.run_after,
    ).join_from(_GENERATIONS, _JOBS, _JOBS.c.id == _GENERATIONS.c.job_id)  # fmt: skip


async def find(reader: Reader, generation_id: UUID, *, lock: bool = False) -> Any:
    """A generation and how its job stands, or None; with `lock` nobody changes it before this transaction ends."""
    if lock:
        # Before the join is read: whoever waited here would else see the job that another retry has just replaced.
        await reader.execute(select(_GENERATIONS.c.id).where(_GENERATIONS.c.id == generation_id).with_for_update())
    return (await reader.execute(_whole().where(_GENERATIONS.c.id == generation_id))).one_or_none()


async def page(
    reader: Reader, owner_id: UUID, *, status: JobStatus | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to `limit` of this person's generations, the newest first, after the one with these keys."""
    statement = _whole().where(_GENERATIONS.c.owner_id == owner_id)
    if status is not None:
        statement = statement.where(_JOBS.c.status == status)
    if after is not None:
        last = tuple_(literal(after[0], _GENERATIONS.c.created_at.type), literal(after[1], _GENERATIONS.c.id.type))
        statement = statement.where(tuple_(_GENERATIONS.c.created_at, _GENERATIONS.c.id) < last)
    ordered = statement.order_by(_GENERATIONS.c.created_at.desc(), _GENERATIONS.c.id.desc()).limit(limit)
    rows: Sequence[Row[Any]] = (await reader.execute(ordered)).all()
    return rows


async def of_model(reader: Reader, owner_id: UUID, model: str, prompts: Sequence[str]) -> Sequence[Row[Any]]:
    """This person's generations of these very prompts by that model, the newest first."""
    statement = _whole().where(
        _GENERATIONS.c.owner_id == owner_id, _GENERATIONS.c.model == model, _GENERATIONS.c.prompt.in_(prompts)
    )
    rows: Sequence[Row[Any]] = (await reader.execute(statement.order_by(_GENERATIONS.c.created_at.desc()))).all()
    return rows


async def images_of(reader: Reader, generation_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """What came of these generations, in the order of their places."""
    statement = select(*_IMAGES.c).where(_IMAGES.c.generation_id.in_(generation_ids))
    ordered = statement.order_by(_IMAGES.c.generation_id, _IMAGES.c.position)
    rows: Sequence[Row[Any]] = (await reader.execute(ordered)).all()
    return rows


async def add_image(session: AsyncSession, made: GeneratedImage) -> None:
    """Raises SQLAlchemy's `IntegrityError` where this place of the generation has a picture already."""
    session.add(made)
    await session.flush()


async def write(session: AsyncSession, generation_id: UUID, **values: Any) -> None:
    """Write these columns of a generation."""
    await session.execute(update(_GENERATIONS).where(_GENERATIONS.c.id == generation_id).values(**values))


async def waiting(reader: Reader, *, limit: int) -> Sequence[Any]:
    """Queued jobs with their owners, and when those were served last; the oldest first."""
    statement = (
        select(
            _JOBS.c.id, _JOBS.c.owner_id, _JOBS.c.priority, _JOBS.c.created_at, _TURNS.c.served_at,
            _TURNS.c.priority.label("turn_priority"),
        )
        .join_from(_JOBS, _TURNS, (_TURNS.c.owner_id == _JOBS.c.owner_id) & (_TURNS.c.queue == _JOBS.c.queue))
        .where(_JOBS.c.queue == QUEUE, _WAITING)
        .order_by(_JOBS.c.created_at)
        .limit(limit)
    )  # fmt: skip
    rows: Sequence[Any] = (await reader.execute(statement)).all()
    return rows


async def running_since(reader: Reader) -> Sequence[datetime]:
    """When each job that runs now was started."""
    statement = select(_JOBS.c.started_at).where(_JOBS.c.queue == QUEUE, _JOBS.c.status == literal("running"))
    return list((await reader.execute(statement)).scalars())


async def usual_seconds(reader: Reader) -> float | None:
    """How long the last generations took on average; None before there were any."""
    latest = (
        select(_JOBS.c.started_at, _JOBS.c.finished_at)
        .where(_JOBS.c.kind == KIND, _JOBS.c.status == JobStatus.SUCCEEDED)
        .order_by(_JOBS.c.id.desc())
        .limit(_MEASURED)
    )
    spans = [(row.finished_at - row.started_at).total_seconds() for row in await reader.execute(latest)]
    return sum(spans) / len(spans) if spans else None


async def depth(reader: Reader) -> dict[str, int]:
    """How many generations wait and run."""
    unended = _JOBS.c.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
    statement = select(_JOBS.c.status, func.count()).where(_JOBS.c.queue == QUEUE, unended).group_by(_JOBS.c.status)
    found = {str(status): int(count) for status, count in await reader.execute(statement)}
    return {"queued": found.get("queued", 0), "running": found.get("running", 0)}
