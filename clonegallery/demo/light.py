"""Colours: what the sky looks like at each hour, and how its light falls on everything else."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from clonegallery.demo.noise import Field
from clonegallery.demo.scene import Colour, Ground, Hour, Scene, Side, Sky

Rgb: TypeAlias = tuple[int, int, int]

SKY_STOPS: dict[Sky, tuple[Rgb, Rgb, Rgb, Rgb]] = {
    Sky.BLUE: ((34, 96, 184), (72, 144, 218), (138, 194, 238), (216, 234, 240)),
    Sky.TURQUOISE: ((16, 112, 140), (48, 160, 176), (124, 206, 202), (226, 242, 226)),
    Sky.GREY: ((104, 114, 128), (142, 150, 160), (180, 186, 190), (216, 216, 210)),
    Sky.PINK: ((150, 128, 180), (222, 150, 182), (250, 178, 184), (255, 220, 196)),
    Sky.GOLDEN: ((190, 146, 96), (236, 180, 92), (252, 208, 118), (255, 238, 186)),
    Sky.LILAC: ((104, 98, 170), (154, 132, 196), (204, 168, 212), (250, 212, 208)),
    Sky.ORANGE: ((128, 66, 84), (214, 98, 62), (250, 146, 62), (255, 210, 124)),
    Sky.RED: ((74, 22, 44), (156, 34, 46), (218, 66, 46), (252, 150, 84)),
    Sky.PURPLE: ((42, 28, 86), (94, 52, 132), (160, 84, 152), (244, 156, 150)),
    Sky.NAVY: ((6, 12, 38), (12, 28, 72), (28, 54, 106), (66, 94, 140)),
    Sky.BLACK: ((3, 4, 10), (7, 9, 22), (14, 18, 38), (34, 42, 66)),
    Sky.VIOLET: ((18, 10, 46), (38, 24, 86), (72, 52, 128), (128, 98, 164)),
}
COLOURS: dict[Colour, Rgb] = {
    Colour.WHITE: (246, 244, 238),
    Colour.YELLOW: (250, 206, 70),
    Colour.ORANGE: (240, 134, 44),
    Colour.RED: (208, 48, 42),
    Colour.PINK: (244, 152, 186),
    Colour.PURPLE: (140, 80, 180),
    Colour.BLUE: (40, 98, 178),
    Colour.TURQUOISE: (36, 164, 170),
    Colour.GREEN: (62, 128, 62),
    Colour.GREY: (128, 138, 146),
}
WATERS: dict[Colour, Rgb] = {
    Colour.BLUE: (22, 84, 158),
    Colour.TURQUOISE: (24, 150, 160),
    Colour.GREEN: (34, 110, 92),
    Colour.GREY: (96, 110, 120),
}
SUNS: dict[Colour, Rgb] = {
    Colour.WHITE: (255, 253, 246),
    Colour.YELLOW: (255, 224, 104),
    Colour.ORANGE: (255, 156, 54),
    Colour.RED: (238, 58, 40),
}
"""The sun and moon shine purer than painted things of the same colour name."""

GROUNDS: dict[Ground, tuple[Rgb, Rgb]] = {
    Ground.GRASS: ((134, 178, 92), (82, 134, 56)),
    Ground.STRAW: ((236, 204, 116), (214, 166, 74)),
    Ground.SNOW: ((244, 248, 252), (232, 238, 250)),
    Ground.SAND: ((250, 222, 168), (232, 190, 128)),
    Ground.NONE: ((128, 128, 128), (128, 128, 128)),
}
_AMBIENT: dict[Hour, float] = {Hour.DAWN: 0.5, Hour.DAY: 0.58, Hour.DUSK: 0.42, Hour.NIGHT: 0.25}
_KEY: dict[Hour, Rgb] = {
    Hour.DAWN: (158, 128, 104),
    Hour.DAY: (142, 136, 120),
    Hour.DUSK: (150, 98, 70),
    Hour.NIGHT: (58, 72, 106),
}
_TOWARDS: dict[Side, float] = {Side.LEFT: -1.0, Side.CENTRE: 0.3, Side.RIGHT: 1.0}


def rgb(colour: Rgb) -> Field:
    """An 8-bit colour as float32 in 0..1."""
    return np.asarray(colour, np.float32) / np.float32(255)


@dataclass(frozen=True)
class Light:
    """The light of one scene. `towards` is the side the light comes from, -1 left to 1 right."""

    stops: Field
    haze: Field
    ambient: Field
    key: Field
    orb: Field
    towards: float
    night: bool

    def on(self, albedo: Field, lit: Field | float = 0.5) -> Field:
        """A surface colour as seen: `lit` is how squarely the light falls on it, 0 (shadow) to 1."""
        share = np.asarray(lit, np.float32)[..., None] if isinstance(lit, np.ndarray) else np.float32(lit)
        return (albedo * (self.ambient + self.key * share)).astype(np.float32)


def light_of(scene: Scene, lean: float) -> Light:
    """The light of a scene; `lean` is the side the light comes from when no sun or moon is seen."""
    stops = np.stack([rgb(stop) for stop in SKY_STOPS[scene.sky]])
    tint = stops.mean(axis=0)
    tint = tint / tint.mean() * 0.45 + 0.55
    orb = rgb(SUNS[scene.orb.colour]) if scene.orb else rgb((255, 244, 224))
    return Light(
        stops=stops,
        haze=stops[3] * 0.72 + stops[2] * 0.28,
        ambient=(tint * _AMBIENT[scene.hour]).astype(np.float32),
        key=rgb(_KEY[scene.hour]) * (0.6 if scene.sky is Sky.GREY else 1.0),
        orb=orb,
        towards=_TOWARDS[scene.orb.side] if scene.orb else lean,
        night=scene.hour is Hour.NIGHT,
    )
