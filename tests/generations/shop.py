"""Running what was asked for, in this process, as a `gpu` and a `media` worker do."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from clonegallery.accounts.schemas import Viewer
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationRead, GenerationRequest
from clonegallery.inference.select import forget_generators
from clonegallery.jobs.runner import Runner
from clonegallery.settings import get_settings
from tests import factories
from tests.ui.pages.pictures import viewer_of_person
from workers import gpu

QUICK = {"PREVIEW_INTERVAL_SECONDS": "0.25", "JOB_LEASE_SECONDS": "20"}


def with_models(monkeypatch: pytest.MonkeyPatch, *folders: Path, **more: str) -> Iterator[None]:
    """A gallery whose own models these are."""
    for name, value in {"AI_MODEL": ",".join(map(str, folders)), **QUICK, **more}.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    forget_generators()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_generators()


async def editor() -> Viewer:
    return await viewer_of_person(await factories.bob())


async def run_all() -> None:
    """Make everything that waits."""
    runner = Runner("gpu", gpu.KINDS)
    while await runner.run_next():
        pass


async def made(viewer: Viewer, **wanted: object) -> GenerationRead:
    """Ask, make, and read again."""
    asked = await service.request(viewer, GenerationRequest.model_validate({"prompt": "a sea", "steps": 4} | wanted))
    await run_all()
    return await service.detail(viewer, asked.id)


def ids(generation: GenerationRead) -> list[UUID]:
    return [image.id for image in generation.images]
