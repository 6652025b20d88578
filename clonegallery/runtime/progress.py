"""Saying what is being done and how long it took, one line a step; on a terminal the line moves while a step lasts."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

STEPS_INSTALLING = 2
STEPS_STARTING = 6
"""How many steps there are before and after the packages are there."""

_TICK = 0.5
_REMIND = 15.0
"""Seconds between two signs of life where the output is no terminal and lines cannot move."""


class Step:
    """One step under way; `note` says what it is at, `done` how it ended."""

    def __init__(self, head: str, out: TextIO) -> None:
        self._head = head
        self._out = out
        self._started = time.monotonic()
        self._reminded = self._started
        self._note = ""
        self._outcome = "done"
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="progress", daemon=True)
        self._moving = out.isatty()
        self._write(f"{head} …" if self._moving else f"{head} …\n")
        self._ticker.start()

    def note(self, text: str) -> None:
        """Show `text` behind the step from now on."""
        self._note = text

    def done(self, outcome: str) -> None:
        """What to call the step's end, in a word or two."""
        self._outcome = outcome

    def close(self) -> None:
        """Write the step's last line: how it ended and after how many seconds."""
        self._over.set()
        self._ticker.join()
        seconds = time.monotonic() - self._started
        self._write(f"{self._clear()}{self._head}: {self._outcome} ({seconds:.1f} s)\n")

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            now = time.monotonic()
            text = f"{self._head} … {now - self._started:.0f} s  {self._note}".rstrip()
            if self._moving:
                self._write(self._clear() + text[:100])
            elif now - self._reminded >= _REMIND:
                self._reminded = now
                self._write(text + "\n")

    def _clear(self) -> str:
        return "\r\033[K" if self._moving else ""

    def _write(self, text: str) -> None:
        # A closed terminal must not keep the servers from being stopped properly.
        with suppress(OSError, ValueError):
            self._out.write(text)
            self._out.flush()


class Progress:
    """Numbers the steps: `[3/8] PostgreSQL: ready (0.6 s)`. `done` steps are behind us already."""

    def __init__(self, done: int = 0, total: int = STEPS_STARTING, out: TextIO | None = None) -> None:
        self._done = done
        self._total = total
        self.out = out or sys.stdout

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """One step, from its beginning to its end; an error inside is shown as `failed` and goes on."""
        self._done += 1
        step = Step(f"[{self._done}/{self._total}] {title}", self.out)
        try:
            yield step
        except BaseException as error:
            step.done("stopped" if isinstance(error, KeyboardInterrupt) else "failed")
            raise
        finally:
            step.close()

    def line(self, title: str) -> None:
        """A step that has no end to wait for, such as the last one before the processes speak for themselves."""
        self._done += 1
        with suppress(OSError, ValueError):
            print(f"[{self._done}/{self._total}] {title}", file=self.out, flush=True)


def framed(lines: list[str]) -> str:
    """`lines` in a box, for what must not be overlooked."""
    width = max(map(len, lines))
    edge = "─" * (width + 2)
    return "\n".join([f"┌{edge}┐", *(f"│ {line.ljust(width)} │" for line in lines), f"└{edge}┘"])
