"""One worker process: Dramatiq's threads fetch hints, one event loop runs the jobs and keeps house."""

import asyncio
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from pathlib import Path
from typing import Any

from dramatiq import Worker
from dramatiq.asyncio import get_event_loop_thread

from clonegallery import db, events
from clonegallery.jobs.housekeeping import keep_house, keep_up
from clonegallery.jobs.runner import Kind, Runner, Service, Sweep
from clonegallery.log import get_logger
from workers.broker import broker_for

log = get_logger(__name__)

GRACE_SECONDS = 20
_POLL_MILLISECONDS = 50
_PR_SET_PDEATHSIG = 1
NICENESS = 5
"""Below pages and database: somebody waits for these, and nobody minds a copy of a picture a moment later."""
_SESSION_PRIORITY = Path("/proc/self/autogroup")
"""Where Linux shares the processor out between sessions first (sched(7), "The autogroup feature")."""


def serve(
    queue: str,
    threads: int,
    kinds: Mapping[str, Kind],
    sweeps: Sequence[Sweep],
    services: Sequence[Service] = (),
    *,
    keeper: int,
) -> None:
    """Work until SIGTERM, SIGINT or the end of the process `keeper`; then finish what runs and return.

    What still runs after `GRACE_SECONDS` is given back to the queue, its attempt not counted.
    """
    _die_with_parent()
    _give_way()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runner = Runner(queue, kinds)
    broker = broker_for(queue, runner)
    # Dramatiq polls an empty queue at growing intervals up to this one: it bounds how late a hint is heard.
    worker = Worker(broker, queues={queue}, worker_timeout=_POLL_MILLISECONDS, worker_threads=threads)
    worker.start()
    beside = [_submit(keep_house(runner, sweeps)), *(_submit(keep_up(service)) for service in services)]
    log.info("worker ready", queue=queue, threads=threads)
    while not stop.wait(0.5):
        if os.getppid() != keeper:
            log.warning("the keeper is gone; stopping")
            break
    log.info("worker stopping", queue=queue)
    for chores in beside:
        chores.cancel()
    _wait(_submit(runner.stop(GRACE_SECONDS)), GRACE_SECONDS + 15)
    _wait(_submit(_close()), 5)
    worker.stop(timeout=5_000)
    log.info("worker stopped", queue=queue)


async def _close() -> None:
    await events.close_redis()
    await db.dispose_engine()


def _submit(work: Coroutine[Any, Any, None]) -> "Future[None]":
    thread = get_event_loop_thread()
    if thread is None:
        raise RuntimeError("Dramatiq's event loop is not running")
    return asyncio.run_coroutine_threadsafe(work, thread.loop)


def _wait(future: "Future[None]", seconds: float) -> None:
    try:
        future.result(seconds)
    except NotYet:
        log.warning("stopping took too long; leaving")


def _give_way() -> None:
    os.nice(NICENESS)
    with suppress(OSError):  # Other systems and containers have no such file, or let nobody write it.
        _SESSION_PRIORITY.write_text(str(NICENESS))


def _die_with_parent() -> None:
    """Ask Linux to stop this process when the keeper is killed: nobody would restart or stop it any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
