"""What the jobs slice hands out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row

from clonegallery.models.job import JobStatus


@dataclass(frozen=True, slots=True)
class JobRead:
    """One job as lists show it."""

    id: UUID
    kind: str
    queue: str
    status: JobStatus
    attempts: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        return cls(
            row.id,
            row.kind,
            row.queue,
            JobStatus(row.status),
            row.attempts,
            row.error,
            row.created_at,
            row.started_at,
            row.finished_at,
        )
