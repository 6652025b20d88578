"""The workers' end of `meaning`: answers where texts and pictures lie, beside the jobs, as long as the worker lives."""

import asyncio
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Final, cast

from redis.exceptions import RedisError

from clonegallery.db import reading
from clonegallery.errors import GalleryError, Unavailable, UnreadableImage, UnsupportedImageType
from clonegallery.events import get_redis
from clonegallery.failures import as_gallery_error
from clonegallery.images.decoders import decode_limits, get_decoders
from clonegallery.images.sniff import sniff
from clonegallery.inference.embedders import EmbeddingModel, can_embed, embedder
from clonegallery.inference.port import Vectors
from clonegallery.log import get_logger
from clonegallery.search import spaces
from clonegallery.search.questions import (
    ASKED,
    HERE,
    KEPT_SECONDS,
    REMEMBERED_SECONDS,
    Answer,
    Asked,
    Question,
    packed,
    text_key,
    unpacked,
)
from clonegallery.search.repository import spaces as sql
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread
from clonegallery.variants import Variant

log = get_logger(__name__)

_LISTENS_SECONDS: Final = 3
_HERE_SECONDS: Final = 10
_AT_ONCE: Final = 2
_PAUSE_SECONDS: Final = 1.0
_COPY: Final = Variant.THUMB_600
_UNEXPECTED: Final = "Something unexpected went wrong."


async def answer_questions() -> None:
    """Answer until cancelled; Redis being away is waited for. Where this process has no model, others answer."""
    free, busy = asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()
    try:
        while True:
            await free.acquire()
            question = await _next_question()
            task = asyncio.create_task(_answer(question, free))
            busy.add(task)
            task.add_done_callback(busy.discard)
    finally:
        for task in busy:
            task.cancel()


async def _next_question() -> Question:
    while True:
        try:
            if can_embed(get_settings()):
                await get_redis().set(HERE, 1, ex=_HERE_SECONDS)
                # redis-py's stubs mix the blocking client in.
                told = await cast(Awaitable[Any], get_redis().blpop([ASKED], timeout=_LISTENS_SECONDS))
                if told:
                    return Question.model_validate_json(told[1])
            else:
                await asyncio.sleep(_PAUSE_SECONDS)
        except (RedisError, OSError):
            log.warning("questions cannot be heard: Redis is away; trying again")
            await asyncio.sleep(_PAUSE_SECONDS)


async def _answer(question: Question, free: asyncio.Semaphore) -> None:
    try:
        if not question.is_late:
            await _tell(question, await _found(question))
    except (RedisError, OSError):
        log.warning("an answer is lost: Redis is away")
    finally:
        free.release()


async def _found(question: Question) -> Answer:
    try:
        vector = await _vector(question)
    except (UnreadableImage, UnsupportedImageType) as error:
        return Answer(unreadable=error.detail)
    except Exception as error:  # Whatever it was: somebody waits, and the next question is not to blame for it.
        known = as_gallery_error(error)
        log.warning("a question cannot be answered", exc_info=error)
        return Answer(failed=known.detail if known else _UNEXPECTED)
    return Answer(vector=packed(vector))


async def _tell(question: Question, answer: Answer) -> None:
    async with get_redis().pipeline() as pipe:
        if question.kind is Asked.TEXT and answer.vector:
            key = text_key(question.model, question.fingerprint, question.text)
            pipe.set(key, answer.vector, ex=REMEMBERED_SECONDS)
        pipe.rpush(question.answer_key, answer.model_dump_json())
        pipe.expire(question.answer_key, KEPT_SECONDS)
        await pipe.execute()


async def _vector(question: Question) -> Vectors:
    which = await _model_for(question)
    if question.kind is Asked.TEXT:
        # Who was not answered while the model was loaded asks again.
        known = await get_redis().get(text_key(question.model, question.fingerprint, question.text))
        return unpacked(known) if known else await in_thread(_of_text, which, question.text)
    content = await get_redis().get(question.content_key)
    if content is None:
        raise Unavailable("The picture to search by is gone by now.")
    return await in_thread(_of_picture, which, await _readable(content))


async def _model_for(question: Question) -> EmbeddingModel:
    """The model of the space that is searched, which the question must be about: no other says where things lie."""
    async with reading() as connection:
        space = await sql.active(connection)
    if space is None or not question.is_for(space):
        raise Unavailable("Another model is searched by now.")
    which = await spaces.model_for(space)
    if which is None:
        raise GalleryError("The weights that pictures were placed by are gone.")
    return which


def _of_text(which: EmbeddingModel, text: str) -> Vectors:
    found: Vectors = embedder(which).texts([text])[0]
    return found


def _of_picture(which: EmbeddingModel, content: bytes) -> Vectors:
    found: Vectors = embedder(which).images([content])[0]
    return found


async def _readable(content: bytes) -> bytes:
    """The copy that a model would look at, had the picture been uploaded; decoded as guarded as that would be."""
    with tempfile.TemporaryDirectory(prefix="cg-looked-at-") as name:
        folder = Path(name)
        source = folder / "picture"
        await in_thread(source.write_bytes, content)
        sniffed = await in_thread(sniff, source, decode_limits())
        async with get_decoders().one() as decoder:
            analysed = await decoder.analyse(source, sniffed.mime, folder)
        copy = next(one for one in analysed.rendered.derivatives if one.variant is _COPY)
        return await in_thread(copy.path.read_bytes)
