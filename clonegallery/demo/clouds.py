"""Clouds: one density field, lit from the side the light comes from; its shape says which kind they are."""

import numpy as np

from clonegallery.demo.frame import Frame, cover
from clonegallery.demo.light import Light
from clonegallery.demo.noise import Field, enlarge, fractal, sample, smooth
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
            body, strength = _cumulus(frame, wide, high), 0.97
        case Clouds.HEAVY:
            body, strength = _layer(frame, wide, high, (4, 6), 0.16), 0.95
        case _:
            body, strength = _layer(frame, wide, high, (1.6, 9), -0.02), 0.62
    density = smooth(0.0, 0.42, body) * _spare_orb(frame, wide, high)
    paint = enlarge(_shade(body, frame, light), frame.width, frame.horizon)
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
        for _ in range(6):
            away = float(rng.uniform(-1, 1))
            across = (x - centre - away * size) / (size * float(rng.uniform(0.35, 0.6)))
            rise = y - level * tall
            puff = size * float(rng.uniform(0.3, 0.62)) * (1 - 0.62 * abs(away))
            down = np.where(rise > 0, rise / (size * 0.09), rise / puff)
            field = np.maximum(field, 1 - across**2 - down**2)
    billow = fractal(rng, wide, high, (8 * ratio, 8), 6)
    return np.asarray(field.clip(-1, 1) * 0.85 + 0.95 * billow, np.float32)


def _layer(frame: Frame, wide: int, high: int, cells: tuple[float, float], bias: float) -> Field:
    """A sheet of cloud seen from below: features shrink and flatten towards the horizon."""
    rng = frame.rng("cloud layer")
    side = 256 if frame.is_small else 512
    texture = fractal(rng, side, side, (cells[0] * 2, cells[1] * 2), 6)
    down = np.linspace(0, 1, high, dtype=np.float32)
    far = 1 / (1.12 - down)
    ratio = frame.width / frame.unit
    across = (np.arange(wide) / wide - 0.5)[None] * 0.29 * side * ratio * far[:, None] ** 0.8
    sheet = sample(
        texture, np.asarray(far[:, None] * 0.146 * side, np.float32), np.asarray(across + side / 2, np.float32)
    )
    fade = smooth(0.0, 0.14, 1 - down)[:, None]
    return np.asarray((1.5 * sheet + bias) * (0.3 + 0.7 * fade), np.float32)


def _spare_orb(frame: Frame, wide: int, high: int) -> Field | float:
    """Clouds part around the sun or moon, for the caption promises that it is seen."""
    if frame.scene.orb is None:
        return 1.0
    x, y = frame.orb_place
    across = (np.linspace(0, frame.width, wide) - x)[None] / frame.unit
    down = (np.linspace(0, frame.horizon, high) - y)[:, None] / frame.unit
    return np.asarray(1 - 0.98 * np.exp(-(((across**2 + down**2) / 0.014) ** 2)), np.float32)


def _shade(body: Field, frame: Frame, light: Light) -> Field:
    """Colour of the cloud as if it bulged where it is thick: sunny flanks bright, bellies in shadow."""
    high = body.shape[0]
    broad = enlarge(enlarge(body, max(8, body.shape[1] // 6), max(8, high // 6)), body.shape[1], high)
    thick = np.sqrt((0.32 * body + 0.68 * broad).clip(0) + 0.02)
    down, across = np.gradient(thick)
    reach = frame.unit / _COARSE
    low_sun = frame.scene.hour in (Hour.DAWN, Hour.DUSK)
    up = 0.3 if low_sun else 0.8
    facing = (-across * light.towards * 0.75 + down * up) * reach
    lit = 0.5 + 0.5 * facing / np.sqrt((across**2 + down**2) * reach**2 + 30)
    lit = smooth(0.02, 0.92, (lit + 0.18 - 0.26 * thick).astype(np.float32))
    level = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
    bright, dark = _bright(frame, light), _dark(frame, light)
    dark = dark + (light.stops[2] - dark) * level * 0.4
    colour = dark + (bright - dark) * lit[..., None]
    return np.asarray(colour + (light.haze - colour) * level**3 * 0.5, np.float32)


def _dark(frame: Frame, light: Light) -> Field:
    match frame.scene.hour:
        case Hour.NIGHT:
            return np.asarray(light.stops[1] * 1.1, np.float32)
        case Hour.DAY:
            return np.asarray(light.stops[1] * 0.4 + light.stops[3] * 0.42, np.float32)
        case _:
            return np.asarray(light.stops[0] * 0.5 + light.stops[2] * 0.42, np.float32)


def _bright(frame: Frame, light: Light) -> Field:
    match frame.scene.hour:
        case Hour.NIGHT:
            return np.asarray(light.stops[3] + 0.05, np.float32)
        case Hour.DAY:
            grey = frame.scene.sky is Sky.GREY
            return np.asarray(light.stops[3] * (1.02 if grey else 0.3) + (0.0 if grey else 0.7), np.float32)
        case _:
            return np.asarray(light.stops[3] * 0.8 + light.orb * 0.2, np.float32)
