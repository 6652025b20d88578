"""The searches that somebody made last, kept for them alone, in Redis: a comfort, never the truth of anything."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from redis.exceptions import RedisError

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import NotSignedIn
from clonegallery.events import get_redis
from clonegallery.log import get_logger
from clonegallery.search.query import QueryError, parse, write

log = get_logger(__name__)

MOST: Final = 20
_PREFIX: Final = "cg:searches"
_KEPT_SECONDS: Final = 90 * 24 * 3600
_TYPING_SECONDS: Final = 15
"""Who searches for more of the same so soon was still typing."""


@dataclass(frozen=True, slots=True)
class RecentSearch:
    """What was searched for, as it is written at its shortest, and when."""

    text: str
    at: datetime


async def note(viewer: Viewer, q: str | None) -> None:
    """Remember that somebody signed in has searched for `q`; the beginnings of it that came just before are forgotten.

    Nothing is remembered of strangers, of texts that cannot be read, and without Redis. Never raises.
    """
    text = _canonical(q or "")
    if viewer.id is None or not text:
        return
    now, key = time.time(), _key(viewer.id)
    try:
        just_before = await get_redis().zrangebyscore(key, now - _TYPING_SECONDS, "+inf")
        begun = [one for one in just_before if text.startswith(one.decode())]
        async with get_redis().pipeline(transaction=True) as pipe:
            if begun:
                pipe.zrem(key, *begun)
            pipe.zadd(key, {text: now})
            pipe.zremrangebyrank(key, 0, -MOST - 1)
            pipe.expire(key, _KEPT_SECONDS)
            await pipe.execute()
    except (RedisError, OSError):
        log.warning("a search was not remembered")


async def recent(viewer: Viewer) -> list[RecentSearch]:
    """The viewer's searches, the latest first. Raises `NotSignedIn`, and what Redis raises when it is gone."""
    rows = await get_redis().zrange(_key(_id_of(viewer)), 0, MOST - 1, desc=True, withscores=True)
    return [RecentSearch(text.decode(), datetime.fromtimestamp(score, UTC)) for text, score in rows]


async def forget(viewer: Viewer) -> None:
    """Forget all of the viewer's searches. Raises as `recent`: who wants them gone must know if they are not."""
    await get_redis().delete(_key(_id_of(viewer)))


async def recent_texts(viewer: Viewer) -> list[str]:
    """As `recent`, for suggestions: nothing of a stranger, and nothing without Redis."""
    try:
        return [one.text for one in await recent(viewer)] if viewer.is_signed_in else []
    except (RedisError, OSError):
        return []


def _canonical(q: str) -> str:
    try:
        return write(parse(q)).strip()
    except QueryError:
        return ""


def _id_of(viewer: Viewer) -> UUID:
    if viewer.id is None:
        raise NotSignedIn
    return viewer.id


def _key(user_id: UUID) -> str:
    return f"{_PREFIX}:{user_id}"
