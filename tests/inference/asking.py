"""Asking the adapter for pictures of tiny models, as the tests of its parts do."""

import asyncio
from pathlib import Path
from typing import Any

from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.port import GenerationSpec, Made
from clonegallery.settings import Settings
from tests.inference import tiny
from tests.inference.watching import Onlooker

FAMILIES = list(tiny.FAMILIES)
STEPS = 4


def settings_of(folder: Path, *names: str, **more: Any) -> Settings:
    """Settings for the processor and the named models in `folder`."""
    sources = ",".join(str(folder / name) for name in names)
    return Settings(ai_model=sources, ai_device="cpu", preview_interval_seconds=0.25, **more)


def spec_of(local: Diffusers, model_id: str, **asked: Any) -> GenerationSpec:
    """A small picture in a few steps, but for what is asked."""
    model = next(model for model in local.models() if model.id == model_id)
    usual: dict[str, Any] = {"prompt": "a castle", "width": 64, "height": 64, "seed": 7, "steps": STEPS}
    return GenerationSpec(model=model, **{**usual, **asked})


async def make_all(local: Diffusers, spec: GenerationSpec, watcher: Onlooker | None = None) -> list[Made]:
    """Every picture of `spec`."""
    return [made async for made in local.generate(spec, watcher or Onlooker())]


async def make_one(local: Diffusers, model_id: str, **asked: Any) -> Made:
    """The one picture of `spec_of`."""
    (made,) = await make_all(local, spec_of(local, model_id, **asked))
    return made


def pipeline_of(local: Diffusers) -> Any:
    """The pipeline in memory."""
    loaded = local._resident._loaded
    assert loaded is not None
    return loaded.pipeline


async def until_idle(local: Diffusers) -> None:
    """Until the thread has done everything that it was given."""
    await asyncio.wrap_future(local._thread.submit(lambda: None))
