"""A caption names what the scene holds, with counts, colours and sides, and nothing else."""

import numpy as np

from clonegallery.demo.caption import caption, tags
from clonegallery.demo.chance import random_scene
from clonegallery.demo.scene import (
    Boats,
    Clouds,
    Colour,
    Ground,
    Height,
    Hour,
    Houses,
    Mountains,
    Orb,
    OrbKind,
    Relief,
    Scene,
    Side,
    Sky,
    Stars,
    TreeKind,
    Trees,
    Water,
)
from clonegallery.demo.titles import title, titles

SCENES = [random_scene(np.random.default_rng(seed)) for seed in range(400)]


def test_a_whole_scene_in_words() -> None:
    scene = Scene(
        hour=Hour.DUSK,
        sky=Sky.ORANGE,
        orb=Orb(OrbKind.SUN, Colour.RED, Side.LEFT, Height.LOW),
        clouds=Clouds.FEW,
        mountains=Mountains.SNOWY,
        relief=Relief.HILLS,
        ground=Ground.GRASS,
        water=Water.LAKE,
        water_colour=Colour.BLUE,
        trees=Trees(TreeKind.CONIFER, Colour.GREEN, 3, Side.RIGHT),
        houses=Houses(1, Colour.WHITE, Side.LEFT),
        boats=Boats(2, Colour.ORANGE, Side.CENTRE),
        birds=4,
        flowers=Colour.YELLOW,
    )
    assert caption(scene) == (
        "At dusk, a red sun stands low on the left in an orange sky with a few clouds. "
        "Snowy mountains and green hills rise behind a blue lake and a green meadow. "
        "There are three green conifers on the right, a white house on the left, "
        "two sailing boats with orange sails in the centre, four birds in the air and many yellow flowers."
    )


def test_captions_mention_exactly_what_is_there() -> None:
    for scene in SCENES:
        text = caption(scene).lower()
        there = {
            " sun ": scene.orb is not None and scene.orb.kind is OrbKind.SUN,
            " moon ": scene.orb is not None and scene.orb.kind is OrbKind.MOON,
            "stars": scene.stars is not Stars.NONE,
            "cloud": scene.clouds is not Clouds.NONE,
            "rainbow": scene.rainbow,
            "northern lights": scene.aurora,
            "mountains": scene.mountains is not Mountains.NONE,
            " hills": scene.relief is Relief.HILLS,
            "dunes": scene.relief is Relief.DUNES,
            " sea": scene.water is Water.SEA,
            " lake": scene.water is Water.LAKE,
            " river": scene.water is Water.RIVER,
            " house": scene.houses is not None,
            "sailing boat": scene.boats is not None,
            "lighthouse": scene.lighthouse is not None,
            " bird": scene.birds > 0,
            "flowers": scene.flowers is not None,
            "forest": scene.trees is not None and scene.trees.is_forest,
        }
        assert {word for word in there if word in text} == {word for word, present in there.items() if present}, text


def test_captions_differ_when_scenes_do() -> None:
    assert len({caption(scene) for scene in SCENES}) == len(set(map(repr, SCENES)))


def test_captions_are_clean_sentences() -> None:
    for scene in SCENES:
        text = caption(scene)
        assert text.endswith(".")
        assert "  " not in text
        assert not any(bad in text for bad in (" a orange", " a old", " an blue", "none", "Colour."))


def test_tags_are_plain_lower_case_and_not_repeated() -> None:
    for scene in SCENES:
        words = tags(scene)
        assert len(words) == len(set(words))
        assert all(type(word) is str and word == word.lower() for word in words)
        assert str(scene.hour) in words


def test_titles_are_short_stable_and_unnumbered() -> None:
    for scene in SCENES:
        assert title(scene) == title(scene) == titles(scene)[0]
        assert 3 < len(title(scene)) < 40
        assert not any(letter.isdigit() for letter in title(scene))
    assert len({title(scene) for scene in SCENES}) > 100
