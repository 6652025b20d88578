"""News of generations: told at once to whoever looks on, and kept for an hour for whoever comes (back) later.

Redis holds a stream per generation: its entry ids are the ids of the events, by which a listener who was away goes on.
The row stays the truth; news that were lost only make a picture appear a little later.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from clonegallery.events import PREFIX, Event, get_redis, user_channel
from clonegallery.log import get_logger

log = get_logger(__name__)

TYPE = "generation"
_KEPT_SECONDS = 3600
_KEPT_EVENTS = 64


@dataclass(frozen=True, slots=True)
class News:
    """One event of one generation; `kind` is `progress`, `image` or `done`."""

    id: str
    kind: str
    data: dict[str, Any]


async def tell(owner_id: UUID, generation_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """Tell the owner's listeners, and keep it for those who come later. Redis being away loses the news only."""
    key, body = _key(generation_id), orjson.dumps(data)
    try:
        redis = get_redis()
        entry = await redis.xadd(key, {"kind": kind, "data": body}, maxlen=_KEPT_EVENTS, approximate=True)
        event = {"type": TYPE, "id": str(generation_id), "event": entry.decode(), "kind": kind, "data": data}
        async with redis.pipeline(transaction=False) as pipe:
            pipe.publish(PREFIX + user_channel(owner_id), orjson.dumps(event))
            pipe.expire(key, _KEPT_SECONDS)
            await pipe.execute()
    except (RedisError, OSError):
        log.warning("news of a generation not published", generation_id=str(generation_id), kind=kind)


async def since(generation_id: UUID, last: str | None) -> Sequence[News]:
    """What was told after the event `last`, or all where it is None; of the progress only the latest, which carries the
    latest preview: not every step has one.

    Empty where nothing is kept, or Redis is away.
    """
    try:
        found = await get_redis().xrange(_key(generation_id), min=f"({last}" if last else "-")
    except (RedisError, OSError):
        return []
    told = [News(entry.decode(), fields[b"kind"].decode(), orjson.loads(fields[b"data"])) for entry, fields in found]
    progress = [news for news in told if news.kind == "progress"]
    return [
        _with_preview(progress) if news.kind == "progress" else news
        for news in told
        if news.kind != "progress" or news is progress[-1]
    ]


def _with_preview(progress: Sequence[News]) -> News:
    previews = [news.data["preview"] for news in progress if news.data.get("preview")]
    return replace(progress[-1], data={"preview": previews[-1]} | progress[-1].data) if previews else progress[-1]


async def forget(generation_id: UUID) -> None:
    """Begin anew: a retry's listeners must not hear of the try before."""
    try:
        await get_redis().delete(_key(generation_id))
    except (RedisError, OSError):
        log.warning("old news of a generation not removed", generation_id=str(generation_id))


def data_url(preview: bytes) -> str:
    """A JPEG as the address that an `img` shows."""
    return "data:image/jpeg;base64," + base64.b64encode(preview).decode()


def news_in(event: Event) -> tuple[UUID, News] | None:
    """The news that an event of a person's channel holds, None for one of another kind."""
    if event.get("type") != TYPE:
        return None
    return UUID(event["id"]), News(event["event"], event["kind"], event["data"])


def _key(generation_id: UUID) -> str:
    return f"cg:generation:{generation_id}"
