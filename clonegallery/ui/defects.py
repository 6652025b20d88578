"""What no handler foresaw: it is logged, and the page told once; how the telling itself ends is never answered."""

import time
from collections import deque

from redis.exceptions import RedisError
from reflex_base.event import EventSpec
from reflex_base.event.context import EventContext

from clonegallery.log import get_logger
from clonegallery.ui.components.notices import NoticeState

log = get_logger(__name__)

_AWAY = (RedisError, ConnectionError)
"""What an event fails with while Redis, which keeps the pages' state, cannot be had."""

_QUIET_SECONDS = 60.0
_REMEMBERED = 1000


class Defects:
    """The failures of one process's events."""

    def __init__(self) -> None:
        self._answered: deque[str] = deque(maxlen=_REMEMBERED)
        self._said_away = float("-inf")

    def answer(self, exception: Exception) -> EventSpec | None:
        """Logs `exception`, with which the event at hand failed; returns the event that tells the page, if one can.

        The page is told by state, and so by an event like any other: while there is no state to be had, and where the
        event at hand is itself such an answer, another would fail as this one did, and the next, for ever.
        """
        if isinstance(exception, _AWAY):
            self._say_away(exception)
            return None
        log.error("a page's event failed", exc_info=exception)
        context = EventContext.get()
        if context.parent_txid in self._answered:
            return None
        self._answered.append(context.txid)
        event: EventSpec = NoticeState.report_defect()  # type: ignore[operator]  # Mypy takes `rx.event` for a class.
        return event

    def _say_away(self, exception: Exception) -> None:
        """Once a minute at most: every event of every open page fails alike."""
        now = time.monotonic()
        if now - self._said_away >= _QUIET_SECONDS:
            self._said_away = now
            log.error("pages cannot be served: Redis, which keeps their state, is away", error=str(exception))


_defects = Defects()


def report_defect(exception: Exception) -> EventSpec | None:
    """Logs what no handler foresaw and tells the page, by state and without a word of the cause."""
    return _defects.answer(exception)
