"""Who looks on while a worker makes pictures: tells how far it is, keeps what a successor must know, hears a cancel."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from clonegallery.db import unit_of_work
from clonegallery.errors import LeaseLost
from clonegallery.failures import as_gallery_error
from clonegallery.generations import news, repository
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger

log = get_logger(__name__)

_ASK_SECONDS = 0.2


class Follower:
    """The `Watcher` of one run of one generation."""

    def __init__(self, run: JobRun, owner_id: UUID, generation_id: UUID, noted: str | None) -> None:
        self.cancelled = asyncio.Event()
        self.lease_lost = False
        self._run = run
        self._owner_id = owner_id
        self._generation_id = generation_id
        self._noted = noted
        self._first: tuple[int, float] | None = None

    async def step(self, step: int, steps: int, preview: bytes | None = None) -> None:
        """Tell the owner, and write the row now and then. Raises `LeaseLost`."""
        told: dict[str, Any] = {"step": step, "steps": steps, "eta_s": self._seconds_left(step, steps)}
        if preview is not None:
            told["preview"] = news.data_url(preview)
        await news.tell(self._owner_id, self._generation_id, "progress", told)
        await self._run.write_progress(step, steps)

    def noted(self) -> str | None:
        return self._noted

    async def note(self, text: str | None) -> None:
        async with unit_of_work() as work:
            await jobs.hold(work, self._run)
            await repository.write(work.session, self._generation_id, note=text)
        self._noted = text

    def _seconds_left(self, step: int, steps: int) -> float | None:
        """By the pace since the first step that was heard of; the first one itself tells nothing of it."""
        now = time.monotonic()
        if self._first is None:
            self._first = (step, now)
            return None
        first, since = self._first
        done = step - first
        return round((now - since) / done * (steps - step), 1) if done > 0 else None

    async def listen(self) -> None:
        """Set `cancelled` once the end of the job was asked for, or the job is another worker's."""
        while not self.cancelled.is_set():
            try:
                asked = await self._run.is_cancelled()
            except LeaseLost:
                self.lease_lost = asked = True
            except Exception as error:
                known = as_gallery_error(error)
                if known is None or not known.retryable:
                    raise
                asked = False  # The database is away for a moment; the lease decides how long that may last.
            if asked:
                self.cancelled.set()
            await asyncio.sleep(_ASK_SECONDS)


@asynccontextmanager
async def listening(follower: Follower) -> AsyncIterator[None]:
    """Hears a cancel while the block lasts; whatever ends the block ends the work, too."""
    task = asyncio.create_task(follower.listen())
    try:
        yield
    finally:
        follower.cancelled.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
