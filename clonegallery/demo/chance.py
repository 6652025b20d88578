"""Random scenes in which everything goes together: no stars at noon, no palms in the snow, no boat on a meadow."""

from collections.abc import Collection
from typing import Final, TypeVar

import numpy as np

from clonegallery.demo.scene import (
    FOREST,
    SKIES,
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

T = TypeVar("T")

SUN_COLOURS: Final[dict[Hour, tuple[Colour, ...]]] = {
    Hour.DAWN: (Colour.YELLOW, Colour.ORANGE, Colour.WHITE),
    Hour.DAY: (Colour.WHITE, Colour.YELLOW),
    Hour.DUSK: (Colour.RED, Colour.ORANGE, Colour.YELLOW),
}
MOON_COLOURS: Final = (Colour.WHITE, Colour.WHITE, Colour.YELLOW, Colour.ORANGE)
LEAF_COLOURS: Final = (Colour.GREEN, Colour.GREEN, Colour.ORANGE, Colour.RED, Colour.PINK, Colour.YELLOW)
FLOWER_COLOURS: Final = (Colour.RED, Colour.YELLOW, Colour.PURPLE, Colour.WHITE, Colour.PINK, Colour.BLUE)
WALL_COLOURS: Final = (Colour.WHITE, Colour.RED, Colour.YELLOW, Colour.BLUE)
SAIL_COLOURS: Final = (Colour.WHITE, Colour.WHITE, Colour.RED, Colour.ORANGE, Colour.BLUE)


class _Dice:
    """Choices from one generator; every answer is one draw."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def pick(self, options: tuple[T, ...]) -> T:
        return options[int(self._rng.integers(len(options)))]

    def chance(self, probability: float) -> bool:
        return bool(self._rng.random() < probability)

    def count(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))


def random_scene(rng: np.random.Generator) -> Scene:
    """A consistent scene; the same generator state gives the same scene."""
    dice = _Dice(rng)
    hour = dice.pick((Hour.DAWN, Hour.DAY, Hour.DAY, Hour.DUSK, Hour.DUSK, Hour.NIGHT))
    sky = dice.pick(SKIES[hour])
    clouds = _clouds(dice, hour, sky)
    water, ground, relief, mountains = _land(dice)
    sides = _free_sides(dice, water)
    houses = _houses(dice, ground, water, sides)
    ashore = water is Water.SEA and ground is not Ground.NONE
    lighthouse = sides.pop(0) if ashore and dice.chance(0.3) else None
    trees = None if ground is Ground.NONE else _trees(dice, ground, water, sides)
    orb = _orb(dice, hour, sky, {lighthouse, trees.side if trees else None})
    return Scene(
        hour=hour,
        sky=sky,
        orb=orb,
        stars=_stars(dice, hour, clouds),
        clouds=clouds,
        rainbow=orb is None and hour is not Hour.NIGHT and dice.chance(0.3),
        aurora=hour is Hour.NIGHT
        and clouds is not Clouds.HEAVY
        and orb is None
        and dice.chance(0.6)
        and ground is not Ground.SAND,
        mountains=mountains,
        relief=relief,
        ground=ground,
        water=water,
        water_colour=_water_colour(dice, sky),
        trees=trees,
        houses=houses,
        boats=_boats(dice, water, sides),
        lighthouse=lighthouse,
        birds=dice.count(2, 7) if hour is not Hour.NIGHT and dice.chance(0.35) else 0,
        flowers=_flowers(dice, ground, hour),
    )


def _orb(dice: _Dice, hour: Hour, sky: Sky, hidden: Collection[Side | None]) -> Orb | None:
    """The sun or moon, never behind the tall things that stand on the `hidden` sides."""
    side = dice.pick(tuple(side for side in Side if side not in hidden))
    if hour is Hour.NIGHT:
        seen = dice.chance(0.6)
        return Orb(OrbKind.MOON, dice.pick(MOON_COLOURS), side, dice.pick(tuple(Height))) if seen else None
    if sky is Sky.GREY or dice.chance(0.3):
        return None
    height = dice.pick(tuple(Height)) if hour is Hour.DAY else Height.LOW
    return Orb(OrbKind.SUN, dice.pick(SUN_COLOURS[hour]), side, height)


def _clouds(dice: _Dice, hour: Hour, sky: Sky) -> Clouds:
    if sky is Sky.GREY:
        return Clouds.HEAVY
    if hour is Hour.NIGHT:
        return dice.pick((Clouds.NONE, Clouds.NONE, Clouds.WISPS, Clouds.FEW))
    return dice.pick((Clouds.NONE, Clouds.WISPS, Clouds.FEW, Clouds.FEW, Clouds.HEAVY))


def _stars(dice: _Dice, hour: Hour, clouds: Clouds) -> Stars:
    if hour is not Hour.NIGHT or clouds is Clouds.HEAVY:
        return Stars.NONE
    return dice.pick((Stars.FEW, Stars.MANY, Stars.MANY))


def _land(dice: _Dice) -> tuple[Water, Ground, Relief, Mountains]:
    water = dice.pick((Water.NONE, Water.NONE, Water.SEA, Water.SEA, Water.LAKE, Water.RIVER))
    peaks = dice.pick((Mountains.BARE, Mountains.SNOWY, Mountains.SNOWY, Mountains.NONE))
    match water:
        case Water.SEA:
            ground = dice.pick((Ground.SAND, Ground.SAND, Ground.GRASS, Ground.NONE, Ground.SNOW))
            return water, ground, Relief.FLAT, peaks if dice.chance(0.4) else Mountains.NONE
        case Water.NONE if dice.chance(0.3):
            return water, Ground.SAND, Relief.DUNES, Mountains.BARE if dice.chance(0.3) else Mountains.NONE
        case _:
            ground = dice.pick((Ground.GRASS, Ground.GRASS, Ground.STRAW, Ground.SNOW))
            relief = dice.pick((Relief.HILLS, Relief.HILLS, Relief.FLAT))
            return water, ground, relief, peaks


def _free_sides(dice: _Dice, water: Water) -> list[Side]:
    """Sides on which something may still be put, in the order in which they are filled."""
    sides = [Side.LEFT, Side.RIGHT] if dice.chance(0.5) else [Side.RIGHT, Side.LEFT]
    return sides if water is Water.RIVER else [*sides, Side.CENTRE]


def _houses(dice: _Dice, ground: Ground, water: Water, sides: list[Side]) -> Houses | None:
    lived_in = ground in (Ground.GRASS, Ground.STRAW, Ground.SNOW)
    if not lived_in or not dice.chance(0.45):
        return None
    most = 2 if water is Water.RIVER else 3
    return Houses(dice.count(1, most), dice.pick(WALL_COLOURS), sides.pop(0))


def _trees(dice: _Dice, ground: Ground, water: Water, sides: list[Side]) -> Trees | None:
    if not sides or not dice.chance(0.7):
        return None
    side = sides.pop(0)
    if ground is Ground.SAND:
        return Trees(TreeKind.PALM, Colour.GREEN, dice.count(1, 4), side)
    kind = TreeKind.CONIFER if ground is Ground.SNOW or dice.chance(0.5) else TreeKind.ROUND
    colour = Colour.GREEN if kind is TreeKind.CONIFER else dice.pick(LEAF_COLOURS)
    if ground is Ground.SNOW:
        colour = dice.pick((Colour.GREEN, Colour.WHITE))
    forest = water is not Water.SEA and side is not Side.CENTRE and dice.chance(0.55)
    return Trees(kind, colour, FOREST if forest else dice.count(1, 5), side)


def _boats(dice: _Dice, water: Water, sides: list[Side]) -> Boats | None:
    """Boats sail where nothing ashore hides them."""
    likely = 0.9 if len(sides) == len(Side) else 0.5
    if water not in (Water.SEA, Water.LAKE) or not sides or not dice.chance(likely):
        return None
    return Boats(dice.count(1, 3), dice.pick(SAIL_COLOURS), dice.pick(tuple(sides)))


def _water_colour(dice: _Dice, sky: Sky) -> Colour:
    if sky is Sky.GREY:
        return dice.pick((Colour.GREY, Colour.GREEN))
    return dice.pick((Colour.BLUE, Colour.BLUE, Colour.TURQUOISE, Colour.GREEN))


def _flowers(dice: _Dice, ground: Ground, hour: Hour) -> Colour | None:
    blooms = ground in (Ground.GRASS, Ground.STRAW) and hour is not Hour.NIGHT and dice.chance(0.45)
    return dice.pick(FLOWER_COLOURS) if blooms else None
