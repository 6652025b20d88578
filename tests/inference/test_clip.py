"""Pictures and words placed by small models of two families, loaded by the real `from_pretrained`."""

from pathlib import Path

import numpy as np
import pytest

from clonegallery.errors import GenerationFailed, UnreadableImage
from clonegallery.inference.clip import Clip
from tests.factories import jpeg_bytes

FAMILIES = ("clip", "siglip")


@pytest.mark.parametrize("family", FAMILIES)
def test_pictures_and_words_lie_in_one_space(tiny_models: Path, family: str) -> None:
    clip = Clip(str(tiny_models / family))
    pictures = clip.images([jpeg_bytes(seed=1), jpeg_bytes((90, 300), seed=2)])
    words = clip.texts(["a red sun", "", "a " * 500])
    assert pictures.shape == (2, clip.dimensions)
    assert words.shape == (3, clip.dimensions)
    assert np.linalg.norm(np.vstack([pictures, words]), axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_lies_where_it_lies_whatever_comes_with_it(tiny_models: Path, family: str) -> None:
    clip = Clip(str(tiny_models / family))
    several = [jpeg_bytes(seed=seed) for seed in (1, 2, 3)]
    together = clip.images(several)
    for index, alone in enumerate(several):
        assert clip.images([alone])[0] == pytest.approx(together[index], abs=1e-5)
    assert clip.texts(["sea"])[0] == pytest.approx(clip.texts(["a longer one", "sea"])[1], abs=1e-5)


def test_what_is_no_picture_is_refused(tiny_models: Path) -> None:
    clip = Clip(str(tiny_models / "clip"))
    with pytest.raises(UnreadableImage):
        clip.images([jpeg_bytes(), b"no picture"])


def test_a_model_that_is_not_there_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GenerationFailed, match="The model empty cannot be loaded") as failed:
        Clip(str(tmp_path / "empty"))
    assert str(tmp_path) not in failed.value.detail
