"""What the tests of the adapters stand on: settings for a stand-in, something to ask for, and somebody who waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import SecretStr

from clonegallery.errors import GalleryError
from clonegallery.inference.catalogue_remote import models_of
from clonegallery.inference.port import GenerationSpec, ImageGenerator, Made, Provider
from clonegallery.settings import Settings
from tests.providers.paid import KEY


class Waiting:
    """A watcher that remembers what it was told. `survives` is what it kept for a worker that takes over."""

    def __init__(self, noted: str | None = None) -> None:
        self.cancelled = asyncio.Event()
        self.steps: list[tuple[int, int, bytes | None]] = []
        self.notes: list[str | None] = []
        self._noted = noted

    async def step(self, step: int, steps: int, preview: bytes | None = None) -> None:
        self.steps.append((step, steps, preview))

    def noted(self) -> str | None:
        return self._noted

    async def note(self, text: str | None) -> None:
        self._noted = text
        self.notes.append(text)


def settings_for(provider: Provider, url: str, **more: Any) -> Settings:
    """Settings with a key for `provider` at `url` alone, and little patience."""
    key = "replicate_api_token" if provider is Provider.REPLICATE else f"{provider}_api_key"
    chosen: dict[str, Any] = {key: SecretStr(KEY), f"{provider}_url": url, "ai_retries": 2, "ai_seconds": 10.0}
    return Settings(**(chosen | more))


def spec_for(provider: Provider, model: str, **more: Any) -> GenerationSpec:
    """A prompt for `model`, in the model's own size."""
    named: dict[str, Any] = {f"{provider}_models": [model]}
    [described] = models_of(provider, Settings(**named))
    chosen: dict[str, Any] = {"width": described.width, "height": described.height, "seed": 7}
    return GenerationSpec(model=described, prompt="A castle", **(chosen | more))


async def all_of(generator: ImageGenerator, spec: GenerationSpec, watcher: Waiting) -> list[Made]:
    """Every picture of `spec`."""
    return [made async for made in generator.generate(spec, watcher)]


async def first_of(
    generator: ImageGenerator, spec: GenerationSpec, watcher: Waiting
) -> tuple[Made, AsyncIterator[Made]]:
    """The first picture, while the generator still waits to be asked for the second."""
    pictures = generator.generate(spec, watcher)
    return await anext(pictures), pictures


async def until(happened: Callable[[], object]) -> None:
    """Return as soon as something has happened in a stand-in, which runs in a thread of its own."""
    while not happened():  # noqa: ASYNC110 Its thread has no way to set an event of this loop.
        await asyncio.sleep(0.01)


async def failure_of(generator: ImageGenerator, spec: GenerationSpec) -> GalleryError:
    """The error that making `spec` ends with; afterwards nothing keeps a worker from asking again."""
    watcher = Waiting()
    with pytest.raises(GalleryError) as raised:
        await all_of(generator, spec, watcher)
    assert watcher.noted() is None
    return raised.value
