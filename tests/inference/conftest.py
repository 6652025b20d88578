"""The stand-ins of the paid services, waits that no test has to sit out, and the adapter over tiny models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clonegallery.inference import own_models, remote
from clonegallery.inference import replicate as replicate_adapter
from clonegallery.inference.diffusers import Diffusers
from tests.inference.asking import FAMILIES, settings_of
from tests.providers.openai_images import OpenAIService, openai_images
from tests.providers.replicate import ReplicateService, replicate
from tests.providers.stability import StabilityService, stability


@pytest.fixture
def openai_service() -> Iterator[OpenAIService]:
    with openai_images() as service:
        yield service


@pytest.fixture
def stability_service() -> Iterator[StabilityService]:
    with stability() as service:
        yield service


@pytest.fixture
def replicate_service() -> Iterator[ReplicateService]:
    with replicate() as service:
        yield service


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that are a hundred times shorter; how long they are meant to be is `test_remote`'s matter."""
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.005)
    monkeypatch.setattr(replicate_adapter, "POLL_SECONDS", 0.005)


@pytest.fixture
def local(tiny_models: Path) -> Diffusers:
    """The adapter over all the tiny models; nothing is loaded yet."""
    return Diffusers(settings_of(tiny_models, *FAMILIES))


@pytest.fixture
def nothing_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A gallery that comes without a model, and the folder where it would lie."""
    monkeypatch.setattr(own_models, "OWN_MODELS", tmp_path / "own")
    return tmp_path / "own"
