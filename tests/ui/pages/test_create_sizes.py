"""The sizes on offer are ones that the model makes."""

import pytest

from clonegallery.generations.schemas import ModelRead, Provider
from clonegallery.ui.pages.create import sizes


def _model(**about: object) -> ModelRead:
    given: dict[str, object] = {
        "id": "m", "name": "M", "provider": Provider.LOCAL, "is_default": True, "width": 512, "height": 512,
        "sizes": [], "min_side": 64, "max_side": 2048, "multiple": 8, "steps": 20, "max_steps": 150,
        "guidance_scale": 7.5, "schedulers": [], "takes_negative_prompt": True, "takes_seed": True,
        "takes_init_image": True, "prompt_max": 4000, "licence": "",
    }  # fmt: skip
    return ModelRead.model_validate(given | about)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({}, ["512x512", "448x640", "640x448"]),
        ({"width": 1024, "height": 1024}, ["1024x1024", "832x1280", "1280x832"]),
        ({"width": 64, "height": 64}, ["64x64", "64x80", "80x64"]),
        ({"width": 768, "height": 512}, ["768x512", "640x640", "512x768"]),
        ({"sizes": [(1024, 1024), (1024, 1536)], "width": 1024, "height": 1024}, ["1024x1024", "1024x1536"]),
    ],
)
def test_the_model_s_own_size_comes_first(about: dict[str, object], expected: list[str]) -> None:
    assert [size.value for size in sizes.sizes_of(_model(**about))] == expected


@pytest.mark.parametrize("side", [64, 96, 320, 512, 1000, 1024, 2048])
@pytest.mark.parametrize("multiple", [8, 16, 32, 64])
def test_every_size_on_offer_can_be_made(side: int, multiple: int) -> None:
    side = side // multiple * multiple or multiple
    model = _model(width=side, height=side, multiple=multiple, min_side=64, max_side=2048)
    for size in sizes.sizes_of(model):
        found = sizes.size_in(size.value)
        assert found is not None
        assert all(64 <= one <= 2048 and one % multiple == 0 for one in found)


@pytest.mark.parametrize(
    ("picture", "expected"), [((6000, 4000), (640, 448)), ((300, 300), (512, 512)), ((9, 16), (384, 704))]
)
def test_a_picture_to_begin_from_keeps_its_shape(picture: tuple[int, int], expected: tuple[int, int]) -> None:
    assert sizes.fitting(*picture, _model()) == expected


def test_of_some_sizes_the_one_in_the_nearest_shape_fits() -> None:
    model = _model(sizes=[(1024, 1024), (1024, 1536), (1536, 1024)], width=1024, height=1024)
    assert sizes.fitting(4000, 3000, model) == (1536, 1024)


@pytest.mark.parametrize(
    "value", ["", "custom", "12", "x", "1x", "-1x2", "1e3x2", "\uff11x\uff12", "1x2x3", "9999999x1"]
)
def test_what_is_no_size_is_none(value: str) -> None:
    assert sizes.size_in(value) is None
