"""Whether a service answers: said in plain words, within seconds, without keys, addresses or an answer's text."""

import pytest

from clonegallery.inference import reaching
from clonegallery.inference.port import Provider, Reach
from clonegallery.inference.reaching import reach
from clonegallery.inference.services import Service, service_of
from tests.inference.ground import settings_for
from tests.providers.paid import KEY, Failure
from tests.providers.stability import StabilityService


def _service(url: str, key: str = KEY) -> Service:
    return service_of(Provider.STABILITY, settings_for(Provider.STABILITY, url, stability_api_key=key))


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (401, "Stability AI does not take the key."),
        (402, "The account with Stability AI is out of credit."),
        (429, "Stability AI has been asked too often."),
        (500, "Stability AI answers with an error (500)."),
    ],
)
async def test_an_error_is_told_in_our_words(stability_service: StabilityService, status: int, detail: str) -> None:
    stability_service.knobs.failures = [Failure(status, f"their words and {KEY}")]
    assert await reach(_service(stability_service.url)) == Reach(False, detail)


async def test_a_service_that_answers_is_reachable(stability_service: StabilityService) -> None:
    assert await reach(_service(stability_service.url + "/")) == Reach(True)
    assert stability_service.paid == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "https://[", ""])
async def test_a_service_that_is_not_there_does_not_answer(url: str) -> None:
    assert await reach(_service(url)) == Reach(False, "Stability AI does not answer.")


async def test_a_service_that_is_slow_does_not_answer(
    stability_service: StabilityService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "_SECONDS", 0.0)
    assert await reach(_service(stability_service.url)) == Reach(False, "Stability AI does not answer.")


async def test_without_a_key_nobody_is_asked() -> None:
    assert await reach(_service("http://127.0.0.1:9", "")) == Reach(False, "There is no key for Stability AI.")
