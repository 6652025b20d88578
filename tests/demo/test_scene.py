"""Random scenes hold only what goes together, and the same seed gives the same scene."""

import numpy as np
import pytest

from clonegallery.demo.chance import random_scene
from clonegallery.demo.scene import Ground, Hour, OrbKind, Relief, Scene, Sky, Stars, TreeKind, Water

SCENES = [random_scene(np.random.default_rng(seed)) for seed in range(600)]


def test_the_same_seed_gives_the_same_scene() -> None:
    assert random_scene(np.random.default_rng(7)) == random_scene(np.random.default_rng(7))
    assert len(set(map(repr, SCENES))) > 550


@pytest.mark.parametrize("kind", [*Hour, *Sky, *Water, *Ground, *Relief, *TreeKind])
def test_every_kind_of_content_occurs(kind: str) -> None:
    assert any(kind in _contents(scene) for scene in SCENES)


def _contents(scene: Scene) -> list[str | None]:
    trees = scene.trees.kind if scene.trees else None
    return [scene.hour, scene.sky, scene.water, scene.ground, scene.relief, trees]


def test_the_sky_is_true_to_the_hour() -> None:
    for scene in SCENES:
        night = scene.hour is Hour.NIGHT
        assert night or (scene.stars is Stars.NONE and not scene.aurora)
        assert not (night and scene.rainbow)
        if scene.orb:
            assert (scene.orb.kind is OrbKind.MOON) == night
            assert not scene.rainbow, "a rainbow stands opposite the sun"


def test_boats_need_open_water_and_houses_need_ground() -> None:
    for scene in SCENES:
        assert scene.boats is None or scene.water in (Water.SEA, Water.LAKE)
        assert scene.ground is not Ground.NONE or (scene.houses is None and scene.trees is None)
        assert scene.lighthouse is None or (scene.water is Water.SEA and scene.ground is not Ground.NONE)


def test_nothing_tall_hides_the_sun_or_another_thing() -> None:
    for scene in SCENES:
        ashore = [scene.lighthouse, scene.trees and scene.trees.side, scene.houses and scene.houses.side]
        taken = [side for side in ashore if side]
        assert len(taken) == len(set(taken))
        assert scene.boats is None or scene.boats.side not in taken
        assert scene.orb is None or scene.orb.side not in [side for side in ashore[:2] if side]
