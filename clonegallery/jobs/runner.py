"""Runs claimed jobs: the handler beside a heartbeat, and what becomes of the row however the handler ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import GalleryError, LeaseLost
from clonegallery.failures import as_gallery_error
from clonegallery.jobs import service
from clonegallery.jobs.run import JobRun, NotYet
from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

Handler = Callable[[JobRun], Awaitable[None]]
FailureHook = Callable[[UnitOfWork, JobRun, str], Awaitable[None]]

_UNEXPECTED = "Something unexpected went wrong."


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is done, and what its slice writes, in the same transaction, when it failed for good."""

    handler: Handler
    on_failed: FailureHook | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """Housekeeping that some worker does every `seconds`; `run` is idempotent."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Service:
    """What a worker does beside its jobs from its start to its end; `run` ends only when it is cancelled."""

    name: str
    run: Callable[[], Awaitable[None]]


class Runner:
    """Claims and runs jobs of one queue. Belongs to one event loop; several jobs may run at once."""

    def __init__(self, queue: str, kinds: Mapping[str, Kind]) -> None:
        self.queue = queue
        self._kinds = kinds
        self._running: set[asyncio.Task[bool]] = set()
        self._stopping = False

    async def run_next(self) -> bool:
        """Claim the job that is fairly next and see it through; False when nothing waits, or the worker stops."""
        if self._stopping:
            return False
        # A task of its own, claim included: `stop` must know of a claim that is just being made, and the messenger
        # may be interrupted while the job still ends in order.
        task = asyncio.create_task(self._claim_and_run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _claim_and_run(self) -> bool:
        run = await service.claim(self.queue)
        if run is None:
            return False
        if self._stopping:
            await service.release(run)
        else:
            await self._see_through(run)
        return True

    async def stop(self, grace: float) -> None:
        """Claim no more; wait `grace` seconds for what runs, then interrupt it and give it back to the queue."""
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=10)

    async def _see_through(self, run: JobRun) -> None:
        log.info("job started", job_id=str(run.id), kind=run.kind, attempt=run.attempt)
        try:
            await self._work(run)
        except LeaseLost:
            log.warning("job lost to another worker", job_id=str(run.id), kind=run.kind)
        except asyncio.CancelledError:
            log.info("job given back", job_id=str(run.id), kind=run.kind)
            await service.release(run)
        except NotYet as wait:
            await service.postpone(run, wait.after)
        except Exception as error:  # noqa: BLE001 Whatever a handler raises becomes the job's reason, never a dead worker.
            await self._give_up(run, error)

    async def _work(self, run: JobRun) -> None:
        kind = self._kinds.get(run.kind)
        if kind is None:
            raise GalleryError(f"No worker knows the kind of work {run.kind!r}.")
        handler = asyncio.ensure_future(kind.handler(run))
        heartbeat = asyncio.create_task(_keep_lease(run))
        try:
            await asyncio.wait({handler, heartbeat}, return_when=asyncio.FIRST_COMPLETED)
            if not handler.done():
                heartbeat.result()
            await handler
        finally:
            await _end_quietly(heartbeat)
            await _end_quietly(handler)
        await _finish_unless_finished(run)

    async def _give_up(self, run: JobRun, error: Exception) -> None:
        """Write the failure; a worker that cannot even do that lets the lease end, and the reaper takes over."""
        known = as_gallery_error(error)
        if known is None:
            log.error("job failed unexpectedly", job_id=str(run.id), kind=run.kind, exc_info=error)
        reason = known.detail if known else _UNEXPECTED
        permanent = known is not None and not known.retryable
        with suppress(LeaseLost):
            async with unit_of_work() as work:
                for_good = await self.fail(work, run, reason, permanent=permanent)
            log.warning("job failed", job_id=str(run.id), kind=run.kind, reason=reason, for_good=for_good)

    async def fail(self, work: UnitOfWork, run: JobRun, reason: str, *, permanent: bool) -> bool:
        """`service.fail`, and when it is for good the slice that owns the subject writes so too."""
        for_good = await service.fail(work, run, reason, permanent=permanent)
        kind = self._kinds.get(run.kind)
        if for_good and kind is not None and kind.on_failed is not None:
            await kind.on_failed(work, run, reason)
        return for_good


async def _keep_lease(run: JobRun) -> None:
    """Renew the lease three times per term until cancelled. Raises `LeaseLost`; waits while the database is away."""
    pause = get_settings().job_lease_seconds / 3
    while True:
        await asyncio.sleep(pause)
        try:
            await service.renew(run)
        except LeaseLost:
            raise
        except Exception as error:
            known = as_gallery_error(error)
            if known is None or not known.retryable:
                raise
            log.warning("lease not renewed", job_id=str(run.id), reason=known.detail)


async def _end_quietly(task: "asyncio.Future[None]") -> None:
    """Cancel `task` and see it end; its outcome was either read already or is not wanted."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


async def _finish_unless_finished(run: JobRun) -> None:
    """A handler with a result finishes in its own unit of work; one without leaves that to us."""
    with suppress(LeaseLost):
        async with unit_of_work() as work:
            await service.finish(work, run)
