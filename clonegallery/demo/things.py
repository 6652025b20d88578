"""What people put into a landscape, and the birds above it: houses, a lighthouse, sailing boats."""

from typing import Final

import numpy as np

from clonegallery.demo.frame import Frame, glow, stamp
from clonegallery.demo.light import COLOURS, Light, Rgb, rgb
from clonegallery.demo.noise import Field
from clonegallery.demo.scene import Colour, Ground, Hour, Side, Water
from clonegallery.demo.sprites import Sketch, ink, reflect, shadow

_ROOFS: Final[dict[Colour, Rgb]] = {
    Colour.WHITE: (178, 76, 58),
    Colour.RED: (74, 70, 78),
    Colour.YELLOW: (150, 72, 56),
    Colour.BLUE: (92, 84, 86),
}
_WALLS: Final[dict[Colour, Rgb]] = {
    Colour.WHITE: (244, 240, 230),
    Colour.RED: (186, 52, 42),
    Colour.YELLOW: (240, 198, 92),
    Colour.BLUE: (92, 142, 190),
}
_LAMP: Final[Rgb] = (255, 206, 112)


def paint_houses(canvas: Field, frame: Frame, light: Light) -> None:
    """The houses side by side, with lights in their windows from dusk on."""
    houses = frame.scene.houses
    if houses is None:
        return
    rng = frame.rng("houses")
    shore = frame.shore
    for index in range(houses.count):
        offset = (index - (houses.count - 1) / 2) * 0.185 * frame.unit
        tall = frame.unit * float(rng.uniform(0.12, 0.165))
        x = frame.group_at(houses.side, (0.185 * houses.count + 0.03) * frame.unit) + offset
        clear = 0.34 if frame.scene.trees and frame.scene.trees.is_forest else 0.24
        y = max(shore[int(x)] + 0.035 * frame.unit, frame.horizon + clear * frame.below)
        y += float(rng.uniform(0, 0.05)) * frame.unit
        sprite = _house(rng, light, houses.colour, tall, snowy=frame.scene.ground is Ground.SNOW, hour=frame.scene.hour)
        left = x - sprite.shape[1] / 2
        shadow(canvas, light, x - light.towards * 0.1 * tall, y, tall * 1.7)
        stamp(canvas, sprite, left, y - sprite.shape[0])
        if frame.scene.hour in (Hour.NIGHT, Hour.DUSK):
            strength = 0.5 if light.night else 0.25
            glow(canvas, left + sprite.shape[1] * 0.62, y - 0.2 * tall, tall * 0.55, rgb(_LAMP) * strength)


def _house(rng: np.random.Generator, light: Light, colour: Colour, tall: float, *, snowy: bool, hour: Hour) -> Field:
    sketch = Sketch(light, 200, 160, tall, 3.0)
    left, right = (0.75, 0.25) if light.towards < 0 else (0.25, 0.75)
    wall, roof = _WALLS[colour], (242, 246, 252) if snowy else _ROOFS[colour]
    base = float(rng.uniform(0, 8))
    sketch.polygon([(140, 30), (140, 4), (156, 4), (156, 40)], sketch.tone((150, 96, 80), right))
    sketch.polygon([(20, 160), (20, 84 + base), (56, 38), (92, 84 + base), (92, 160)], sketch.tone(wall, left))
    sketch.polygon([(92, 160), (92, 84 + base), (184, 84 + base), (184, 160)], sketch.tone(wall, right))
    sketch.polygon(
        [(92, 84 + base), (184, 84 + base), (184, 93 + base), (92, 93 + base)], sketch.tone(wall, right * 0.3)
    )
    sketch.polygon([(56, 30), (158, 30), (196, 90), (96, 90)], sketch.tone(roof, right + 0.15))
    sketch.polygon([(56, 30), (98, 90), (90, 93), (56, 42), (20, 94), (8, 92)], sketch.tone(roof, left + 0.1))
    _openings(sketch, rng, lamps=hour in (Hour.DUSK, Hour.NIGHT), lit=(left, right))
    return sketch.done()


def _openings(sketch: Sketch, rng: np.random.Generator, *, lamps: bool, lit: tuple[float, float]) -> None:
    glass = ink(rgb(_LAMP)) if lamps else sketch.tone((84, 112, 138), 0.5)
    for x in (106, 134, 160):
        sketch.polygon([(x - 2, 104), (x + 16, 104), (x + 16, 130), (x - 2, 130)], sketch.tone((250, 248, 240), lit[1]))
        dark = sketch.tone((52, 62, 80), 0.3)
        sketch.polygon([(x, 106), (x + 14, 106), (x + 14, 128), (x, 128)], glass if rng.random() < 0.85 else dark)
        sketch.stroke([(x + 7, 106), (x + 7, 128)], 1.6, sketch.tone((250, 248, 240), lit[1]))
    sketch.polygon([(46, 160), (46, 120), (66, 120), (66, 160)], sketch.tone((110, 70, 50), lit[0]))
    sketch.polygon([(47, 78), (65, 78), (65, 100), (47, 100)], sketch.tone((250, 248, 240), lit[0]))
    sketch.polygon([(49, 80), (63, 80), (63, 98), (49, 98)], glass)


def paint_lighthouse(canvas: Field, frame: Frame, light: Light) -> None:
    """A red and white tower on the coast; its lamp burns from dusk till dawn."""
    side = frame.scene.lighthouse
    if side is None:
        return
    x = {Side.LEFT: 0.15, Side.CENTRE: 0.5, Side.RIGHT: 0.85}[side] * frame.width
    y = frame.shore[int(x)] + 0.03 * frame.unit
    tall = 0.4 * frame.unit
    sprite = _tower(light, tall)
    stamp(canvas, sprite, x - sprite.shape[1] / 2, y - sprite.shape[0])
    if frame.scene.hour is Hour.DAY:
        return
    lamp = float(y - 0.86 * tall)
    _beam(canvas, frame, x, lamp, 0.42 if light.night else 0.2)
    glow(canvas, x, lamp, tall * 0.14, rgb(_LAMP) * 0.9)
    glow(canvas, x, lamp, tall * 0.035, rgb((255, 250, 230)))


def _tower(light: Light, tall: float) -> Field:
    sketch = Sketch(light, 100, 260, tall, 3.0)
    for band in range(5):
        y0, y1 = 62 + band * 38, 62 + (band + 1) * 38 + 1
        w0, w1 = 15 + band * 2.0, 15 + (band + 1) * 2.0
        red = (196, 52, 44) if band % 2 == 0 else (246, 242, 234)
        sketch.polygon([(50 - w0, y0), (50 + w0, y0), (50 + w1, y1), (50 - w1, y1)], sketch.tone(red, 0.5))
        edge = -1 if light.towards > 0 else 1
        sketch.polygon(
            [(50 + edge * w0 * 0.2, y0), (50 + edge * w0, y0), (50 + edge * w1, y1), (50 + edge * w1 * 0.3, y1)],
            sketch.tone(red, 0.12),
        )
    sketch.polygon([(28, 62), (72, 62), (70, 54), (30, 54)], sketch.tone((60, 60, 68), 0.4))
    sketch.polygon([(39, 54), (61, 54), (61, 26), (39, 26)], sketch.tone((240, 226, 170), 0.9))
    for x in (39, 46, 54, 61):
        sketch.stroke([(x, 54), (x, 26)], 1.8, sketch.tone((60, 60, 68), 0.4))
    sketch.polygon([(35, 27), (65, 27), (50, 6)], sketch.tone((186, 48, 42), 0.5))
    sketch.polygon([(16, 260), (30, 248), (70, 248), (86, 260)], sketch.tone((120, 112, 104), 0.4))
    return sketch.done()


def _beam(canvas: Field, frame: Frame, x: float, y: float, strength: float) -> None:
    way = -1 if x > frame.width / 2 else 1
    reach, half = 0.9 * frame.unit, 0.1 * frame.unit
    x0, x1 = (x, x + reach) if way > 0 else (x - reach, x)
    left, right = max(0, int(x0)), min(frame.width, int(x1))
    top, low = max(0, int(y - half)), min(frame.height, int(y + half))
    far = np.abs(np.arange(left, right, dtype=np.float32) - x)[None] / reach
    away = np.abs(np.arange(top, low, dtype=np.float32) - y)[:, None] / half
    shine = np.exp(-((away / (0.06 + 0.6 * far)) ** 2)) * (1 - far).clip(0) ** 1.4 * strength
    place = canvas[top:low, left:right]
    place += shine[..., None] * rgb((255, 240, 200)) * (1 - place)


def paint_boats(canvas: Field, frame: Frame, light: Light) -> None:
    """Sailing boats with their reflections, the nearer the larger."""
    boats = frame.scene.boats
    if boats is None:
        return
    rng = frame.rng("boats")
    shore = frame.shore
    deep = 0.62 if frame.scene.ground is Ground.NONE else 0.3
    for index in range(boats.count):
        near = 0.08 + (deep - 0.08) * (index + 0.6 * float(rng.random())) / max(boats.count, 2)
        middle = frame.group_at(boats.side, (0.15 * boats.count + 0.06) * frame.unit)
        x = middle + (index - (boats.count - 1) / 2) * 0.15 * frame.unit
        y = min(frame.horizon + near * frame.below, float(shore[int(x)]) - 0.02 * frame.unit)
        y = max(y, frame.horizon + 0.02 * frame.unit)
        tall = frame.unit * (0.13 + 0.2 * near)
        sprite = _boat(light, boats.sail, tall, way=1 if rng.random() < 0.5 else -1)
        left = x - sprite.shape[1] / 2
        reflect(canvas, sprite, left, y, 0.42)
        stamp(canvas, sprite, left, y - sprite.shape[0] * 0.985)
        if light.night:
            glow(canvas, x, y - 0.12 * tall, tall * 0.1, rgb(_LAMP) * 0.9)


def _boat(light: Light, sail: Colour, tall: float, *, way: int) -> Field:
    sketch = Sketch(light, 160, 200, tall, 3.0)
    cloth = rgb(COLOURS[sail])
    t = np.linspace(0, 1, 9)
    main = [
        (84.0, 10.0),
        *((84 + 56 * float(u) ** 0.8 + 4 * float(np.sin(np.pi * u)), 10 + 142 * float(u)) for u in t[1:]),
        (84.0, 154.0),
    ]
    jib = [
        (76.0, 26.0),
        *((76 - 54 * float(u) ** 1.1 - 3 * float(np.sin(np.pi * u)), 26 + 124 * float(u)) for u in t[1:]),
        (72.0, 146.0),
    ]
    bright, dim = (0.95, 0.6) if light.towards > 0 else (0.6, 0.95)
    sketch.polygon(main, sketch.tone(cloth, bright))
    sketch.polygon([(84, 10), (84, 154), (104, 154), (96, 80)], sketch.tone(cloth, bright * 0.72))
    sketch.polygon(jib, sketch.tone(cloth, dim))
    sketch.stroke([(80, 4), (80, 168)], 3.4, sketch.tone((120, 88, 60), 0.5))
    sketch.polygon(
        [(14, 162), (146, 160), (128, 192), (110, 198), (46, 198), (30, 190)], sketch.tone((110, 62, 44), 0.5)
    )
    sketch.polygon([(14, 162), (146, 160), (142, 169), (18, 171)], sketch.tone((244, 238, 224), 0.7))
    sprite = sketch.done()
    return sprite if way > 0 else sprite[:, ::-1]


def paint_birds(canvas: Field, frame: Frame, light: Light) -> None:
    """Birds on the wing, each a pair of curved strokes; they keep away from the sun."""
    rng = frame.rng("birds")
    x0, y0 = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.3, 0.5))
    orb = frame.scene.orb
    if orb is not None:
        x0 = {Side.LEFT: 0.68, Side.CENTRE: 0.24, Side.RIGHT: 0.32}[orb.side]
    gulls = frame.scene.hour is Hour.DAY and frame.scene.water is Water.SEA
    colour = rgb((250, 250, 250)) if gulls else light.stops[0] * 0.35
    for index in range(frame.scene.birds):
        x = x0 * frame.width + (index - frame.scene.birds / 2) * 0.07 * frame.unit
        y = y0 * frame.horizon + float(rng.uniform(-0.07, 0.07)) * frame.unit
        sprite = _bird(rng, light, frame.unit * float(rng.uniform(0.02, 0.032)), ink(colour))
        stamp(canvas, sprite, x, y)


def _bird(rng: np.random.Generator, light: Light, tall: float, colour: tuple[int, int, int, int]) -> Field:
    sketch = Sketch(light, 200, 100, tall, 4.0)
    lift, tilt = float(rng.uniform(0, 45)), float(rng.uniform(-8, 8))
    t = np.linspace(0, 1, 8)
    for way in (-1, 1):
        xs = 100 + way * 92 * t
        upper = 62 - (48 - lift) * np.sin(np.pi * t**0.8) + way * tilt * t + 18 * t**2
        thick = 13 * (1 - t) ** 0.7 + 1
        top = list(zip(xs.tolist(), upper.tolist(), strict=True))
        under = list(zip(xs.tolist()[::-1], (upper + thick).tolist()[::-1], strict=True))
        sketch.polygon([*top, *under], colour)
    sketch.dab(100, 68, 9, 9, colour)
    return sketch.done()
