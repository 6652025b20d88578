"""How a thread that makes pictures tells the event loop about them."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from clonegallery.errors import Cancelled
from clonegallery.inference.port import Made


@dataclass(frozen=True, slots=True)
class Step:
    """`step` of `steps` is done; `preview` is a JPEG."""

    step: int
    steps: int
    preview: bytes | None = None


class Bridge:
    """From one thread to one reader on the event loop that made the bridge.

    `cancelled` is set by whoever does not want the pictures any more: the reader stops at once, and the thread finds it
    in `unwanted`.
    """

    def __init__(self, cancelled: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._cancelled = cancelled
        self._woken = asyncio.Event()
        self._closed = threading.Event()
        self._news: deque[Step | Made | Exception | None] = deque()

    @property
    def unwanted(self) -> bool:
        """Whether nobody waits for the pictures any more; asked from the thread."""
        return self._closed.is_set() or self._cancelled.is_set()

    def tell(self, news: Step | Made) -> None:
        """From the thread: a step, or a picture."""
        self._pass(news)

    def end(self, error: Exception | None = None) -> None:
        """From the thread, once and last: that there is nothing more, or why."""
        self._pass(error)

    async def news(self) -> AsyncGenerator[Step | Made, None]:
        """Everything that the thread tells, in its order, until it ends; of steps that nobody read in time the newest.

        Raises what the thread ended with, and `Cancelled` as soon as that is wanted.
        """
        waiting = asyncio.ensure_future(self._cancelled.wait())
        waiting.add_done_callback(lambda _done: self._woken.set())
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                while self._news or self._cancelled.is_set():
                    if self._cancelled.is_set():
                        raise Cancelled
                    news = self._news.popleft()
                    if news is None:
                        return
                    if isinstance(news, Exception):
                        raise news
                    yield news
        finally:
            waiting.cancel()
            self._closed.set()

    def _pass(self, news: Step | Made | Exception | None) -> None:
        if not self._closed.is_set():
            self._loop.call_soon_threadsafe(self._add, news)

    def _add(self, news: Step | Made | Exception | None) -> None:
        last = self._news[-1] if self._news else None
        if isinstance(news, Step) and isinstance(last, Step):
            # A reader that is slower than the steps must not fall behind them; the preview it missed still counts.
            news = replace(news, preview=news.preview or last.preview)
            self._news.pop()
        self._news.append(news)
        self._woken.set()
