"""Patience with services, what their errors mean, and the words in which they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from clonegallery.errors import Cancelled, GalleryError, GenerationFailed, GeneratorDown, PaymentNeeded, PromptRefused
from clonegallery.inference import remote
from clonegallery.inference.port import Made, Provider
from clonegallery.inference.remote import CUT_SHORT, as_error, in_words, one_by_one, pause, retried, unless_cancelled
from clonegallery.inference.services import Service
from clonegallery.inference.wire import NoAnswer, ProviderAnswer
from tests.inference.ground import Waiting, spec_for
from tests.providers.paid import KEY

_SERVICE = Service(Provider.OPENAI, "OpenAI", "https://api.openai.com/v1", KEY)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    waited: list[float] = []

    async def note(seconds: float, _watcher: Waiting) -> None:
        waited.append(seconds)

    monkeypatch.setattr(remote, "pause", note)
    return waited


def _failing(*errors: Exception) -> Callable[[], Awaitable[str]]:
    """A call that fails so, one after the other, and then succeeds."""
    left = list(errors)

    async def call() -> str:
        if left:
            raise left.pop(0)
        return "a picture"

    return call


async def _retried(*errors: Exception, retries: int = 4, paid: bool = False) -> str:
    return await retried(_failing(*errors), _SERVICE, Waiting(), retries=retries, seconds=5, paid=paid)


async def test_waits_double_with_jitter_up_to_a_minute(waits: list[float]) -> None:
    assert await _retried(*[ProviderAnswer(503)] * 10, retries=10) == "a picture"
    longest = [min(60.0, 0.5 * 2**attempt) for attempt in range(10)]
    assert all(most / 2 <= waited <= most for waited, most in zip(waits, longest, strict=True))
    assert len(set(waits)) == 10


async def test_retry_after_is_waited_out(waits: list[float]) -> None:
    await _retried(ProviderAnswer(429, retry_after=7.0), ProviderAnswer(503, retry_after=0.0))
    assert waits == [7.0, 0.0]


async def test_who_wants_to_be_left_alone_for_long_is_down(waits: list[float]) -> None:
    with pytest.raises(GeneratorDown) as raised:
        await _retried(ProviderAnswer(429, "Later.", retry_after=61.5))
    assert (raised.value.retry_after, waits) == (62, [])


async def test_an_answer_that_stays_is_not_asked_for_again(waits: list[float]) -> None:
    with pytest.raises(GenerationFailed):
        await _retried(ProviderAnswer(400, "No."))
    assert waits == []


@pytest.mark.parametrize(
    "silence", [NoAnswer(sent=False), NoAnswer(sent=True), NoAnswer(sent=True, begun=True), TimeoutError()]
)
async def test_silence_is_asked_again(waits: list[float], silence: Exception) -> None:
    assert await _retried(silence) == "a picture"
    with pytest.raises(GeneratorDown, match="OpenAI does not answer"):
        await _retried(silence, silence, retries=1)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("silence", "error", "detail"),
    [
        (
            NoAnswer(sent=True),
            GeneratorDown,
            "OpenAI was asked and did not answer; the picture may have been paid for.",
        ),
        (NoAnswer(sent=True, begun=True), GenerationFailed, CUT_SHORT),
    ],
)
async def test_a_paid_call_that_was_sent_is_not_made_again(
    waits: list[float], silence: NoAnswer, error: type[GalleryError], detail: str
) -> None:
    assert await _retried(NoAnswer(sent=False), ProviderAnswer(500), paid=True) == "a picture"
    waits.clear()
    with pytest.raises(error) as raised:
        await _retried(silence, paid=True)
    assert (raised.value.detail, waits) == (detail, [])


async def test_a_call_that_hangs_is_given_up() -> None:
    async def hang() -> str:
        await asyncio.sleep(3600)
        return "never"

    with pytest.raises(GeneratorDown):
        await retried(hang, _SERVICE, Waiting(), retries=0, seconds=0.01)


async def test_a_wait_ends_when_nobody_wants_the_pictures() -> None:
    watcher = Waiting()
    waiting = asyncio.ensure_future(pause(3600, watcher))
    await asyncio.sleep(0)
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await waiting


async def test_nothing_is_asked_for_nobody() -> None:
    watcher = Waiting()
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await retried(_failing(AssertionError()), _SERVICE, watcher, retries=1, seconds=5)


async def test_work_is_broken_off_when_nobody_wants_it() -> None:
    watcher, ended = Waiting(), asyncio.Event()

    async def work() -> None:
        try:
            watcher.cancelled.set()
            await asyncio.sleep(3600)
        finally:
            ended.set()

    with pytest.raises(Cancelled):
        await unless_cancelled(work(), watcher)
    assert ended.is_set()


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        (ProviderAnswer(402, "Pay first."), PaymentNeeded, "Pay first."),
        (ProviderAnswer(429, "No quota.", "insufficient_quota"), PaymentNeeded, "No quota."),
        (ProviderAnswer(403, "Flagged.", "content_moderation"), PromptRefused, "Flagged."),
        (ProviderAnswer(401, f"Wrong key {KEY[:9]}."), GenerationFailed, "OpenAI does not take this gallery's key."),
        (ProviderAnswer(403, "Not in your country."), GenerationFailed, "Not in your country."),
        (ProviderAnswer(429, "Slower."), GeneratorDown, "Slower."),
        (ProviderAnswer(502), GeneratorDown, "OpenAI answered 502 without a reason."),
    ],
)
def test_errors_keep_the_services_words(answer: ProviderAnswer, error: type[GalleryError], detail: str) -> None:
    meant = as_error(_SERVICE, answer)
    assert (type(meant), meant.detail) == (error, detail)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Key {KEY} is bad", "Key *** is bad"),
        ("Key sk-proj-abcd1234 or r8_abcdEFGH1234 or sk-***5z0q", "Key *** or *** or ***"),
        ("two\r\nlines\x00 and\ta tab", "two lines and a tab"),
        ("x" * 600, "x" * 499 + "…"),
    ],
)
def test_words_are_one_line_without_keys(text: str, shown: str) -> None:
    assert in_words(_SERVICE, text) == shown


async def test_a_note_of_another_position_means_nothing() -> None:
    async def ask(position: int) -> Made:
        return Made(position, b"", Provider.OPENAI, "gpt-image-2", 1.0, cost=Decimal(1))

    spec = spec_for(Provider.OPENAI, "gpt-image-2", count=2)
    watcher = Waiting("asked:10:OpenAI")
    made = [one.position async for one in one_by_one(spec, watcher, _SERVICE, ask)]
    assert made == [0, 1]
    assert watcher.notes == ["asked:0:OpenAI", None, "asked:1:OpenAI", None]


async def test_a_note_names_the_service_that_was_asked() -> None:
    async def ask(_position: int) -> Made:
        raise AssertionError("asked again")

    spec = spec_for(Provider.OPENAI, "gpt-image-2", count=2, first=1)
    with pytest.raises(GenerationFailed, match="while Stability AI was working"):
        await anext(one_by_one(spec, Waiting("asked:1:Stability AI"), _SERVICE, ask))
