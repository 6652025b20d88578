"""What the adapters of remote services share: patience, what their errors mean, and never paying twice unasked."""

import asyncio
import math
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from clonegallery.errors import (
    AnswerLost,
    Cancelled,
    GalleryError,
    GenerationFailed,
    GeneratorDown,
    PaymentNeeded,
    PromptRefused,
)
from clonegallery.inference.port import GenerationSpec, Made, Watcher
from clonegallery.inference.services import Service
from clonegallery.inference.wire import NoAnswer, ProviderAnswer
from clonegallery.log import get_logger

log = get_logger(__name__)

T = TypeVar("T")

FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 60.0
CUT_SHORT = "The provider's answer broke off before it was complete."

_MAX_WORDS = 500
_REFUSALS = frozenset({"moderation_blocked", "content_policy_violation", "content_moderation"})
_UNPAID = frozenset({"billing_hard_limit_reached", "insufficient_quota", "payment_required", "insufficient_credits"})
# What keys look like, whole or half hidden: a service may name ours in the words with which it refuses it.
_KEY = re.compile(r"\b(?:sk|r8)[-_][\w*-]{6,}")
_ASKED = "asked:"


async def retried(
    call: Callable[[], Awaitable[T]],
    service: Service,
    watcher: Watcher,
    *,
    retries: int,
    seconds: float,
    paid: bool = False,
) -> T:
    """What `call` returns, asked again up to `retries` times while the service is away or has too much to do.

    Each try may take `seconds`. Waits as long as `Retry-After` says, else twice as long each time, with jitter; a
    service that wants to be left alone for more than a minute is down. A `paid` call is asked again only where the
    service refused it or never received it: one that was sent and not answered may be carried out all the same.
    Raises the port's errors.
    """
    for attempt in range(retries + 1):
        try:
            return await _once(call, watcher, seconds)
        except NoAnswer as silence:
            if paid and silence.sent:
                raise _unsure(service, silence) from None
            failure, asked = GeneratorDown(f"{service.name} does not answer."), None
        except ProviderAnswer as answer:
            meant, asked = as_error(service, answer), answer.retry_after
            if not isinstance(meant, GeneratorDown):
                raise meant from None
            failure = meant
        if attempt == retries or (asked or 0) > MAX_WAIT_SECONDS:
            break
        log.info("provider asked again", provider=service.provider, reason=failure.detail, attempt=attempt + 1)
        await pause(_wait(attempt, asked), watcher)
    raise failure from None


async def _once(call: Callable[[], Awaitable[T]], watcher: Watcher, seconds: float) -> T:
    if watcher.cancelled.is_set():
        raise Cancelled
    try:
        async with asyncio.timeout(seconds):
            return await call()
    except TimeoutError:
        raise NoAnswer(sent=True) from None


def _wait(attempt: int, asked: float | None) -> float:
    if asked is not None:
        return asked
    longest = min(MAX_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 Jitter is no secret.


def _unsure(service: Service, silence: NoAnswer) -> GalleryError:
    if silence.begun:
        return GenerationFailed(CUT_SHORT)
    return AnswerLost(f"{service.name} was asked and did not answer; the picture may have been paid for.")


async def pause(seconds: float, watcher: Watcher) -> None:
    """Wait, unless nobody wants the pictures any more: then raises `Cancelled` at once."""
    try:
        await asyncio.wait_for(watcher.cancelled.wait(), seconds)
    except TimeoutError:
        return
    raise Cancelled


async def unless_cancelled(work: Coroutine[Any, Any, T], watcher: Watcher) -> T:
    """What `work` returns; it is broken off with `Cancelled` as soon as nobody wants the pictures any more."""
    working = asyncio.ensure_future(work)
    unwanted = asyncio.ensure_future(watcher.cancelled.wait())
    try:
        await asyncio.wait({working, unwanted}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Cancelled
        return working.result()
    finally:
        working.cancel()
        unwanted.cancel()
        await asyncio.gather(working, unwanted, return_exceptions=True)


def as_error(service: Service, answer: ProviderAnswer) -> GalleryError:
    """The member of the port's errors that says what the service answered, in the service's words."""
    words = in_words(service, answer.words) or f"{service.name} answered {answer.status} without a reason."
    if answer.status == 402 or answer.code in _UNPAID:
        return PaymentNeeded(words)
    if answer.code in _REFUSALS:
        return PromptRefused(words)
    if answer.status == 401:
        return GenerationFailed(f"{service.name} does not take this gallery's key.")
    if answer.status in (408, 425, 429) or answer.status >= 500:
        asked = None if answer.retry_after is None else math.ceil(answer.retry_after)
        return GeneratorDown(words, retry_after=asked)
    return GenerationFailed(words)


def in_words(service: Service, text: str) -> str:
    """A service's own words, fit to be shown: one line of at most 500 characters, and never with a key in it."""
    text = text.replace(service.key, "***") if service.key else text
    line = " ".join(_KEY.sub("***", text).split())
    shown = "".join(letter for letter in line if letter.isprintable())
    return shown if len(shown) <= _MAX_WORDS else shown[: _MAX_WORDS - 1] + "…"


@asynccontextmanager
async def paying(service: Service, watcher: Watcher, position: int) -> AsyncIterator[None]:
    """A paid call within the block. Should the worker die in it, the next one is told, and does not pay again unasked.

    The note stays when the block ends well: whoever has the picture, or something better to follow, clears it. Raises
    `GenerationFailed` where an earlier worker ended within this block.
    """
    if asker := asked_before(watcher, position):
        raise GenerationFailed(
            f"The worker ended while {asker} was working; it may have been paid for. Retry to ask again."
        )
    await watcher.note(f"{_ASKED}{position}:{service.name}")
    try:
        yield
    except GalleryError:
        await watcher.note(None)
        raise


def asked_before(watcher: Watcher, position: int) -> str:
    """The name of the service that a worker had asked for this picture when it died, or nothing."""
    noted, asked = watcher.noted() or "", f"{_ASKED}{position}:"
    return noted.removeprefix(asked) if noted.startswith(asked) else ""


async def one_by_one(
    spec: GenerationSpec, watcher: Watcher, service: Service, ask: Callable[[int], Awaitable[Made]]
) -> AsyncIterator[Made]:
    """The pictures of a service that makes one a call and keeps none: `ask` pays for the one at a position."""
    for position in range(spec.first, spec.count):
        async with paying(service, watcher, position):
            made = await ask(position)
        await watcher.step(position + 1, spec.count)
        yield made
        await watcher.note(None)
