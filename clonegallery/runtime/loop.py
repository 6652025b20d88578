"""Asynchronous services for synchronous commands."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from clonegallery import db, events
from clonegallery.jobs import hints

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end in an event loop of its own, and close the connections it opened."""

    async def closing() -> T:
        try:
            return await work
        finally:
            hints.forget_broker()
            await events.close_redis()
            await db.dispose_engine()

    return asyncio.run(closing())
