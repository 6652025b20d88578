"""Clouds: one density field, lit from the side the light comes from; its shape says which kind they are."""

import numpy as np

from clonegallery.demo.frame import Frame, cover
from clonegallery.demo.light import Light
from clonegallery.demo.noise import Field, enlarge, fractal, smooth
from clonegallery.demo.scene import Clouds, Hour, Sky

_COARSE = 3


def paint_clouds(canvas: Field, frame: Frame, light: Light) -> None:
    """Draws the clouds of the scene over the sky."""
    scene = frame.scene
    if scene.clouds is Clouds.NONE:
        return
    wide, high = max(48, frame.width // _COARSE), max(32, frame.horizon // _COARSE)
    match scene.clouds:
        case Clouds.FEW:
            density, strength = _cumulus(frame, wide, high), 0.96
        case Clouds.HEAVY:
            density, strength = _layer(frame, wide, high, (5, 6), 0.12), 0.94
        case _:
            density, strength = _layer(frame, wide, high, (2.2, 9), -0.05), 0.6
    density *= _spare_orb(frame, wide, high)
    paint = enlarge(_shade(density, frame, light), frame.width, frame.horizon)
    alpha = enlarge(density * np.float32(strength), frame.width, frame.horizon).clip(0, 1)
    cover(canvas, 0, paint.clip(0, 1), alpha)


def _cumulus(frame: Frame, wide: int, high: int) -> Field:
    rng = frame.rng("cumulus")
    ratio = frame.width / frame.unit
    x = np.linspace(0, ratio, wide, dtype=np.float32)[None]
    y = np.linspace(0, frame.horizon / frame.unit, high, dtype=np.float32)[:, None]
    field = np.full((high, wide), -1, np.float32)
    tall = frame.horizon / frame.unit
    count = round(3 + 3 * ratio)
    for index in range(count):
        level = float(rng.uniform(0.12, 0.86)) if index else 0.3
        size = (0.3 - 0.22 * level) * float(rng.uniform(0.75, 1.25))
        centre = (index + float(rng.uniform(0.1, 0.9))) / count * ratio
        for _ in range(4):
            across = (x - centre - float(rng.normal(0, 0.55)) * size) / (size * float(rng.uniform(0.4, 0.8)))
            rise = y - level * tall + float(rng.uniform(0, 0.12)) * size
            down = np.where(rise > 0, rise / (size * 0.12), rise / (size * float(rng.uniform(0.24, 0.46))))
            field = np.maximum(field, 1 - across**2 - down**2)
    billow = fractal(rng, wide, high, (7 * ratio, 7), 5)
    return smooth(0.0, 0.75, field.clip(-0.8, 1) + 1.15 * billow)


def _layer(frame: Frame, wide: int, high: int, cells: tuple[float, float], bias: float) -> Field:
    """A sheet of cloud seen from below: features shrink and flatten towards the horizon."""
    rng = frame.rng("cloud layer")
    side = 512
    texture = fractal(rng, side, side, (cells[0] * 2, cells[1] * 2), 6)
    down = np.linspace(0, 1, high, dtype=np.float32)
    far = 1 / (1.12 - down)
    ratio = frame.width / frame.unit
    across = (np.arange(wide) / wide - 0.5)[None] * 150 * ratio * far[:, None] ** 0.8
    columns = np.abs((across + side * 4) % (2 * side - 2) - (side - 1)).astype(np.int32)
    rows = np.abs((far * 75) % (2 * side - 2) - (side - 1)).astype(np.int32)
    sheet = texture[rows[:, None], columns]
    fade = smooth(0.0, 0.12, 1 - down)[:, None]
    return np.asarray(smooth(-0.06, 0.55, sheet + bias) * (0.35 + 0.65 * fade), np.float32)


def _spare_orb(frame: Frame, wide: int, high: int) -> Field | float:
    """Clouds part around the sun or moon, for the caption promises that it is seen."""
    if frame.scene.orb is None:
        return 1.0
    x, y = frame.orb_place()
    across = (np.linspace(0, frame.width, wide) - x)[None] / frame.unit
    down = (np.linspace(0, frame.horizon, high) - y)[:, None] / frame.unit
    return np.asarray(1 - 0.9 * np.exp(-(across**2 + down**2) / 0.012), np.float32)


def _shade(density: Field, frame: Frame, light: Light) -> Field:
    high, wide = density.shape
    reach = max(2, round(frame.unit / _COARSE * 0.018))
    away = round(-light.towards * reach)
    low_light = frame.scene.hour in (Hour.DAWN, Hour.DUSK)
    down = reach if not low_light else -reach // 2
    shifted = np.roll(np.roll(density, down, axis=0), away, axis=1)
    lit = smooth(-0.28, 0.4, density - shifted + (0.1 if frame.scene.sky is Sky.GREY else 0.14) - 0.25 * density)
    level = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
    bright = _bright(frame, light)
    dark = light.stops[0] * (0.55 if not light.night else 1.2) + light.haze * 0.42
    dark = dark + (light.stops[2] - dark) * level * 0.5
    colour = dark + (bright - dark) * lit[..., None]
    return np.asarray(colour + (light.haze - colour) * level**3 * 0.55, np.float32)


def _bright(frame: Frame, light: Light) -> Field:
    match frame.scene.hour:
        case Hour.NIGHT:
            return light.stops[3] * 1.0 + 0.05
        case Hour.DAY:
            return light.stops[3] * 0.35 + 0.65 if frame.scene.sky is not Sky.GREY else light.stops[3] * 1.02
        case _:
            return light.stops[3] * 0.75 + light.orb * 0.25
