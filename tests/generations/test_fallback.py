"""One service after the other, against stand-ins over HTTP: who takes over, when, and what the picture says of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import unit_of_work
from clonegallery.generations import repository, service
from clonegallery.generations.schemas import GenerationRead, GenerationRequest
from clonegallery.images import service as images
from clonegallery.inference import remote
from clonegallery.inference.port import Provider
from clonegallery.inference.select import forget_generators
from clonegallery.jobs import service as jobs
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.generations.shop import editor, ids, run_all
from tests.images.shared import run_jobs
from tests.providers.openai_images import OpenAIService, openai_images
from tests.providers.paid import KEY, Failure
from tests.providers.stability import StabilityService, stability


@dataclass(frozen=True, slots=True)
class Paid:
    """The first one asked, and the one behind it."""

    first: StabilityService
    second: OpenAIService


@pytest.fixture
def paid(database: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paid]:
    with stability() as first, openai_images() as second:
        environment = {
            "AI_PROVIDER": "stability", "AI_FALLBACK": "1", "AI_RETRIES": "1", "AI_SECONDS": "10",
            "STABILITY_API_KEY": KEY, "STABILITY_URL": first.url, "OPENAI_API_KEY": KEY, "OPENAI_URL": second.url,
            "JOB_MAX_ATTEMPTS": "1",
        }  # fmt: skip
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.005)
        get_settings.cache_clear()
        forget_generators()
        yield Paid(first, second)
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_generators()


async def _made(viewer: Viewer, **wanted: object) -> GenerationRead:
    asked = await service.request(viewer, GenerationRequest.model_validate({"prompt": "a castle"} | wanted))
    await run_all()
    return await service.detail(viewer, asked.id)


async def test_the_chosen_one_makes_it_while_it_can(paid: Paid) -> None:
    bob = await editor()
    made = await _made(bob, count=2)
    assert (made.status, made.provider, made.fallback, len(made.images)) == ("succeeded", "stability", None, 2)
    assert (paid.first.paid, paid.second.paid) == (2, 0)
    assert made.cost is not None


@pytest.mark.parametrize(
    "failure", [Failure(500), Failure(503), Failure(429, "Too many", "rate_limit", "1"), Failure(402, "No credit")],
    ids=["500", "503", "429", "402"],
)  # fmt: skip
async def test_the_next_one_takes_over_and_the_picture_says_so(paid: Paid, failure: Failure) -> None:
    paid.first.knobs.failures = [failure] * 5
    bob = await editor()
    made = await _made(bob)
    assert made.status == "succeeded", made.error
    assert made.fallback
    assert made.fallback.startswith("stability")
    assert KEY not in made.model_dump_json()
    await run_jobs()
    detail = await images.detail(bob, ids(made)[0])
    assert detail.generation is not None
    assert (detail.generation.provider, paid.first.paid, paid.second.paid) == ("openai", 0, 1)


async def test_a_refusal_is_told_in_the_service_s_words_and_nobody_else_is_asked(paid: Paid) -> None:
    words = "Your request was flagged by our content moderation system."
    paid.first.knobs.failures = [Failure(403, words, "content_moderation")]
    made = await _made(await editor())
    assert (made.status, made.images) == ("failed", [])
    assert words in (made.error or "")
    assert paid.second.paid == 0


async def test_without_leave_nobody_takes_over(paid: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FALLBACK", "0")
    get_settings.cache_clear()
    paid.first.knobs.failures = [Failure(503)] * 5
    made = await _made(await editor())
    assert (made.status, paid.second.paid) == ("failed", 0)


async def test_who_names_a_provider_gets_that_one_or_none(paid: Paid) -> None:
    bob = await editor()
    paid.first.knobs.failures = [Failure(503)] * 5
    assert (await _made(bob, provider="stability")).status == "failed"
    assert (await _made(bob, provider="openai")).status == "succeeded"
    assert paid.second.paid == 1


async def test_when_all_are_down_it_fails_with_the_last_one_s_reason(paid: Paid) -> None:
    paid.first.knobs.failures = [Failure(503)] * 5
    paid.second.knobs.failures = [Failure(500)] * 5
    made = await _made(await editor())
    assert made.status == "failed"
    assert made.error == Failure(500).words
    assert made.fallback


@pytest.mark.parametrize("content", [b"<html>sorry</html>", b"", b"\x89PNG\r\n\x1a\n"], ids=["html", "empty", "cut"])
async def test_what_is_no_picture_is_a_reason_and_nothing_is_stored(paid: Paid, content: bytes) -> None:
    paid.first.knobs.picture = content
    made = await _made(await editor())
    assert (made.status, made.images) == ("failed", [])
    assert made.error


async def test_a_worker_that_died_while_it_was_paid_for_does_not_pay_again(paid: Paid) -> None:
    bob = await editor()
    asked = await service.request(bob, GenerationRequest(prompt="a castle", provider=Provider.STABILITY))
    run = await jobs.claim("gpu")
    assert run is not None
    async with unit_of_work() as work:
        await repository.write(work.session, asked.id, note="asked:0:Stability AI")
    await jobs.release(run)
    await run_all()
    made = await service.detail(bob, asked.id)
    assert (made.status, paid.first.paid) == ("failed", 0)
    assert "may have been paid for" in (made.error or "")
    await service.retry(bob, asked.id)
    await run_all()
    assert (await service.detail(bob, asked.id)).status == "succeeded"
    assert paid.first.paid == 1
