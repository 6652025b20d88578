"""What a picture shows, as plain data: the painter draws exactly this and the caption says exactly this."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Hour(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Sky(StrEnum):
    """The colour that fills most of the sky."""

    BLUE = "blue"
    TURQUOISE = "turquoise"
    GREY = "grey"
    PINK = "pink"
    GOLDEN = "golden"
    LILAC = "lilac"
    ORANGE = "orange"
    RED = "red"
    PURPLE = "purple"
    NAVY = "dark blue"
    BLACK = "black"
    VIOLET = "violet"


SKIES: Final[dict[Hour, tuple[Sky, ...]]] = {
    Hour.DAWN: (Sky.PINK, Sky.GOLDEN, Sky.LILAC),
    Hour.DAY: (Sky.BLUE, Sky.BLUE, Sky.TURQUOISE, Sky.GREY),
    Hour.DUSK: (Sky.ORANGE, Sky.RED, Sky.PURPLE),
    Hour.NIGHT: (Sky.NAVY, Sky.BLACK, Sky.VIOLET),
}


class Side(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Height(StrEnum):
    LOW = "low"
    HIGH = "high"


class OrbKind(StrEnum):
    SUN = "sun"
    MOON = "moon"


class Colour(StrEnum):
    """Every colour that a thing in a scene can be asked in."""

    WHITE = "white"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    PINK = "pink"
    PURPLE = "purple"
    BLUE = "blue"
    TURQUOISE = "turquoise"
    GREEN = "green"
    GREY = "grey"


class Stars(StrEnum):
    NONE = "none"
    FEW = "few"
    MANY = "many"


class Clouds(StrEnum):
    NONE = "none"
    WISPS = "wisps"
    FEW = "few"
    HEAVY = "heavy"


class Mountains(StrEnum):
    NONE = "none"
    BARE = "bare"
    SNOWY = "snowy"


class Relief(StrEnum):
    """What rises between the mountains and the ground at the viewer's feet."""

    FLAT = "flat"
    HILLS = "hills"
    DUNES = "dunes"


class Ground(StrEnum):
    GRASS = "grass"
    STRAW = "straw"
    SNOW = "snow"
    SAND = "sand"
    NONE = "none"


class Water(StrEnum):
    NONE = "none"
    SEA = "sea"
    LAKE = "lake"
    RIVER = "river"


class TreeKind(StrEnum):
    CONIFER = "conifer"
    ROUND = "round"
    PALM = "palm"


@dataclass(frozen=True, slots=True)
class Orb:
    """The sun or the moon, seen in the sky."""

    kind: OrbKind
    colour: Colour
    side: Side
    height: Height


FOREST: Final = 60
"""A tree count from which nobody counts any more: a forest."""


@dataclass(frozen=True, slots=True)
class Trees:
    """One to five trees on one side, or `FOREST` of them all along."""

    kind: TreeKind
    colour: Colour
    count: int
    side: Side

    @property
    def is_forest(self) -> bool:
        return self.count >= FOREST


@dataclass(frozen=True, slots=True)
class Houses:
    """One to four houses; `colour` is that of their walls."""

    count: int
    colour: Colour
    side: Side


@dataclass(frozen=True, slots=True)
class Boats:
    """One to three sailing boats; `sail` is the colour of their sails."""

    count: int
    sail: Colour
    side: Side


@dataclass(frozen=True, slots=True)
class Scene:
    """A landscape. `water_colour` means nothing when `water` is NONE; ground NONE is the open sea."""

    hour: Hour
    sky: Sky
    orb: Orb | None = None
    stars: Stars = Stars.NONE
    clouds: Clouds = Clouds.NONE
    rainbow: bool = False
    aurora: bool = False
    mountains: Mountains = Mountains.NONE
    relief: Relief = Relief.FLAT
    ground: Ground = Ground.GRASS
    water: Water = Water.NONE
    water_colour: Colour = Colour.BLUE
    trees: Trees | None = None
    houses: Houses | None = None
    boats: Boats | None = None
    lighthouse: Side | None = None
    birds: int = 0
    flowers: Colour | None = None

    @property
    def is_desert(self) -> bool:
        return self.ground is Ground.SAND and self.water is Water.NONE
