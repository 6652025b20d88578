"""Answers to searches, kept for a while: the second page of a ranking must go on where the first one ended.

Kept in Redis for quarter of an hour under a random name that only the cursor knows, apart for each viewer. Without
Redis, or after that time, the answer is found anew, and goes on after the last picture's strength.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from clonegallery.accounts.schemas import Viewer
from clonegallery.events import get_redis
from clonegallery.log import get_logger
from clonegallery.search.fusion import Found, Reason

log = get_logger(__name__)

SECONDS: Final = 900
_PREFIX: Final = "cg:found"
_REASONS: Final = {reason.value: reason for reason in Reason}
"""Looked up, since there are hundreds in an answer: a call of the enumeration takes ten times as long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best of what a search finds, and how much there is in all; `is_whole` when nothing follows, `understood` when
    what the words mean was looked for, too."""

    found: list[Found]
    total: int
    is_estimate: bool
    is_whole: bool
    understood: bool = True


def new_token() -> str:
    """By which an answer is found again."""
    return secrets.token_urlsafe(9)


async def remember(viewer: Viewer, search: str, token: str, answer: Answer) -> None:
    """Keep the answer of this viewer's search."""
    try:
        await get_redis().set(_key(viewer, search, token), _packed(answer), ex=SECONDS)
    except (RedisError, OSError):
        log.warning("an answer was not remembered")


async def recall(viewer: Viewer, search: str, token: str) -> Answer | None:
    """The answer of that token, where it was the same viewer's to the same search and its time is not over."""
    try:
        packed = await get_redis().get(_key(viewer, search, token))
    except (RedisError, OSError):
        return None
    return _unpacked(packed) if packed else None


def _key(viewer: Viewer, search: str, token: str) -> str:
    who = f"{viewer.id}:{viewer.role}" if viewer.id else "stranger"
    digest = hashlib.sha256(f"{search}\n{token}".encode()).hexdigest()[:40]
    return f"{_PREFIX}:{who}:{digest}"


def _packed(answer: Answer) -> bytes:
    found = [[one.id, one.strength, one.why] for one in answer.found]
    return orjson.dumps([found, answer.total, answer.is_estimate, answer.is_whole, answer.understood])


def _unpacked(packed: Any) -> Answer:
    found, *rest = orjson.loads(packed)
    places = [
        Found(UUID(one), strength, tuple([(_REASONS[reason], score) for reason, score in why]))
        for one, strength, why in found
    ]
    return Answer(places, *rest)
