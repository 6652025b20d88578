"""Hints: Dramatiq messages that say "there is a job". They may be lost or repeated; the row decides."""

import asyncio
from functools import lru_cache
from uuid import UUID

from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware
from redis import ConnectionPool, Redis

from clonegallery.settings import get_settings

ACTOR = "run_job"
QUEUES = ("media", "gpu")


def make_broker(middleware: list[Middleware] | None = None) -> RedisBroker:
    """A broker on the gallery's Redis, with timeouts, so that a Redis that hangs cannot hang a request.

    A worker that does not answer for a minute is taken for dead and its messages are given to others; maintenance runs
    on one command in twenty, not in a thousand, so that this is noticed in minutes rather than in half an hour.
    """
    pool = ConnectionPool.from_url(get_settings().redis_url, socket_connect_timeout=2, socket_timeout=5)
    broker = RedisBroker(  # type: ignore[no-untyped-call] # Dramatiq leaves this constructor unannotated.
        client=Redis(connection_pool=pool),
        middleware=middleware or [],
        heartbeat_timeout=60_000,
        maintenance_chance=50_000,
    )
    for queue in QUEUES:
        broker.declare_queue(queue)
    return broker


@lru_cache(maxsize=1)
def _sender() -> RedisBroker:
    return make_broker()


def forget_broker() -> None:
    """Close this process's sending connection; the next hint makes a new one."""
    if _sender.cache_info().currsize:
        _sender().client.close()
        _sender.cache_clear()


async def send(queue: str, job_id: UUID) -> None:
    """Hint that `job_id` waits in `queue`. Raises what redis-py raises when Redis is away."""
    await asyncio.to_thread(_send, queue, job_id)


def _send(queue: str, job_id: UUID) -> None:
    _sender().enqueue(Message(queue_name=queue, actor_name=ACTOR, args=(str(job_id),), kwargs={}, options={}))


async def waiting(queue: str) -> int:
    """How many hints of `queue` no worker has fetched yet."""
    # redis-py's stubs mix the asynchronous client in.
    return await asyncio.to_thread(lambda: int(_sender().client.llen(f"dramatiq:{queue}")))  # type: ignore[arg-type]
