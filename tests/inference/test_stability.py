"""Stability AI's adapter against a stand-in that speaks its documented protocol."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from clonegallery.errors import (
    AnswerLost,
    Cancelled,
    GalleryError,
    GenerationFailed,
    GeneratorDown,
    PaymentNeeded,
    PromptRefused,
)
from clonegallery.inference.port import Made, Provider
from clonegallery.inference.results import DAMAGED, NO_PICTURE
from clonegallery.inference.stability import Stability
from clonegallery.inference.wire import TOO_LARGE
from tests.inference.ground import Waiting, all_of, failure_of, first_of, settings_for, spec_for, until
from tests.providers.paid import KEY, Failure, png
from tests.providers.stability import StabilityService

pytestmark = pytest.mark.usefixtures("brisk")

_BUSY = Failure(503, "The service is overloaded.", "internal_error")


def _adapter(service: StabilityService, **more: Any) -> Stability:
    return Stability(settings_for(Provider.STABILITY, service.url, **more))


async def _asked(service: StabilityService, model: str = "core", **more: Any) -> tuple[list[Made], Waiting]:
    watcher = Waiting()
    return await all_of(_adapter(service), spec_for(Provider.STABILITY, model, **more), watcher), watcher


async def _fails(service: StabilityService, error: type[GalleryError], **settings: Any) -> GalleryError:
    raised = await failure_of(_adapter(service, **settings), spec_for(Provider.STABILITY, "core"))
    assert type(raised) is error
    return raised


async def test_each_picture_is_one_call_and_tells_what_was_used(stability_service: StabilityService) -> None:
    made, watcher = await _asked(stability_service, count=3, first=1, negative_prompt="rain", width=1344, height=768)
    assert [(one.position, one.seed, one.cost) for one in made] == [(1, 8, Decimal("0.03")), (2, 9, Decimal("0.03"))]
    assert made[0].content == stability_service.knobs.picture
    assert [one["aspect_ratio"] for one in stability_service.asked] == ["16:9", "16:9"]
    assert stability_service.asked[0]["negative_prompt"] == "rain"
    assert watcher.steps == [(2, 3, None), (3, 3, None)]
    assert stability_service.paid == 2


async def test_a_seed_that_the_service_chose_is_recorded(stability_service: StabilityService) -> None:
    [made], _ = await _asked(stability_service, seed=0)
    assert made.seed == 777


@pytest.mark.parametrize("model", ["sd3.5-large", "ultra"])
async def test_a_picture_to_begin_from_is_sent_along(stability_service: StabilityService, model: str) -> None:
    begin = png(1024, 64)
    [made], _ = await _asked(stability_service, model, init_image=begin, strength=0.25)
    [asked] = stability_service.asked
    assert (asked["image"], asked["strength"]) == (begin, "0.25")
    assert made.model == model


async def test_the_guidance_scale_stays_within_what_the_service_takes(stability_service: StabilityService) -> None:
    [made], _ = await _asked(stability_service, "sd3.5-medium", guidance_scale=30.0)
    assert (made.guidance_scale, stability_service.asked[0]["cfg_scale"]) == (10.0, "10.0")


async def test_a_busy_service_is_asked_again_and_paid_once(stability_service: StabilityService) -> None:
    stability_service.knobs.failures = [_BUSY, Failure(429, "Slow down.", "rate_limit_exceeded", retry_after="0")]
    made, _ = await _asked(stability_service)
    assert (len(made), stability_service.paid) == (1, 1)


async def test_a_service_that_stays_busy_is_down(stability_service: StabilityService) -> None:
    stability_service.knobs.failures = [_BUSY] * 9
    assert (await _fails(stability_service, GeneratorDown)).detail == _BUSY.words
    assert len(stability_service.knobs.failures) == 9 - 3


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Failure(402, "You lack sufficient credits.", "payment_required"), PaymentNeeded),
        (
            Failure(403, "Your request was flagged by our content moderation system.", "content_moderation"),
            PromptRefused,
        ),
        (Failure(400, "prompt: is too long", "bad_request"), GenerationFailed),
        (Failure(429, "Come back tomorrow.", "rate_limit_exceeded", retry_after="86400"), GeneratorDown),
    ],
)
async def test_an_error_is_told_in_its_words(
    stability_service: StabilityService, failure: Failure, error: type[GalleryError]
) -> None:
    stability_service.knobs.failures = [failure]
    raised = await _fails(stability_service, error)
    assert (raised.detail, stability_service.paid) == (failure.words, 0)


async def test_a_picture_that_the_filter_held_back_is_a_refusal(stability_service: StabilityService) -> None:
    stability_service.filters = True
    await _fails(stability_service, PromptRefused)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"<html>busy</html>", NO_PICTURE), (png()[:-900], DAMAGED), (png(200, 200), TOO_LARGE)]
)
async def test_what_is_no_whole_picture_fails_and_is_not_bought_again(
    stability_service: StabilityService, content: bytes, reason: str
) -> None:
    stability_service.knobs.picture = content
    assert (await _fails(stability_service, GenerationFailed, ai_max_bytes=60_000)).detail == reason
    assert stability_service.paid == 1


async def test_a_service_that_never_answers_is_not_paid_twice(stability_service: StabilityService) -> None:
    stability_service.knobs.slow_seconds = 5
    raised = await _fails(stability_service, AnswerLost, ai_seconds=0.5)
    assert "may have been paid for" in raised.detail
    assert stability_service.paid == 1


async def test_cancelling_breaks_the_call_off(stability_service: StabilityService) -> None:
    stability_service.knobs.slow_seconds = 60
    adapter, watcher = _adapter(stability_service), Waiting()
    making = asyncio.ensure_future(all_of(adapter, spec_for(Provider.STABILITY, "core"), watcher))
    await until(lambda: stability_service.paid)
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await making
    assert watcher.noted() is None


async def test_a_call_that_died_with_its_worker_is_not_made_again(stability_service: StabilityService) -> None:
    stability_service.knobs.slow_seconds = 60
    adapter, watcher = _adapter(stability_service), Waiting()
    spec = spec_for(Provider.STABILITY, "core")
    dying = asyncio.ensure_future(all_of(adapter, spec, watcher))
    await until(lambda: stability_service.paid)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    with pytest.raises(
        GenerationFailed, match="The worker ended while Stability AI was working; it may have been paid"
    ):
        await all_of(adapter, spec, Waiting(watcher.noted()))
    assert stability_service.paid == 1


async def test_the_next_picture_is_made_where_the_one_before_was_stored(stability_service: StabilityService) -> None:
    adapter, watcher = _adapter(stability_service), Waiting()
    spec = spec_for(Provider.STABILITY, "core", count=2)
    await first_of(adapter, spec, watcher)
    rest = spec_for(Provider.STABILITY, "core", count=2, first=1)
    assert len(await all_of(adapter, rest, Waiting(watcher.noted()))) == 1
    assert stability_service.paid == 2


async def test_the_key_is_told_to_nobody(
    stability_service: StabilityService, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    stability_service.knobs.failures = [_BUSY, Failure(400, f"bad header: Bearer {KEY}", "bad_request")]
    raised = await _fails(stability_service, GenerationFailed)
    assert raised.detail == "bad header: Bearer ***"
    logged = caplog.text + "".join(capsys.readouterr())
    assert "provider asked again" in logged
    assert KEY not in logged


async def test_reach_says_whether_the_key_is_taken(stability_service: StabilityService) -> None:
    assert (await _adapter(stability_service).reach()).reachable
    stranger = Stability(settings_for(Provider.STABILITY, stability_service.url, stability_api_key="sk-other"))
    assert (await stranger.reach()).detail == "Stability AI does not take the key."
