"""honcho's manager of processes, within bounds: of what it keeps of their lines, and of how often it ends them."""

import multiprocessing
from queue import Full
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message, Printer

_LINES = 10_000


class BoundedEvents:
    """What the processes say, until it is printed; where that is slower, further lines are left out and counted.

    honcho's own queue takes any number, so that one process that cannot stop complaining fills the memory. To let it
    wait instead would let a terminal that somebody paused hold up the gallery.
    """

    def __init__(self, lines: int = _LINES) -> None:
        self._queue: multiprocessing.Queue[Message] = multiprocessing.Queue(lines)
        self._left_out = 0

    def put(self, message: Message) -> None:
        """Never waits with a line; that a process started or ended must be known, and waits for its place."""
        if message.type != "line":
            self._queue.put(message)
            return
        if self._left_out:
            message = message._replace(data=b"(%d lines left out)\n" % self._left_out + message.data)
        try:
            self._queue.put_nowait(message)
        except Full:
            self._left_out += 1
        else:
            self._left_out = 0

    def get(self, timeout: float) -> Message:
        """The next message. Raises `queue.Empty` when none came within `timeout` seconds."""
        return self._queue.get(timeout=timeout)


def bounded_manager(printer: Printer) -> Manager:
    """honcho's manager, whose processes end together: asked once, forced once after 5 seconds, and then waited for."""
    return _Bounded(printer)


class _Bounded(Manager):
    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)  # type: ignore[no-untyped-call] # honcho has no annotations.
        self.events: Any = BoundedEvents()
        self._forced = False

    def kill(self) -> None:
        """Ends by force what has not ended; honcho asks for it anew with every line that it still has to print."""
        if not self._forced:
            self._forced = True
            super().kill()  # type: ignore[no-untyped-call] # As above.
