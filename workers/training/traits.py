"""What can be told of a scene in small numbers: which sky, how many houses, on which side."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final

from clonegallery.demo.scene import (
    Clouds,
    Colour,
    Ground,
    Height,
    Hour,
    Mountains,
    OrbKind,
    Relief,
    Scene,
    Side,
    Sky,
    Stars,
    TreeKind,
    Water,
)

_Trait = tuple[str, int, Callable[[Scene], int]]


def _place(kinds: type[StrEnum], value: Any) -> int:
    """The number of `value` among its kind, from 1; 0 where there is none."""
    return 0 if value is None else list(kinds).index(value) + 1


def _of(kinds: type[StrEnum], name: str, part: str = "") -> Callable[[Scene], int]:
    def trait(scene: Scene) -> int:
        found = getattr(scene, part) if part else scene
        return _place(kinds, getattr(found, name) if found is not None else None)

    return trait


def _trees(scene: Scene) -> int:
    """0 none, 1 to 5 that many, 6 a forest."""
    if scene.trees is None:
        return 0
    return 6 if scene.trees.is_forest else min(scene.trees.count, 5)


TRAITS: Final[Sequence[_Trait]] = (
    ("hour", len(Hour) + 1, _of(Hour, "hour")),
    ("sky", len(Sky) + 1, _of(Sky, "sky")),
    ("orb", len(OrbKind) + 1, _of(OrbKind, "kind", "orb")),
    ("orb colour", len(Colour) + 1, _of(Colour, "colour", "orb")),
    ("orb side", len(Side) + 1, _of(Side, "side", "orb")),
    ("orb height", len(Height) + 1, _of(Height, "height", "orb")),
    ("stars", len(Stars) + 1, _of(Stars, "stars")),
    ("clouds", len(Clouds) + 1, _of(Clouds, "clouds")),
    ("rainbow", 2, lambda scene: int(scene.rainbow)),
    ("northern lights", 2, lambda scene: int(scene.aurora)),
    ("mountains", len(Mountains) + 1, _of(Mountains, "mountains")),
    ("relief", len(Relief) + 1, _of(Relief, "relief")),
    ("ground", len(Ground) + 1, _of(Ground, "ground")),
    ("water", len(Water) + 1, _of(Water, "water")),
    (
        "water colour",
        len(Colour) + 1,
        lambda scene: 0 if scene.water is Water.NONE else _place(Colour, scene.water_colour),
    ),
    ("tree kind", len(TreeKind) + 1, _of(TreeKind, "kind", "trees")),
    ("tree colour", len(Colour) + 1, _of(Colour, "colour", "trees")),
    ("tree count", 7, _trees),
    ("tree side", len(Side) + 1, _of(Side, "side", "trees")),
    ("houses", 4, lambda scene: scene.houses.count if scene.houses else 0),
    ("house colour", len(Colour) + 1, _of(Colour, "colour", "houses")),
    ("house side", len(Side) + 1, _of(Side, "side", "houses")),
    ("boats", 4, lambda scene: scene.boats.count if scene.boats else 0),
    ("sail colour", len(Colour) + 1, _of(Colour, "sail", "boats")),
    ("boat side", len(Side) + 1, _of(Side, "side", "boats")),
    ("lighthouse", len(Side) + 1, lambda scene: _place(Side, scene.lighthouse)),
    ("birds", 8, lambda scene: scene.birds),
    ("flowers", len(Colour) + 1, lambda scene: _place(Colour, scene.flowers)),
)
"""Name, how many values there are, and the value for a scene."""

COUNTS: Final = tuple(count for _name, count, _trait in TRAITS)


def traits_of(scene: Scene) -> list[int]:
    """One number for each of `TRAITS`, below its count."""
    return [trait(scene) for _name, _count, trait in TRAITS]
