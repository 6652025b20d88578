"""Progress events over Redis pub/sub: `publish` from anywhere, one `Hub` per web process fans out to its listeners.

Pub/sub forgets: an event is news for whoever listens, never the truth. Listeners subscribe first, then read the row.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

Event = dict[str, Any]
PREFIX = "cg:events:"
_QUEUE_LENGTH = 256
_RECONNECT_SECONDS = 1.0


@lru_cache(maxsize=1)
def get_redis() -> Redis:
    """This process's Redis client; it connects on first use."""
    return Redis.from_url(
        get_settings().redis_url, socket_connect_timeout=3, socket_timeout=10, health_check_interval=30
    )


async def close_redis() -> None:
    """Close the client's connections; the next use makes a new one."""
    if get_redis.cache_info().currsize:
        await get_redis().aclose()
        get_redis.cache_clear()


def user_channel(user_id: UUID) -> str:
    """The channel of everything that only this person may follow."""
    return f"user:{user_id}"


async def publish(channel: str, event: Event) -> None:
    """Send `event` (JSON-able) to whoever listens to `channel` now. Redis being away loses the news, not the work."""
    try:
        await get_redis().publish(PREFIX + channel, orjson.dumps(event))
    except (RedisError, OSError):
        log.warning("event not published", channel=channel)


class Hub:
    """One pattern subscription per process, however many pages listen."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[Event]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._pump(), name="event hub")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[asyncio.Queue[Event]]:
        """The events on `channel` while the block lasts; a listener too slow to drain its queue loses the oldest."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_QUEUE_LENGTH)
        listeners = self._listeners.setdefault(channel, set())
        listeners.add(queue)
        try:
            yield queue
        finally:
            listeners.discard(queue)
            if not listeners:
                self._listeners.pop(channel, None)

    async def _pump(self) -> None:
        while True:
            try:
                await self._follow()
            except (RedisError, OSError):
                log.warning("event hub lost Redis; trying again")
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _follow(self) -> None:
        async with get_redis().pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.psubscribe(PREFIX + "*")
            while True:
                message = await pubsub.get_message(timeout=5.0)
                if message is not None:
                    self._deliver(message["channel"].decode().removeprefix(PREFIX), orjson.loads(message["data"]))

    def _deliver(self, channel: str, event: Event) -> None:
        for queue in self._listeners.get(channel, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)


hub = Hub()
