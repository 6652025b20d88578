"""The embedded servers, looked after while the gallery runs: one that died is started again."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from clonegallery.errors import Unavailable

_LOOK_SECONDS = 1.0
_PAUSE_SECONDS = 10.0
"""Between two starts of one server: one that cannot stay must not be all that the machine does."""


class Server(Protocol):
    """An embedded server."""

    def start(self) -> object:
        """Start it, or take over the one that runs. Raises `Unavailable`, in its own words, when it does not start."""

    def runs(self) -> bool:
        """Whether its process is there."""


@dataclass(slots=True)
class _Kept:
    name: str
    server: Server
    not_before: float = float("-inf")


class Keeper:
    """Starts the servers that it was given again when they died, until it is stopped."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._over = threading.Event()
        self._looking = threading.Lock()

    def add(self, name: str, server: Server) -> None:
        """Look after `server`, which is called `name` and runs by the time that `run` is called."""
        self._kept.append(_Kept(name, server))

    def run(self) -> None:
        """Look every second until `stop`, which some other thread calls."""
        while not self._over.wait(_LOOK_SECONDS):
            with self._looking:
                for kept in self._kept:
                    self._look(kept)

    def stop(self) -> None:
        """Start nothing from now on; a start that is under way has ended on return."""
        self._over.set()
        with self._looking:
            pass

    def _look(self, kept: _Kept) -> None:
        if self._over.is_set() or kept.server.runs() or time.monotonic() < kept.not_before:
            return
        try:
            kept.server.start()
        except Unavailable as error:
            _say(f"{kept.name} has ended, and cannot be started again yet. {error}")
        else:
            _say(f"{kept.name} had ended by itself, and was started again.")
        kept.not_before = time.monotonic() + _PAUSE_SECONDS


def _say(line: str) -> None:
    with suppress(OSError):  # A closed terminal is no reason to leave a server dead.
        print(line, flush=True)
