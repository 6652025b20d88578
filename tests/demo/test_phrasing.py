"""Whatever is said of a scene is true of it, and it is said in many ways."""

import numpy as np
import pytest

from clonegallery.demo.chance import random_scene
from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Clouds, Ground, Hour, Mountains, OrbKind, Relief, Scene, Stars, TreeKind, Water

SCENES = [random_scene(np.random.default_rng(seed)) for seed in range(150)]


def _there(scene: Scene) -> dict[str, bool]:
    """What each word means, and whether it holds."""
    kind = scene.trees.kind if scene.trees else None
    water = scene.water
    return {
        " sun ": scene.orb is not None and scene.orb.kind is OrbKind.SUN,
        " moon ": scene.orb is not None and scene.orb.kind is OrbKind.MOON,
        "star": scene.stars is not Stars.NONE,
        "cloud": scene.clouds is not Clouds.NONE,
        "overcast": scene.clouds is Clouds.HEAVY,
        "rainbow": scene.rainbow,
        "northern lights": scene.aurora,
        "aurora": scene.aurora,
        "mountain": scene.mountains is not Mountains.NONE,
        "snowy mountains": scene.mountains is Mountains.SNOWY,
        "hills": scene.relief is Relief.HILLS,
        "dunes": scene.relief is Relief.DUNES,
        " sea ": water is Water.SEA,
        "ocean": water is Water.SEA,
        "beach": water is Water.SEA and scene.ground is Ground.SAND,
        "desert": scene.is_desert,
        "lake": water is Water.LAKE,
        "river": water is Water.RIVER,
        "palm": kind is TreeKind.PALM,
        "conifer": kind is TreeKind.CONIFER,
        "forest": scene.trees is not None and scene.trees.is_forest,
        "house": scene.houses is not None,
        "cottage": scene.houses is not None,
        "boat": scene.boats is not None,
        "bird": scene.birds > 0,
        "flower": scene.flowers is not None,
        "sunset": scene.hour is Hour.DUSK,
        "sunrise": scene.hour is Hour.DAWN,
        "midnight": scene.hour is Hour.NIGHT,
        "in daylight": scene.hour is Hour.DAY,
        f"{scene.sky} sky": True,
    }


@pytest.mark.parametrize("scene", SCENES[:50], ids=range(50))
def test_nothing_is_said_that_is_not_there(scene: Scene) -> None:
    rng = np.random.default_rng(5)
    there = _there(scene)
    for _ in range(60):
        said = phrase(scene, rng)
        text = f" {said.lower()} ".replace(",", " ").replace(".", " ")
        if scene.houses is None:
            text = text.replace("lighthouse", "")  # Which is no house.
        found = {word for word, holds in there.items() if not holds and word in text}
        assert scene.lighthouse is not None or "lighthouse" not in said
        assert not found, said


def test_it_is_said_in_many_ways_and_the_same_chance_says_the_same() -> None:
    scene = SCENES[3]
    said = [phrase(scene, np.random.default_rng(seed)) for seed in range(60)]
    assert said == [phrase(scene, np.random.default_rng(seed)) for seed in range(60)]
    assert len(set(said)) > 45
    assert (min(map(len, said)) < 40, max(map(len, said)) > 100) == (True, True)


def test_what_is_said_is_a_phrase() -> None:
    rng = np.random.default_rng(7)
    for scene in SCENES:
        for _ in range(10):
            said = phrase(scene, rng)
            assert said == " ".join(said.split()), said
            assert not any(
                wrong in f" {said} " for wrong in (" a orange", " a aurora", " an red", ", ,", "{", " and .")
            ), said
