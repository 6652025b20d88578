"""Too little memory: smaller batches with a freshly loaded model, and a plain word where that does not help."""

import json
import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from clonegallery.errors import OutOfMemory
from clonegallery.inference.diffusers import Diffusers
from tests.inference.asking import make_all, make_one, pipeline_of, settings_of, spec_of


class Cramped(StableDiffusionPipeline):
    """A device that has memory for so many pictures at once."""

    fits = 1

    @wraps(StableDiffusionPipeline.__call__)
    def __call__(self, *args: Any, **asked: Any) -> Any:
        if asked["num_images_per_prompt"] > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return super().__call__(*args, **asked)


@pytest.fixture
def cramped(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Diffusers]:
    def make(fits: int) -> Diffusers:
        monkeypatch.setattr(Cramped, "fits", fits)
        monkeypatch.setitem(AUTO_TEXT2IMAGE_PIPELINES_MAPPING, "stable-diffusion", Cramped)
        return Diffusers(settings_of(tiny_models, "cramped"), at_once=4)

    folder = tiny_models / "cramped"
    if not folder.exists():
        shutil.copytree(tiny_models / "sd1", folder)
        index = json.loads((folder / "model_index.json").read_text())
        (folder / "model_index.json").write_text(json.dumps({**index, "_class_name": "Cramped"}))
    return make


async def test_too_little_memory_means_smaller_batches(cramped: Callable[[int], Diffusers], tiny_models: Path) -> None:
    local = cramped(2)
    made = await make_all(local, spec_of(local, "cramped", count=5))
    assert [picture.position for picture in made] == [0, 1, 2, 3, 4]
    Cramped.fits = 4
    roomy = Diffusers(settings_of(tiny_models, "cramped"), at_once=2)
    same = await make_all(roomy, spec_of(roomy, "cramped", count=5))
    assert [picture.content for picture in made] == [picture.content for picture in same]


async def test_no_memory_for_even_one_picture_is_said_and_the_model_unloaded(
    cramped: Callable[[int], Diffusers],
) -> None:
    local = cramped(0)
    with pytest.raises(OutOfMemory, match="not enough memory for 64 x 64 pixels"):
        await make_all(local, spec_of(local, "cramped", count=4))
    assert local.describe()["loaded"] is None
    Cramped.fits = 4
    assert len(await make_all(local, spec_of(local, "cramped", count=4))) == 4


async def test_too_little_memory_of_the_processor_is_out_of_memory_too(local: Diffusers) -> None:
    await make_one(local, "sd1")

    def fail(*_args: Any) -> None:
        torch.empty(2**60, dtype=torch.uint8)

    pipeline_of(local).unet.register_forward_pre_hook(fail)
    # The model is loaded anew for a second try of several pictures, but one alone is not tried again.
    with pytest.raises(OutOfMemory):
        await make_one(local, "sd1")
