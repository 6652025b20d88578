"""All background work, in one table: the row is the truth, a queue message only a hint that it is there."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Uuid, text
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import PortableJson, UtcDateTime, one_of, text_enum


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


_QUEUED = "status = 'queued'"
_RUNNING = "status = 'running'"


class Job(SQLModel, table=True):
    """One piece of work. `lease_token` is the fencing token: every write of a worker must carry the current one."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("status", JobStatus, "jobs"),
        CheckConstraint("attempts >= 0 AND max_attempts > 0", name="ck_jobs_attempts"),
        CheckConstraint("step >= 0 AND steps >= 0", name="ck_jobs_steps"),
        CheckConstraint(
            "status <> 'running' OR (lease_token IS NOT NULL AND leased_until IS NOT NULL)",
            name="ck_jobs_running_leased",
        ),
        Index(
            "ix_jobs_queued", "queue", "owner_id", text("priority DESC"), "created_at", "id",
            postgresql_where=text(_QUEUED), sqlite_where=text(_QUEUED),
        ),
        Index("ix_jobs_leases", "leased_until", postgresql_where=text(_RUNNING), sqlite_where=text(_RUNNING)),
        Index(
            "ix_jobs_running_owner", "queue", "owner_id",
            postgresql_where=text(_RUNNING), sqlite_where=text(_RUNNING),
        ),
        Index("ix_jobs_subject", "subject_id"),
        Index("ix_jobs_owner", "owner_id", "created_at"),
        Index("ix_jobs_kind", "kind", "created_at"),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=50)
    queue: str = Field(max_length=20)
    subject_id: UUID | None = None
    owner_id: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=True)
    )
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(PortableJson, nullable=False))
    status: JobStatus = Field(default=JobStatus.QUEUED, sa_column=Column(text_enum(JobStatus), nullable=False))
    priority: int = 0
    attempts: int = 0
    max_attempts: int = 3
    run_after: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    lease_token: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    cancel_requested: bool = False
    step: int = 0
    steps: int = 0
    error: str | None = Field(default=None, max_length=2000)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class JobTurn(SQLModel, table=True):
    """When an owner was last served in a queue: the least recently served one goes next.

    `priority` decides between owners who were served at the same time, or never. `running_max` is how many of their
    jobs may run at once, None for as many as there are workers.
    """

    __tablename__ = "job_turns"

    queue: str = Field(max_length=20, primary_key=True)
    owner_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    served_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    priority: int = 0
    running_max: int | None = None
