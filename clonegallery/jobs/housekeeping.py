"""The clock of a worker: reaps often, runs each slice's sweeps when they are due, and keeps its services up."""

import asyncio
import time
from collections.abc import Sequence

from clonegallery.failures import as_gallery_error
from clonegallery.jobs.reaper import reap
from clonegallery.jobs.runner import Runner, Service, Sweep
from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

_BEGINS_AGAIN_SECONDS = 2.0


async def keep_house(runner: Runner, sweeps: Sequence[Sweep]) -> None:
    """Reap and sweep until cancelled. A round that fails is logged and tried again at the next."""
    pause = get_settings().reaper_interval_seconds
    chores = [Sweep("reap", 0.0, lambda: reap(runner)), *sweeps]
    next_at = dict.fromkeys((chore.name for chore in chores), 0.0)
    while True:
        for chore in chores:
            if time.monotonic() >= next_at[chore.name]:
                await _attempt(chore)
                next_at[chore.name] = time.monotonic() + chore.seconds
        await asyncio.sleep(pause)


async def keep_up(service: Service) -> None:
    """Run the service until cancelled; one that fails is logged and begins again a little later."""
    while True:
        try:
            await service.run()
        except Exception as error:
            log.error("a service of the worker failed", service=service.name, exc_info=error)
        await asyncio.sleep(_BEGINS_AGAIN_SECONDS)


async def _attempt(chore: Sweep) -> None:
    try:
        await chore.run()
    except Exception as error:
        known = as_gallery_error(error)
        if known is not None and known.retryable:
            log.warning("housekeeping put off", chore=chore.name, reason=known.detail)
        else:
            log.error("housekeeping failed", chore=chore.name, exc_info=error)
