"""What the workers that make pictures say of themselves: that they live, on which device, with which model loaded."""

import asyncio
import os
import socket
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict
from redis.exceptions import RedisError

from clonegallery.events import get_redis
from clonegallery.inference.port import Provider
from clonegallery.inference.select import available, generator
from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

REPORT_SECONDS = 5.0
_KEPT_SECONDS = 20
_PREFIX = "cg:workshop:"


class WorkerReport(BaseModel):
    """One process that makes pictures. `device` is null for one that only asks services; memory in bytes."""

    model_config = ConfigDict(protected_namespaces=())

    threads: int
    device: str | None = None
    dtype: str | None = None
    loaded: str | None = None
    memory_bytes: int | None = None


def threads_wanted() -> int:
    """How many generations one process makes at once: one where it has a device to itself, several where it only asks
    services."""
    settings = get_settings()
    return 1 if _makes_locally() else settings.generation_threads


async def report() -> None:
    """Say how this process is; it is forgotten soon after the last word of it. Redis being away loses the word only."""
    body = orjson.dumps({"threads": threads_wanted(), **await asyncio.to_thread(_local)})
    try:
        await get_redis().set(f"{_PREFIX}{socket.gethostname()}:{os.getpid()}", body, ex=_KEPT_SECONDS)
    except (RedisError, OSError):
        log.warning("the worker's report was lost")


def _local() -> dict[str, Any]:
    """What the local adapter says, where there is one; in a thread, since asking it first loads it."""
    if not _makes_locally():
        return {}
    said = generator(Provider.LOCAL)
    describe = getattr(said, "describe", None)
    found: dict[str, Any] = describe() if describe is not None else {}
    return found


def _makes_locally() -> bool:
    return any(model.provider is Provider.LOCAL for model in available(get_settings()))


async def workers() -> list[WorkerReport]:
    """Every process that has said within the last seconds that it makes pictures; empty while Redis is away."""
    redis = get_redis()
    try:
        keys = [key async for key in redis.scan_iter(match=f"{_PREFIX}*", count=100)]
        found = await redis.mget(keys) if keys else []
    except (RedisError, OSError):
        return []
    return [WorkerReport.model_validate_json(one) for one in found if one is not None]


async def threads_at_work() -> int:
    """How many generations can be made at once."""
    return sum(worker.threads for worker in await workers())
