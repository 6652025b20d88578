"""The scenes that models learn from, and those that they never see: some combinations are kept back for judging."""

from dataclasses import replace
from typing import Final
from zlib import crc32

import numpy as np

from clonegallery.demo.chance import random_scene
from clonegallery.demo.scene import Colour, OrbKind, Scene, Water

_KEPT_BACK: Final = 8
"""One combination in so many is kept back."""

_ODD: Final = 0.15
_SUN_COLOURS: Final = (Colour.WHITE, Colour.YELLOW, Colour.ORANGE, Colour.RED)
_WATER_COLOURS: Final = (Colour.BLUE, Colour.TURQUOISE, Colour.GREEN, Colour.GREY)


def is_kept_back(scene: Scene) -> bool:
    """Whether this sky over this water, ground and mountains is one that no model learns from."""
    combination = f"{scene.sky}|{scene.water}|{scene.ground}|{scene.mountains}"
    return crc32(combination.encode()) % _KEPT_BACK == 0


def teaching_scene(seed: int, index: int) -> Scene:
    """The scene at `index` of the endless row that `seed` begins; some have colours that nature would not give."""
    rng = np.random.default_rng([seed, index])
    while True:
        scene = random_scene(rng)
        if not is_kept_back(scene):
            return _odd(scene, rng) if rng.random() < _ODD else scene


def judging_scene(seed: int, index: int) -> Scene:
    """As above, of the combinations that are kept back; nothing about them is odd."""
    rng = np.random.default_rng([seed, index, 1])
    while not is_kept_back(scene := random_scene(rng)):
        pass
    return scene


def _odd(scene: Scene, rng: np.random.Generator) -> Scene:
    """The same scene with another colour of its sun and of its water, so that neither is learned from the sky alone."""
    orb = scene.orb
    if orb is not None and orb.kind is OrbKind.SUN:
        orb = replace(orb, colour=_SUN_COLOURS[int(rng.integers(len(_SUN_COLOURS)))])
    colour = scene.water_colour
    if scene.water is not Water.NONE:
        colour = _WATER_COLOURS[int(rng.integers(len(_WATER_COLOURS)))]
    return replace(scene, orb=orb, water_colour=colour)
