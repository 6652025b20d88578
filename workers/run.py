"""`python -m workers.run --queue media|gpu`: one worker process, or a keeper that restarts the ones it started.

Dramatiq's own command line ends as a whole when one of its processes is killed; here the keeper starts another.
"""

import argparse
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from clonegallery.generations.workshop import threads_wanted
from clonegallery.inference.hardware import cuda_devices
from clonegallery.log import configure_logging, get_logger
from clonegallery.settings import get_settings
from workers.process import serve

log = get_logger(__name__)

_HANDLERS = {"media": "workers.media", "gpu": "workers.gpu"}
_UNLESS_TOLD = {"OMP_WAIT_POLICY": "passive"}
"""Threads of torch that wait for each other by spinning take whole cores from everybody else's work, and their own."""

_RESTART_SECONDS = (1, 2, 5, 10)
_LIVED_LONG_SECONDS = 60
_STOP_SECONDS = 40


def main() -> int:
    """Entry point; exits 0 after SIGTERM or SIGINT once every child has ended."""
    asked = _arguments()
    configure_logging(get_settings())
    if asked.child:
        module = importlib.import_module(asked.handlers or _HANDLERS[asked.queue])
        threads, services = asked.threads or _threads(asked.queue), getattr(module, "SERVICES", ())
        serve(asked.queue, threads, module.KINDS, module.SWEEPS, services, keeper=asked.child)
        return 0
    devices = cuda_devices() if asked.queue == "gpu" else []
    count = asked.processes or (max(1, len(devices)) if asked.queue == "gpu" else get_settings().media_processes)
    return Keeper(count, [*sys.argv[1:], "--child", str(os.getpid())], devices).run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.run", description="Do the gallery's background work.")
    parser.add_argument("--queue", choices=sorted(_HANDLERS), default="media")
    parser.add_argument("--threads", type=int, help="jobs at a time per process")
    parser.add_argument("--processes", type=int, help="for gpu, one per CUDA device unless told otherwise")
    parser.add_argument("--handlers", help="module with KINDS, SWEEPS and maybe SERVICES, instead of the queue's own")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _threads(queue: str) -> int:
    return threads_wanted() if queue == "gpu" else get_settings().media_threads


class Keeper:
    """Keeps `count` children running: one that dies is started again, with a growing pause while it keeps dying.

    Of several CUDA `devices` each child sees one.
    """

    def __init__(self, count: int, arguments: list[str], devices: Sequence[str] = ()) -> None:
        self._arguments = arguments
        self._devices = devices
        self._children: dict[int, subprocess.Popen[bytes] | None] = dict.fromkeys(range(count))
        self._started_at = dict.fromkeys(range(count), 0.0)
        self._deaths = dict.fromkeys(range(count), 0)
        self._stopping = False

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._stopping:
            for place in self._children:
                self._ensure(place)
            time.sleep(0.2)
        return self._see_children_end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _ensure(self, place: int) -> None:
        child = self._children[place]
        now = time.monotonic()
        if child is not None and child.poll() is None:
            return
        if child is not None:
            lived_long = now - self._started_at[place] > _LIVED_LONG_SECONDS
            self._deaths[place] = 1 if lived_long else self._deaths[place] + 1
            pause = _RESTART_SECONDS[min(self._deaths[place], len(_RESTART_SECONDS)) - 1]
            log.warning("worker process ended; starting another", status=child.returncode, pause=pause)
            self._children[place] = None
            self._started_at[place] = now + pause
        if now >= self._started_at[place]:
            self._children[place] = self._start(place)
            self._started_at[place] = now

    def _start(self, place: int) -> subprocess.Popen[bytes]:
        only = {"CUDA_VISIBLE_DEVICES": self._devices[place % len(self._devices)]} if len(self._devices) > 1 else {}
        # In a session of its own a child does not hear the terminal's Ctrl-C: the keeper alone decides when it stops.
        command = [sys.executable, "-m", "workers.run", *self._arguments]
        return subprocess.Popen(command, env={**_UNLESS_TOLD, **os.environ, **only}, start_new_session=True)  # noqa: S603 Our own interpreter and arguments.

    def _see_children_end(self) -> int:
        alive = [child for child in self._children.values() if child is not None and child.poll() is None]
        for child in alive:
            child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in alive:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        return 0


if __name__ == "__main__":
    sys.exit(main())
