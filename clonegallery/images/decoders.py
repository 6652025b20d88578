"""The decoders of a worker process: one picture each at a time, as many as the worker does jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from clonegallery.images.guard import GuardedDecoder
from clonegallery.images.limits import DecodeLimits
from clonegallery.settings import get_settings


class Decoders:
    """A few guarded decoders that are lent out; each one's child process starts with its first picture.

    Belongs to the event loop of its first use. The last one returned is lent first, so that a quiet worker keeps one
    child only.
    """

    def __init__(self, count: int, limits: DecodeLimits) -> None:
        self._all = [GuardedDecoder(limits) for _ in range(count)]
        self._free = asyncio.LifoQueue[GuardedDecoder]()
        for decoder in self._all:
            self._free.put_nowait(decoder)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[GuardedDecoder]:
        """A decoder of one's own for the block; waits until one is free."""
        decoder = await self._free.get()
        try:
            yield decoder
        finally:
            self._free.put_nowait(decoder)

    async def close(self) -> None:
        """End every child."""
        for decoder in self._all:
            await decoder.close()


def decode_limits() -> DecodeLimits:
    """What decoding one picture may cost, as the settings have it."""
    settings = get_settings()
    return DecodeLimits(
        max_pixels=settings.decode_max_pixels,
        seconds=settings.decode_seconds,
        memory_bytes=settings.decode_memory_bytes,
    )


@lru_cache(maxsize=1)
def get_decoders() -> Decoders:
    """The decoders of this process."""
    return Decoders(get_settings().media_threads, decode_limits())


async def close_decoders() -> None:
    """End every child of this process; the next use starts new ones."""
    if get_decoders.cache_info().currsize:
        await get_decoders().close()
        get_decoders.cache_clear()
