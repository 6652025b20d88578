"""Kinds of work for tests of the workers: each leaves a tag as its result, in the transaction that finishes the job."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence

from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import Invalid, Unavailable
from clonegallery.events import get_redis
from clonegallery.jobs import service
from clonegallery.jobs.run import JobRun
from clonegallery.jobs.runner import Kind, Service, Sweep
from clonegallery.models import Tag


async def _say(name: str) -> None:
    await get_redis().rpush("test:started", name)  # type: ignore[misc] # The stubs mix the blocking client in.


async def note(run: JobRun) -> None:
    await _say(str(run.payload.get("name", run.id)))
    await _leave(run, "done")


async def _leave(run: JobRun, word: str) -> None:
    async with unit_of_work() as work:
        work.session.add(Tag(name=f"{word} {run.id}"))
        await service.finish(work, run)


async def slow(run: JobRun) -> None:
    await _say(str(run.id))
    steps = int(run.payload.get("steps", 20))
    for step in range(steps):
        if await run.is_cancelled():
            async with unit_of_work() as work:
                await service.cancel(work, run)
            return
        await run.progress(step + 1, steps)
        await asyncio.sleep(0.1)
    await note(run)


async def endless(run: JobRun) -> None:
    """Is at work until its worker is killed; whoever takes it up again is done at once."""
    await _say(str(run.id))
    if run.attempt == 1:
        await asyncio.Event().wait()
    await note(run)


async def stuck(run: JobRun) -> None:
    """Holds the event loop, as a long call into C does, until there is a file `until`; then it tries to write.

    What it would write is not what its successor writes: of two tags of one name the database itself refuses one.
    """
    await _say(str(run.id))
    while run.attempt == 1 and not os.path.exists(run.payload["until"]):  # noqa: ASYNC240 Blocking is the point.
        time.sleep(0.05)  # noqa: ASYNC251 As above.
    await _leave(run, "late" if run.attempt == 1 else "done")


async def kill(run: JobRun) -> None:
    await _say(str(run.id))
    os.kill(os.getpid(), signal.SIGKILL)


async def refuse(run: JobRun) -> None:
    raise Invalid("This can never work.")


async def flaky(run: JobRun) -> None:
    if run.attempt == 1:
        raise Unavailable("Not now.")
    await note(run)


async def defect(run: JobRun) -> None:
    raise ZeroDivisionError("a secret detail")


async def write_down(work: UnitOfWork, run: JobRun, reason: str) -> None:
    work.session.add(Tag(name=f"failed {reason}"[:50]))


async def sweep() -> None:
    await get_redis().incr("test:swept")


KINDS: Mapping[str, Kind] = {
    "note": Kind(note),
    "slow": Kind(slow),
    "endless": Kind(endless),
    "stuck": Kind(stuck),
    "kill": Kind(kill, write_down),
    "refuse": Kind(refuse, write_down),
    "flaky": Kind(flaky),
    "defect": Kind(defect, write_down),
}
SWEEPS: Sequence[Sweep] = (Sweep("test", 0.1, sweep),)


async def echo() -> None:
    """Says back what it is told; fails by what it does not like."""
    while True:
        told = await get_redis().blpop(["test:told"], timeout=1)  # type: ignore[misc] # The stubs mix the blocking client in.
        if told:
            if told[1] == b"fail":
                raise ZeroDivisionError
            await get_redis().rpush("test:echo", told[1])  # type: ignore[misc] # As above.


SERVICES: Sequence[Service] = (Service("echo", echo),)
