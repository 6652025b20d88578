"""The small models that come with the gallery are there, are what is used unasked, and do what their cards say."""

import re
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clonegallery.demo.caption import caption
from clonegallery.demo.painter import paint
from clonegallery.inference.clip import Clip
from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.embedders import embedding_model
from clonegallery.inference.own_models import CLIP, DIFFUSION, OWN_MODELS, located
from clonegallery.settings import Settings
from tests.inference.asking import make_one
from workers.training.judging_clip import ranks_of, shared
from workers.training.scenes import judging_scene
from workers.training.wrapping import png

_SCENES = 60


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(located(CLIP))


@pytest.fixture(scope="module")
def painter() -> Diffusers:
    """As a worker has it where nothing is set up."""
    return Diffusers(Settings(ai_model="", ai_models=[], ai_device="cpu"))


async def _painted(painter: Diffusers, prompt: str, **asked: Any) -> NDArray[np.float64]:
    """The pixels of the picture at the model's own size, steps and guidance."""
    (model,) = painter.models()
    usual = {"width": model.width, "height": model.height, "steps": model.steps, "guidance_scale": model.guidance_scale}
    made = await make_one(painter, DIFFUSION, **{**usual, "prompt": prompt, "seed": 3, **asked})
    with Image.open(BytesIO(made.content)) as picture:
        return np.asarray(picture.convert("RGB"), np.float64)


def _png(pixels: NDArray[np.float64]) -> bytes:
    return png(pixels.astype(np.uint8))


def test_they_are_small_and_each_has_a_card() -> None:
    folders = [path for path in OWN_MODELS.iterdir() if path.is_dir()]
    assert sum(path.stat().st_size for path in OWN_MODELS.rglob("*") if path.is_file()) < 25_000_000
    for folder in folders:
        card = (folder / "README.md").read_text()
        assert card.startswith("---\nlicense: mit\n")
        for part in ("## Data", "## Training", "## Figures", "## Limits"):
            assert part in card


def test_they_tell_nothing_of_where_they_were_taught() -> None:
    for config in OWN_MODELS.rglob("*.json"):
        assert not re.search(r'"(/|[A-Z]:|~)\w+', config.read_text()), config


@pytest.mark.parametrize("named", ["", CLIP])
def test_pictures_are_placed_by_it_where_no_other_is_named(named: str) -> None:
    model = embedding_model(Settings(embedding_model=named))
    assert model is not None
    assert (model.name, len(model.fingerprint)) == (CLIP, 64)
    assert str(OWN_MODELS) not in model.name
    assert embedding_model(Settings(embedding_model="none")) is None


def test_scenes_that_it_never_saw_are_found_by_their_captions(clip: Clip) -> None:
    scenes = [judging_scene(77, index) for index in range(_SCENES)]
    painted = clip.images([png(np.asarray(paint(scene, (128, 128), 5))) for scene in scenes])
    ranks = ranks_of(clip.texts([caption(scene) for scene in scenes]), painted)
    assert np.mean(ranks < 1) > 0.85
    assert np.mean(ranks < 10) > 0.97
    assert dict(shared(scenes, painted))["water"] > 0.7


def test_large_wide_and_small_pictures_of_a_scene_lie_near_each_other(clip: Clip) -> None:
    scene, other = judging_scene(77, 1), judging_scene(77, 2)
    sizes = ((128, 128), (600, 600), (600, 420))
    first, *same = clip.images([png(np.asarray(paint(scene, size, 5))) for size in sizes])
    (different,) = clip.images([png(np.asarray(paint(other, (600, 600), 5)))])
    assert min(float(first @ one) for one in same) > float(first @ different) + 0.2


async def test_what_is_asked_for_is_what_is_made(painter: Diffusers) -> None:
    sea = await _painted(painter, "a red sun over a blue sea")
    meadow = await _painted(painter, "a green meadow by day under a blue sky")
    night = await _painted(painter, "a field of snow at night with stars")
    desert = await _painted(painter, "a sandy desert with dunes in daylight, blue sky")
    top, bottom = slice(0, 32), slice(104, 128)
    assert np.median(sea[bottom, :, 2] - sea[bottom, :, 0]) > 0, "the sea is blue"
    assert (sea[:64, :, 0] - sea[:64, :, 2]).max() > 60, "something red is above it"
    assert np.median(meadow[bottom, :, 1] - meadow[bottom, :, 2]) > 20, "the meadow is green"
    assert np.median(meadow[top, :, 2] - meadow[top, :, 0]) > 20, "the sky over it is blue"
    assert np.median(desert[bottom, :, 0] - desert[bottom, :, 2]) > 20, "sand is yellow or red"
    assert desert[top].mean() - night[top].mean() > 60, "nights are dark, days are bright"


async def test_a_seed_means_what_it_says(painter: Diffusers) -> None:
    first, again, other = [await _painted(painter, "a lighthouse by the sea", seed=seed) for seed in (5, 5, 6)]
    assert np.array_equal(first, again)
    assert np.abs(first - other).mean() > 5


async def test_a_picture_is_begun_from(painter: Diffusers) -> None:
    sun = await _painted(painter, "a red sun over a blue sea")
    little, much = [
        await _painted(painter, "a white moon over a blue sea at night", init_image=_png(sun), strength=strength)
        for strength in (0.2, 0.9)
    ]
    assert np.abs(little - sun).mean() < np.abs(much - sun).mean() / 2
    assert much[:32].mean() < sun[:32].mean(), "it became night"
