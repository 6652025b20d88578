"""The painter is measured by its pixels: same seed same picture, and what was asked for is where it was asked for."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from clonegallery.demo.chance import random_scene
from clonegallery.demo.painter import paint
from clonegallery.demo.scene import (
    Boats,
    Colour,
    Ground,
    Height,
    Hour,
    Houses,
    Mountains,
    Orb,
    OrbKind,
    Scene,
    Side,
    Sky,
    Water,
)

SIZE = (240, 160)
RED_SUN = Orb(OrbKind.SUN, Colour.RED, Side.LEFT, Height.LOW)
SUNSET = Scene(Hour.DUSK, Sky.ORANGE, RED_SUN, ground=Ground.NONE, water=Water.SEA)


def pixels(scene: Scene, seed: int = 3, size: tuple[int, int] = SIZE) -> NDArray[np.float64]:
    return np.asarray(paint(scene, size, seed), np.float64)


def test_the_same_seed_gives_the_same_pixels_and_another_seed_does_not() -> None:
    assert paint(SUNSET, SIZE, 5).tobytes() == paint(SUNSET, SIZE, 5).tobytes()
    assert paint(SUNSET, SIZE, 5).tobytes() != paint(SUNSET, SIZE, 6).tobytes()


@pytest.mark.parametrize("size", [(128, 128), (64, 64), (480, 320), (320, 480), (840, 360), (321, 257)])
def test_any_size_and_shape_is_painted(size: tuple[int, int]) -> None:
    for seed in range(6):
        image = paint(random_scene(np.random.default_rng(seed)), size, seed)
        assert (image.size, image.mode) == (size, "RGB")
        assert np.asarray(image).std() > 10


def test_a_night_is_dark_and_a_day_is_bright() -> None:
    night = Scene(Hour.NIGHT, Sky.NAVY, ground=Ground.GRASS)
    day = Scene(Hour.DAY, Sky.BLUE, ground=Ground.GRASS)
    assert pixels(night).mean() < 70
    assert pixels(day).mean() > 110


@pytest.mark.parametrize("seed", range(5))
def test_the_side_of_the_sun_is_the_brighter_side(seed: int) -> None:
    third = SIZE[0] // 3
    for side in (Side.LEFT, Side.RIGHT):
        scene = replace(SUNSET, orb=replace(RED_SUN, colour=Colour.YELLOW, side=side))
        sky = pixels(scene, seed)[: SIZE[1] // 2]
        left, right = sky[:, :third].mean(), sky[:, -third:].mean()
        assert (left > right) == (side is Side.LEFT)


@pytest.mark.parametrize("seed", range(4))
def test_a_red_sun_stands_over_a_blue_sea(seed: int) -> None:
    picture = pixels(replace(SUNSET, sky=Sky.PURPLE), seed)
    red, green, blue = np.moveaxis(picture, 2, 0)
    disc = (red > 200) & (green < 120) & (blue < 110)
    assert disc[: SIZE[1] // 2 + 20, : SIZE[0] // 2].sum() > 60
    assert disc[:, SIZE[0] * 2 // 3 :].sum() == 0
    sea = picture[-40:, SIZE[0] // 2 :].mean(axis=(0, 1))
    assert sea.argmax() == 2


@pytest.mark.parametrize(("sky", "channel"), [(Sky.BLUE, 2), (Sky.ORANGE, 0), (Sky.RED, 0), (Sky.NAVY, 2)])
def test_the_sky_has_its_colour(sky: Sky, channel: int) -> None:
    hour = {Sky.BLUE: Hour.DAY, Sky.NAVY: Hour.NIGHT}.get(sky, Hour.DUSK)
    assert pixels(Scene(hour, sky))[: SIZE[1] // 3].mean(axis=(0, 1)).argmax() == channel


@pytest.mark.parametrize(
    "more",
    [
        {"houses": Houses(2, Colour.RED, Side.RIGHT)},
        {"boats": Boats(2, Colour.RED, Side.RIGHT)},
        {"lighthouse": Side.RIGHT},
    ],
)
def test_things_are_painted_on_their_own_side(more: dict[str, object]) -> None:
    plain = Scene(Hour.DAY, Sky.BLUE, ground=Ground.SAND, water=Water.SEA)
    scene = replace(plain, **more)  # type: ignore[arg-type]  # One field a case, each of its own type.
    changed = np.abs(pixels(scene) - pixels(plain)).sum(axis=2) > 60
    half = SIZE[0] // 2
    assert changed[:, half:].sum() > 80
    assert changed[:, half:].sum() > 4 * changed[:, :half].sum()


def test_snow_whitens_the_mountains() -> None:
    bare = Scene(Hour.DAY, Sky.BLUE, mountains=Mountains.BARE)
    snowy = replace(bare, mountains=Mountains.SNOWY)
    brighter = pixels(snowy).mean(axis=2) - pixels(bare).mean(axis=2)
    assert (brighter > 25).sum() > 500
