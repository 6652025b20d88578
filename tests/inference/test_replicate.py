"""Replicate's adapter, with Replicate's own client, against a stand-in that speaks the documented protocol."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from replicate.client import Client
from replicate.helpers import FileOutput

from clonegallery.errors import (
    Cancelled,
    GalleryError,
    GenerationFailed,
    GeneratorDown,
    PaymentNeeded,
    PromptRefused,
)
from clonegallery.inference.port import Made, Provider
from clonegallery.inference.replicate import Replicate, output_of
from clonegallery.inference.results import DAMAGED, NO_PICTURE, STRANGE_ADDRESS
from clonegallery.inference.wire import TOO_LARGE
from tests.inference.ground import Waiting, all_of, failure_of, first_of, settings_for, spec_for, until
from tests.providers.paid import KEY, Failure, png
from tests.providers.replicate import VERSION, ReplicateService

pytestmark = pytest.mark.usefixtures("brisk")

_MODEL = "black-forest-labs/flux-schnell"
_SDXL = f"stability-ai/sdxl:{VERSION}"
_BUSY = Failure(503, "Service temporarily unavailable.", "Unavailable")


def _adapter(service: ReplicateService, **more: Any) -> Replicate:
    return Replicate(settings_for(Provider.REPLICATE, service.url, **more))


async def _asked(service: ReplicateService, model: str = _MODEL, **more: Any) -> tuple[list[Made], Waiting]:
    watcher = Waiting()
    return await all_of(_adapter(service), spec_for(Provider.REPLICATE, model, **more), watcher), watcher


async def _fails(
    service: ReplicateService, error: type[GalleryError], model: str = _MODEL, **settings: Any
) -> GalleryError:
    raised = await failure_of(_adapter(service, **settings), spec_for(Provider.REPLICATE, model))
    assert type(raised) is error
    return raised


async def test_each_picture_is_a_prediction_with_a_seed_of_its_own(replicate_service: ReplicateService) -> None:
    made, watcher = await _asked(replicate_service, count=3, first=1, steps=4, width=1344, height=768)
    assert [(one.position, one.seed, one.steps) for one in made] == [(1, 8, 4), (2, 9, 4)]
    assert {(one.content, one.cost) for one in made} == {(replicate_service.knobs.picture, Decimal("0.003"))}
    assert replicate_service.created[0].wanted["aspect_ratio"] == "16:9"
    assert (replicate_service.paid, watcher.noted()) == (2, None)


async def test_steps_are_read_from_the_logs(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.steps = 3
    _, watcher = await _asked(replicate_service, count=2)
    assert list(dict.fromkeys(watcher.steps)) == [(step, 6, None) for step in range(1, 7)]


async def test_a_version_is_asked_for_by_its_own_route(replicate_service: ReplicateService) -> None:
    [made], _ = await _asked(
        replicate_service, _SDXL, negative_prompt="rain", guidance_scale=6, scheduler="DDIM", steps=30
    )
    [begun] = replicate_service.created
    assert begun.version == VERSION
    assert (begun.wanted["width"], begun.wanted["negative_prompt"]) == (1024, "rain")
    assert (made.guidance_scale, made.scheduler, made.steps, made.model) == (6.0, "DDIM", 30, _SDXL)
    assert isinstance(made.guidance_scale, float)


async def test_a_picture_to_begin_from_is_uploaded(replicate_service: ReplicateService) -> None:
    begin = png()
    await _asked(replicate_service, _SDXL, init_image=begin, strength=0.4)
    assert replicate_service.uploaded == [begin]
    wanted = replicate_service.created[0].wanted
    assert (wanted["image"], wanted["prompt_strength"]) == (f"{replicate_service.url}/v1/files/f1", 0.4)


@pytest.mark.parametrize("path", ["/delivery/out.png", "/delivery/moved"])
async def test_an_output_may_be_one_address_and_may_have_moved(replicate_service: ReplicateService, path: str) -> None:
    replicate_service.knobs.output = replicate_service.url + path
    [made], _ = await _asked(replicate_service)
    assert made.content == replicate_service.knobs.picture


def test_the_clients_own_outputs_are_addresses_too() -> None:
    output = FileOutput("https://replicate.delivery/out.png", Client(api_token=KEY))
    assert output_of([output]) == "https://replicate.delivery/out.png"


async def test_whatever_is_away_is_asked_again_and_paid_once(replicate_service: ReplicateService) -> None:
    knobs = replicate_service.knobs
    knobs.failures = [_BUSY, Failure(429, "Request was throttled.", "Too Many Requests", retry_after="0")]
    knobs.looks_fail, knobs.downloads_fail = [_BUSY, _BUSY], [_BUSY]
    await _asked(replicate_service)
    assert (len(replicate_service.created), replicate_service.paid) == (1, 1)


async def test_a_service_that_stays_busy_is_down(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.failures = [_BUSY] * 9
    assert (await _fails(replicate_service, GeneratorDown)).detail == _BUSY.words
    assert len(replicate_service.knobs.failures) == 9 - 3


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Failure(402, "You have insufficient credit to run this model.", "Insufficient credit"), PaymentNeeded),
        (Failure(422, "- input.seed: Invalid type", "Input validation failed"), GenerationFailed),
        (Failure(429, "Your rate limit resets in ~1h.", "Too Many Requests", retry_after="3600"), GeneratorDown),
    ],
)
async def test_an_error_is_told_in_its_words(
    replicate_service: ReplicateService, failure: Failure, error: type[GalleryError]
) -> None:
    replicate_service.knobs.failures = [failure]
    raised = await _fails(replicate_service, error)
    assert (raised.detail, replicate_service.created) == (failure.words, [])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("NSFW content detected. Try running it again, or try a different prompt.", PromptRefused),
        ("The input or output was flagged as sensitive. (E005)", PromptRefused),
        ("CUDA out of memory.", GenerationFailed),
    ],
)
async def test_a_prediction_that_failed_says_why(
    replicate_service: ReplicateService, words: str, error: type[GalleryError]
) -> None:
    replicate_service.knobs.error = words
    assert (await _fails(replicate_service, error)).detail == words


@pytest.mark.parametrize("model", ["no-owner", "ada/unknown"])
async def test_a_model_that_is_not_there_fails(replicate_service: ReplicateService, model: str) -> None:
    await _fails(replicate_service, GenerationFailed, model)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"<html>busy</html>", NO_PICTURE), (png()[:-900], DAMAGED), (png(200, 200), TOO_LARGE)]
)
async def test_what_is_no_whole_picture_fails_and_is_not_bought_again(
    replicate_service: ReplicateService, content: bytes, reason: str
) -> None:
    replicate_service.knobs.picture = content
    assert (await _fails(replicate_service, GenerationFailed, ai_max_bytes=60_000)).detail == reason
    assert len(replicate_service.created) == 1


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ([], NO_PICTURE),
        ({"image": "https://example.org/a.png"}, NO_PICTURE),
        ("file:///etc/passwd", STRANGE_ADDRESS),
        ("http://10.0.0.1/a.png", STRANGE_ADDRESS),
        ("https://10.0.0.1/a.png", STRANGE_ADDRESS),
        ("https://169.254.169.254/latest/meta-data", STRANGE_ADDRESS),
    ],
)
async def test_an_output_that_lies_elsewhere_is_not_fetched(
    replicate_service: ReplicateService, output: Any, reason: str
) -> None:
    replicate_service.knobs.output = output
    assert (await _fails(replicate_service, GenerationFailed)).detail == reason


async def test_an_output_is_not_followed_astray(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.output = f"{replicate_service.url}/delivery/astray"
    assert (await _fails(replicate_service, GenerationFailed)).detail == STRANGE_ADDRESS


async def test_a_prediction_id_that_is_none_is_not_followed(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.id = "../account"
    assert (await _fails(replicate_service, GenerationFailed)).detail == "Replicate's answer names no prediction."


async def test_a_prediction_that_takes_too_long_is_cancelled(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.steps = 5_000
    raised = await _fails(replicate_service, GeneratorDown, ai_seconds=0.3)
    assert raised.detail == "Replicate took longer than 0.3 seconds."
    assert (replicate_service.cancelled, replicate_service.paid) == (["p0xyz"], 0)


async def test_cancelling_is_passed_on(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.steps = 5_000
    watcher = Waiting()
    making = asyncio.ensure_future(all_of(_adapter(replicate_service), spec_for(Provider.REPLICATE, _MODEL), watcher))
    await until(lambda: watcher.steps)
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await making
    assert (replicate_service.cancelled, replicate_service.paid, watcher.noted()) == (["p0xyz"], 0, None)


async def test_a_prediction_cancelled_at_replicate_fails(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.steps = 5_000
    making = asyncio.ensure_future(_asked(replicate_service))
    await until(lambda: replicate_service.created)
    replicate_service.created[0].status = "canceled"
    with pytest.raises(GenerationFailed, match="cancelled at Replicate"):
        await making


async def test_a_worker_that_takes_over_follows_the_same_prediction(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.steps = 5_000
    watcher, spec = Waiting(), spec_for(Provider.REPLICATE, _MODEL)
    dying = asyncio.ensure_future(all_of(_adapter(replicate_service), spec, watcher))
    await until(lambda: watcher.steps)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    replicate_service.knobs.steps = replicate_service.created[0].step
    [made] = await all_of(_adapter(replicate_service), spec, Waiting(watcher.noted()))
    assert made.content == replicate_service.knobs.picture
    assert (len(replicate_service.created), replicate_service.cancelled, replicate_service.paid) == (1, [], 1)


async def test_a_service_that_is_away_meanwhile_is_followed_later(replicate_service: ReplicateService) -> None:
    replicate_service.knobs.looks_fail = [_BUSY] * 3
    watcher, spec = Waiting(), spec_for(Provider.REPLICATE, _MODEL)
    with pytest.raises(GeneratorDown):
        await all_of(_adapter(replicate_service), spec, watcher)
    assert len(await all_of(_adapter(replicate_service), spec, watcher)) == 1
    assert len(replicate_service.created) == 1


async def test_a_worker_that_died_while_it_ordered_is_not_followed_by_a_second_order(
    replicate_service: ReplicateService,
) -> None:
    replicate_service.knobs.slow_seconds = 60
    watcher, spec = Waiting(), spec_for(Provider.REPLICATE, _MODEL)
    dying = asyncio.ensure_future(all_of(_adapter(replicate_service), spec, watcher))
    await until(lambda: replicate_service.created)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    with pytest.raises(GenerationFailed, match="The worker ended while Replicate was working"):
        await all_of(_adapter(replicate_service), spec, Waiting(watcher.noted()))
    assert len(replicate_service.created) == 1


async def test_the_next_picture_is_made_where_the_one_before_was_stored(replicate_service: ReplicateService) -> None:
    watcher = Waiting()
    await first_of(_adapter(replicate_service), spec_for(Provider.REPLICATE, _MODEL, count=2), watcher)
    rest = spec_for(Provider.REPLICATE, _MODEL, count=2, first=1)
    assert len(await all_of(_adapter(replicate_service), rest, Waiting(watcher.noted()))) == 1
    assert replicate_service.paid == 2


async def test_the_key_is_told_to_nobody(
    replicate_service: ReplicateService, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    replicate_service.knobs.failures = [_BUSY]
    replicate_service.knobs.error = f"Bearer {KEY} went astray"
    watcher = Waiting()
    with pytest.raises(GenerationFailed) as raised:
        await all_of(_adapter(replicate_service), spec_for(Provider.REPLICATE, _MODEL), watcher)
    assert raised.value.detail == "Bearer *** went astray"
    logged = caplog.text + "".join(capsys.readouterr())
    assert "provider asked again" in logged
    assert KEY not in logged + "".join(note or "" for note in watcher.notes)


async def test_reach_says_whether_the_key_is_taken(replicate_service: ReplicateService) -> None:
    assert (await _adapter(replicate_service).reach()).reachable
    stranger = Replicate(settings_for(Provider.REPLICATE, replicate_service.url, replicate_api_token="r8_other"))
    assert (await stranger.reach()).detail == "Replicate does not take the key."
