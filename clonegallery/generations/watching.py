"""Watching a generation: what was told already, then what is told, until it has ended."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.events import Event, hub, user_channel
from clonegallery.generations import news, service
from clonegallery.generations.lifecycle import has_ended
from clonegallery.generations.news import News
from clonegallery.generations.schemas import JobStatus

PATIENCE_SECONDS = 15.0


async def watch(viewer: Viewer, generation_id: UUID, last: str | None = None) -> AsyncGenerator[News | None, None]:
    """The news of a generation after the event `last`: the latest progress at once, then as they come, to its end.

    None is silence for 15 seconds; after each the row is read again, so that lost news only come late.
    Raises `NotSignedIn` and `NotFound`.
    """
    _, _, owner_id = await service.standing(viewer, generation_id)
    await hub.start()
    async with hub.listen(user_channel(owner_id)) as queue:
        for told in await news.since(generation_id, last):
            last = told.id
            yield told
            if told.kind == "done":
                return
        while True:
            status, error, _ = await service.standing(viewer, generation_id)
            if has_ended(status):
                yield _end(status, error, last)
                return
            async for told in _until_silence(queue, generation_id, last):
                last = told.id
                yield told
                if told.kind == "done":
                    return
            yield None


async def _until_silence(queue: "asyncio.Queue[Event]", generation_id: UUID, last: str | None) -> AsyncIterator[News]:
    while True:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = news.news_in(await queue.get())
        except TimeoutError:
            return
        if found is not None and found[0] == generation_id and is_after(found[1].id, last):
            yield found[1]


def is_after(event: str, last: str | None) -> bool:
    """Whether `event` was told after `last`; ids are Redis stream entries, `milliseconds-number`."""
    return last is None or _parts(event) > _parts(last)


def _parts(event: str) -> tuple[int, int]:
    moment, _, number = event.partition("-")
    return int(moment), int(number or 0)


def _end(status: JobStatus, error: str | None, last: str | None) -> News:
    """The end as the row tells it, for whoever's news of it were lost."""
    return News(last or "0-1", "done", {"status": status} | ({"error": error} if error else {}))
