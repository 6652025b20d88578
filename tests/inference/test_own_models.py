"""The small models that come with the gallery are there, are what is used unasked, and do what their cards say."""

import numpy as np
import pytest

from clonegallery.demo.caption import caption
from clonegallery.demo.painter import paint
from clonegallery.inference.clip import Clip
from clonegallery.inference.embedders import embedding_model
from clonegallery.inference.own_models import CLIP, OWN_MODELS, located
from clonegallery.settings import Settings
from workers.training.judging_clip import ranks_of, shared
from workers.training.scenes import judging_scene
from workers.training.wrapping import png

_SCENES = 60


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(located(CLIP))


def test_they_are_small_and_each_has_a_card() -> None:
    folders = [path for path in OWN_MODELS.iterdir() if path.is_dir()]
    assert sum(path.stat().st_size for path in OWN_MODELS.rglob("*") if path.is_file()) < 25_000_000
    for folder in folders:
        card = (folder / "README.md").read_text()
        assert card.startswith("---\nlicense: mit\n")
        for part in ("## Data", "## Training", "## Figures", "## Limits"):
            assert part in card


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
