"""Where a text or a picture lies in the space that is searched. For the web process, which asks a worker."""

from collections.abc import Awaitable
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from redis.exceptions import RedisError
from sqlalchemy import Row

from clonegallery.errors import TooLarge, UnreadableImage
from clonegallery.events import get_redis
from clonegallery.log import get_logger
from clonegallery.search.questions import (
    ASKED,
    HERE,
    KEPT_SECONDS,
    WAITING_MOST,
    Answer,
    Asked,
    Question,
    text_key,
    unpacked,
)

log = get_logger(__name__)

Vector = NDArray[np.float32]
"""(dimensions,), of unit length."""

IMAGE_MOST: Final = 20 * 1024 * 1024
_TEXT_SECONDS, _IMAGE_SECONDS = 1.0, 8.0
_TEXT_MOST: Final = 1_000
"""Characters: more than any model reads."""

_REMEMBERED_MOST: Final = 512
_remembered: Final[dict[str, Vector]] = {}
"""What this process was told, the latest used last."""


async def vector_of_text(space: Row[Any], text: str, *, seconds: float = _TEXT_SECONDS) -> Vector | None:
    """Where a text lies; None where no worker said so within `seconds`, as happens while it loads the model.

    Then the worker goes on by itself, and who asks again is answered. `space` must be the one that is searched. Never
    raises for want of a worker or of Redis: a search goes on by words alone.
    """
    said = " ".join(text.split())[:_TEXT_MOST]
    if not said:
        return None
    key = text_key(space.model, space.fingerprint, said)
    known = _remembered.get(key)
    if known is None:
        known = await _told(key, Question.of(space, Asked.TEXT, said), seconds)
    if known is not None:
        _remember(key, known)
    return known


async def vector_of_image(space: Row[Any], content: bytes, *, seconds: float = _IMAGE_SECONDS) -> Vector | None:
    """Where a picture lies, which is stored nowhere; None as above. Redis holds its bytes for a minute at most.

    Raises `UnreadableImage` for what cannot be decoded or is no picture, and `TooLarge` above `IMAGE_MOST` bytes.
    """
    if len(content) > IMAGE_MOST:
        raise TooLarge(f"A picture to search by may have {IMAGE_MOST // 1024**2} MB.")
    try:
        if not await get_redis().exists(HERE):
            return None
        return await _asked(Question.of(space, Asked.IMAGE), content, seconds)
    except (RedisError, OSError):
        log.warning("a picture cannot be placed: Redis is away")
        return None


async def _told(key: str, question: Question, seconds: float) -> Vector | None:
    """What a worker left there, or says now if one listens."""
    try:
        known, somebody = await get_redis().mget(key, HERE)
        if known is None and somebody is not None:
            return await _asked(question, None, seconds)
    except (RedisError, OSError):
        log.warning("a text cannot be placed: Redis is away")
        return None
    return unpacked(known) if known else None


async def _asked(question: Question, content: bytes | None, seconds: float) -> Vector | None:
    """Ask, and wait for the answer. Raises `UnreadableImage`, and what Redis raises."""
    async with get_redis().pipeline() as pipe:
        if content is not None:
            pipe.set(question.content_key, content, ex=KEPT_SECONDS)
        pipe.rpush(ASKED, question.model_dump_json())
        pipe.ltrim(ASKED, -WAITING_MOST, -1)
        pipe.expire(ASKED, KEPT_SECONDS)
        await pipe.execute()
    try:
        # redis-py's stubs mix the blocking client in.
        told = await cast(Awaitable[Any], get_redis().blpop([question.answer_key], timeout=seconds))
    finally:
        if content is not None:
            await get_redis().delete(question.content_key)
    return _understood(Answer.model_validate_json(told[1])) if told else None


def _understood(answer: Answer) -> Vector | None:
    if answer.unreadable:
        raise UnreadableImage(answer.unreadable)
    if answer.failed:
        log.warning("a worker cannot place what was asked", reason=answer.failed)
        return None
    return unpacked(answer.vector)


def _remember(key: str, vector: Vector) -> None:
    _remembered.pop(key, None)
    _remembered[key] = vector
    while len(_remembered) > _REMEMBERED_MOST:
        _remembered.pop(next(iter(_remembered)))
