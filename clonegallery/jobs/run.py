"""One claimed job, as its handler sees it."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from clonegallery.db import reading, unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.events import publish, user_channel
from clonegallery.jobs import repository
from clonegallery.models.job import JobStatus

_WRITE_EVERY_SECONDS = 1.0


class NotYet(Exception):
    """What a handler raises where something that it needs is still on its way: the job is taken again `after` a while.

    That is no failure: no attempt is counted, and nothing is written about it.
    """

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.after = after


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job that this worker holds; `token` is the fencing token of this very claim, `attempt` counts from 1."""

    id: UUID
    kind: str
    queue: str
    attempt: int
    max_attempts: int
    token: UUID
    subject_id: UUID | None = None
    owner_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    _written: list[float] = field(default_factory=lambda: [0.0], compare=False, repr=False)

    async def progress(self, step: int, steps: int) -> None:
        """Tell whoever follows; the row itself is written at most once a second. Raises `LeaseLost`."""
        await announce(self.id, self.owner_id, self.kind, JobStatus.RUNNING, step=step, steps=steps)
        await self.write_progress(step, steps)

    async def write_progress(self, step: int, steps: int) -> None:
        """Write into the row how far the work is, at most once a second. Raises `LeaseLost`."""
        now = time.monotonic()
        if now - self._written[0] < _WRITE_EVERY_SECONDS and step < steps:
            return
        self._written[0] = now
        async with unit_of_work() as work:
            if not await repository.write_progress(work.session, self.id, self.token, step, steps):
                raise LeaseLost

    async def is_cancelled(self) -> bool:
        """Whether somebody asked for the end of this job. Raises `LeaseLost`."""
        async with reading() as connection:
            asked = await repository.is_cancel_requested(connection, self.id, self.token)
        if asked is None:
            raise LeaseLost
        return asked


async def announce(
    job_id: UUID, owner_id: UUID | None, kind: str, status: JobStatus, *, step: int = 0, steps: int = 0
) -> None:
    """Publish the job's state to its owner; work of the gallery itself has nobody to tell."""
    if owner_id is not None:
        event = {"type": "job", "id": str(job_id), "kind": kind, "status": status, "step": step, "steps": steps}
        await publish(user_channel(owner_id), event)
