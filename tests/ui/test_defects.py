"""Events that fail in ways nobody foresaw, in Reflex's own processor: each is answered once, and no answer is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import reflex as rx
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex_base.event import Event, EventSpec
from reflex_base.event.processor import BaseStateEventProcessor
from structlog.testing import capture_logs

from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.defects import Defects

_ENDLESS = 20

# Mypy takes the overloads of their methods for further ones, which are missing.
_MEMORY: Any = StateManagerMemory
_REDIS: Any = StateManagerRedis


class BrokenState(rx.State):
    """What a page of ours would be with a defect in it."""

    @rx.event
    def fail(self) -> None:
        raise ZeroDivisionError


class _Page:
    """What a page sends, and what became of it: the deltas it got, and each failure with its answer."""

    def __init__(self, manager: StateManager) -> None:
        self._manager = manager
        self._defects = Defects()
        self.told: list[Any] = []
        self.answers: list[EventSpec | None] = []

    def _answer(self, exception: Exception) -> EventSpec | None:
        assert len(self.answers) < _ENDLESS, "every answer is answered"
        self.answers.append(self._defects.answer(exception))
        return self.answers[-1]

    async def send(self, *events: Any) -> None:
        """Returns when these events, and whatever they led to, are over."""
        async with self._processor() as processor:
            for event in Event.from_event_type(list(events)):
                await processor.enqueue("a page", event)
            await processor.join()
            while tasks := tuple(processor._tasks.values()):
                await asyncio.wait(tasks)
                await processor.join()

    @asynccontextmanager
    async def _processor(self) -> AsyncIterator[BaseStateEventProcessor]:
        processor = BaseStateEventProcessor(backend_exception_handler=self._answer)
        page = self

        class Namespace:
            async def emit_update(self, update: Any, token: str) -> None:
                page.told.append(update.delta)

        # Of the namespace Reflex uses here only what this one has.
        async with processor.configure(state_manager=self._manager, event_namespace=Namespace()):  # type: ignore[arg-type]
            yield processor


async def test_a_defect_is_logged_and_told_once() -> None:
    page = _Page(_MEMORY())
    with capture_logs() as logged:
        await page.send(BrokenState.event_handlers["fail"])
    assert [line["event"] for line in logged] == ["a page's event failed"]
    assert isinstance(logged[0]["exc_info"], ZeroDivisionError)
    assert "It has been logged." in str(page.told)
    assert len(page.answers) == 1


async def test_the_failure_of_the_telling_is_logged_and_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: NoticeState, message: str, **_more: object) -> None:
        raise LookupError(message)

    monkeypatch.setattr(NoticeState, "_tell", fail)
    page = _Page(_MEMORY())
    with capture_logs() as logged:
        await page.send(BrokenState.event_handlers["fail"])
    assert [type(line["exc_info"]) for line in logged] == [ZeroDivisionError, LookupError]
    assert [answer is None for answer in page.answers] == [False, True]


@asynccontextmanager
async def _without_redis() -> AsyncIterator[StateManager]:
    async with Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0)) as nobody:
        manager = _REDIS(redis=nobody)
        yield manager
        # It goes on asking for what there is none of, and would say so at the very end of all tests.
        manager._lock_task.cancel()
        await asyncio.wait([manager._lock_task])


async def test_without_redis_one_line_says_so_whatever_is_sent() -> None:
    async with _without_redis() as manager:
        page = _Page(manager)
        with capture_logs() as logged:
            await page.send(*[NoticeState.event_handlers["dismiss"]] * 2, BrokenState.event_handlers["fail"])
    assert page.answers == [None, None, None]
    assert [(line["event"], "exc_info" in line) for line in logged] == [
        ("pages cannot be served: Redis, which keeps their state, is away", False)
    ]
