"""OpenAI's adapter, with OpenAI's own client, against a stand-in that speaks the documented protocol."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from fastapi.responses import JSONResponse, Response

from clonegallery.errors import (
    AnswerLost,
    Cancelled,
    GalleryError,
    GenerationFailed,
    GeneratorDown,
    PaymentNeeded,
    PromptRefused,
)
from clonegallery.inference.openai import OpenAI
from clonegallery.inference.port import Made, Provider
from clonegallery.inference.remote import CUT_SHORT
from clonegallery.inference.results import DAMAGED, NO_PICTURE
from clonegallery.inference.wire import TOO_LARGE
from tests.inference.ground import Waiting, all_of, failure_of, first_of, settings_for, spec_for, until
from tests.providers.openai_images import OpenAIService
from tests.providers.paid import KEY, Failure, png

pytestmark = pytest.mark.usefixtures("brisk")

_MODEL = "gpt-image-2.6-flare"
_BUSY = Failure(500, "The server had an error while processing your request.")
_REFUSED = Failure(400, "Your request was rejected by the safety system.", "moderation_blocked")


def _adapter(service: OpenAIService, **more: Any) -> OpenAI:
    return OpenAI(settings_for(Provider.OPENAI, service.url, **more))


async def _asked(service: OpenAIService, model: str = _MODEL, **more: Any) -> tuple[list[Made], Waiting]:
    watcher = Waiting()
    return await all_of(_adapter(service), spec_for(Provider.OPENAI, model, **more), watcher), watcher


async def _fails(
    service: OpenAIService, error: type[GalleryError], model: str = _MODEL, **settings: Any
) -> GalleryError:
    raised = await failure_of(_adapter(service, **settings), spec_for(Provider.OPENAI, model))
    assert type(raised) is error
    return raised


async def test_a_picture_is_shown_while_it_forms(openai_service: OpenAIService) -> None:
    made, watcher = await _asked(openai_service, count=2)
    assert [(one.position, one.content) for one in made] == [(n, openai_service.knobs.picture) for n in (0, 1)]
    assert [(step, steps) for step, steps, _ in watcher.steps] == [(1, 6), (2, 6), (1, 2), (4, 6), (5, 6), (2, 2)]
    previews = [preview for _, _, preview in watcher.steps if preview]
    assert len(previews) == 4
    assert all(preview.startswith(b"\xff\xd8\xff") for preview in previews)
    assert openai_service.paid == 2


async def test_the_cost_is_that_of_the_tokens_that_it_took(openai_service: OpenAIService) -> None:
    [made], _ = await _asked(openai_service)
    assert made.cost == Decimal("0.03175")  # 50 tokens of text at $5 and 1,050 of the picture at $30 a million.
    assert (made.seed, made.steps, made.model) == (None, None, _MODEL)


async def test_a_picture_to_begin_from_is_edited(openai_service: OpenAIService) -> None:
    begin = png()
    [made], watcher = await _asked(openai_service, init_image=begin)
    assert openai_service.asked[0]["image"] == begin
    assert made.content == openai_service.knobs.picture
    assert len([preview for _, _, preview in watcher.steps if preview]) == 2


@pytest.mark.parametrize("model", ["dall-e-3", "dall-e-2"])
async def test_dall_e_answers_in_one_piece(openai_service: OpenAIService, model: str) -> None:
    [made], watcher = await _asked(openai_service, model)
    assert made.content == openai_service.knobs.picture
    assert made.cost is not None
    assert openai_service.asked[0]["response_format"] == "b64_json"
    assert watcher.steps == [(1, 1, None)]


async def test_a_busy_service_is_asked_again_and_paid_once(openai_service: OpenAIService) -> None:
    openai_service.knobs.failures = [_BUSY, Failure(429, "Rate limit reached.", "rate_limit_exceeded", "0")]
    made, _ = await _asked(openai_service)
    assert (len(made), openai_service.paid) == (1, 1)


async def test_a_service_that_stays_busy_is_down(openai_service: OpenAIService) -> None:
    openai_service.knobs.failures = [_BUSY] * 9
    assert (await _fails(openai_service, GeneratorDown)).detail == _BUSY.words
    assert len(openai_service.knobs.failures) == 9 - 3  # The client does not ask again by itself.


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Failure(402, "Payment required.", "payment_required"), PaymentNeeded),
        (Failure(429, "You exceeded your current quota.", "insufficient_quota"), PaymentNeeded),
        (Failure(400, "Billing hard limit has been reached", "billing_hard_limit_reached"), PaymentNeeded),
        (_REFUSED, PromptRefused),
        (Failure(400, "Your prompt may contain text that is not allowed.", "content_policy_violation"), PromptRefused),
        (Failure(404, "The model does not exist.", "model_not_found"), GenerationFailed),
    ],
)
@pytest.mark.parametrize("model", [_MODEL, "dall-e-3"])
async def test_an_error_is_told_in_its_words(
    openai_service: OpenAIService, failure: Failure, error: type[GalleryError], model: str
) -> None:
    openai_service.knobs.failures = [failure]
    raised = await _fails(openai_service, error, model)
    assert (raised.detail, openai_service.paid) == (failure.words, 0)


async def test_a_refusal_in_the_middle_of_a_stream_is_one(openai_service: OpenAIService) -> None:
    openai_service.stream_error = {"message": _REFUSED.words, "code": _REFUSED.code, "type": "image_error"}
    assert (await _fails(openai_service, PromptRefused)).detail == _REFUSED.words


async def test_a_stream_that_breaks_off_is_not_bought_again(openai_service: OpenAIService) -> None:
    openai_service.breaks = True
    assert (await _fails(openai_service, GenerationFailed)).detail == CUT_SHORT
    assert openai_service.paid == 1


@pytest.mark.parametrize("model", [_MODEL, "dall-e-3"])
@pytest.mark.parametrize(
    ("content", "reason"), [(b"<html>busy</html>", NO_PICTURE), (png()[:-900], DAMAGED), (png(200, 200), TOO_LARGE)]
)
async def test_what_is_no_whole_picture_fails_and_is_not_bought_again(
    openai_service: OpenAIService, model: str, content: bytes, reason: str
) -> None:
    openai_service.knobs.picture = content
    assert (await _fails(openai_service, GenerationFailed, model, ai_max_bytes=60_000)).detail == reason
    assert openai_service.paid == 1


async def test_an_answer_far_too_large_is_not_read_to_its_end(openai_service: OpenAIService) -> None:
    openai_service.knobs.picture = png(1024, 1024)
    assert (await _fails(openai_service, GenerationFailed, ai_max_bytes=10_000)).detail == TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"created": 1, "data": []}),
        JSONResponse({"created": 1, "data": [{"b64_json": "?!"}]}),
        JSONResponse(["nothing"]),
        Response("{", media_type="application/json"),
        Response("<html>", media_type="text/html"),
    ],
)
async def test_an_answer_of_another_shape_is_no_picture(openai_service: OpenAIService, answer: Response) -> None:
    openai_service.answer = answer
    assert (await _fails(openai_service, GenerationFailed, "dall-e-3")).detail == NO_PICTURE


async def test_a_service_that_never_answers_is_not_paid_twice(openai_service: OpenAIService) -> None:
    openai_service.knobs.slow_seconds = 5
    raised = await _fails(openai_service, AnswerLost, ai_seconds=0.5)
    assert "may have been paid for" in raised.detail
    assert openai_service.paid == 1


async def test_a_service_that_is_not_there_is_down() -> None:
    nowhere = OpenAI(settings_for(Provider.OPENAI, "http://127.0.0.1:9"))
    raised = await failure_of(nowhere, spec_for(Provider.OPENAI, _MODEL))
    assert (type(raised), raised.detail) == (GeneratorDown, "OpenAI does not answer.")


async def test_cancelling_breaks_the_call_off(openai_service: OpenAIService) -> None:
    openai_service.knobs.slow_seconds = 60
    watcher = Waiting()
    making = asyncio.ensure_future(all_of(_adapter(openai_service), spec_for(Provider.OPENAI, _MODEL), watcher))
    await until(lambda: openai_service.paid)
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await making
    assert watcher.noted() is None


async def test_a_call_that_died_with_its_worker_is_not_made_again(openai_service: OpenAIService) -> None:
    openai_service.knobs.slow_seconds = 60
    adapter, watcher, spec = _adapter(openai_service), Waiting(), spec_for(Provider.OPENAI, _MODEL)
    dying = asyncio.ensure_future(all_of(adapter, spec, watcher))
    await until(lambda: openai_service.paid)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    with pytest.raises(GenerationFailed, match="The worker ended while OpenAI was working; it may have been paid for"):
        await all_of(adapter, spec, Waiting(watcher.noted()))
    assert openai_service.paid == 1


async def test_the_next_picture_is_made_where_the_one_before_was_stored(openai_service: OpenAIService) -> None:
    adapter, watcher = _adapter(openai_service), Waiting()
    await first_of(adapter, spec_for(Provider.OPENAI, _MODEL, count=2), watcher)
    rest = spec_for(Provider.OPENAI, _MODEL, count=2, first=1)
    assert len(await all_of(adapter, rest, Waiting(watcher.noted()))) == 1
    assert openai_service.paid == 2


async def test_the_key_is_told_to_nobody(
    openai_service: OpenAIService, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    openai_service.knobs.failures = [_BUSY, Failure(400, f"bad header: Bearer {KEY}, sk-proj-***5z", "bad_request")]
    raised = await _fails(openai_service, GenerationFailed)
    assert raised.detail == "bad header: Bearer ***, ***"
    stranger = OpenAI(settings_for(Provider.OPENAI, openai_service.url, openai_api_key="sk-other-1234567"))
    refused = await failure_of(stranger, spec_for(Provider.OPENAI, _MODEL))
    assert refused.detail == "OpenAI does not take this gallery's key."
    logged = caplog.text + "".join(capsys.readouterr())
    assert "provider asked again" in logged
    assert KEY not in logged
    assert "sk-other" not in logged


async def test_reach_says_whether_the_key_is_taken(openai_service: OpenAIService) -> None:
    assert (await _adapter(openai_service).reach()).reachable
    stranger = OpenAI(settings_for(Provider.OPENAI, openai_service.url, openai_api_key="sk-other"))
    assert (await stranger.reach()).detail == "OpenAI does not take the key."
