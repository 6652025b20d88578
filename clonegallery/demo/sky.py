"""The sky: gradient and glow, sun or moon, stars, northern lights, rainbow."""

import numpy as np

from clonegallery.demo.frame import Frame, glow
from clonegallery.demo.light import Light, rgb
from clonegallery.demo.noise import Field, enlarge, fractal, line, smooth
from clonegallery.demo.scene import Height, Hour, Orb, OrbKind, Stars

_COARSE = 6
_RAINBOW = [
    (148, 60, 190),
    (70, 80, 210),
    (60, 170, 220),
    (80, 200, 110),
    (250, 224, 80),
    (250, 150, 60),
    (230, 60, 60),
]


def paint_sky(frame: Frame, light: Light) -> Field:
    """A fresh canvas (height, width, 3) with the sky and all that shines in it."""
    width, height = frame.width, frame.height
    wide, high = max(32, width // _COARSE), max(32, height // _COARSE)
    coarse = _gradient(frame, light, wide, high)
    if frame.scene.orb:
        coarse += _halo(frame, light, frame.scene.orb, wide, high) * (1.12 - coarse)
    if frame.scene.stars is Stars.MANY:
        coarse += _milky_way(frame, light, wide, high)
    if frame.scene.aurora:
        coarse += _aurora(frame, wide, high)
    canvas = enlarge(coarse.clip(0, 1), width, height)
    if frame.scene.stars is not Stars.NONE:
        _stars(canvas, frame)
    if frame.scene.orb:
        _disc(canvas, frame, light, frame.scene.orb)
    return canvas


def _gradient(frame: Frame, light: Light, wide: int, high: int) -> Field:
    share = frame.horizon / frame.height
    rows = (np.linspace(0, 1, high) / share).clip(0, 1)
    stops = (0.0, 0.36, 0.72, 1.0)
    columns = [np.interp(rows, stops, light.stops[:, channel]) for channel in range(3)]
    sky = np.stack(columns, axis=-1).astype(np.float32)[:, None, :].repeat(wide, axis=1)
    mottle = fractal(frame.rng("mottle"), wide, high, (3, 3), 3)[..., None]
    return np.asarray(sky * (1 + 0.035 * mottle), np.float32)


def _distance(frame: Frame, wide: int, high: int, squash: float = 1.0) -> Field:
    """Distance from the sun or moon in units, at coarse resolution; `squash` above 1 flattens the circles."""
    x, y = frame.orb_place
    across = (np.linspace(0, frame.width, wide, dtype=np.float32) - x) / frame.unit
    down = (np.linspace(0, frame.height, high, dtype=np.float32) - y) * squash / frame.unit
    return np.asarray(np.hypot(across[None], down[:, None]), np.float32)


def _halo(frame: Frame, light: Light, orb: Orb, wide: int, high: int) -> Field:
    near = _distance(frame, wide, high)
    moon = orb.kind is OrbKind.MOON
    wash = _distance(frame, wide, high, 2.2 if orb.height is Height.LOW else 1.0)
    strength = (0.2, 0.16) if moon else (0.3, 0.4) if frame.scene.hour is Hour.DAY else (0.5, 0.46)
    shine = strength[0] * np.exp(-near / 0.085) + strength[1] * np.exp(-((wash / 0.5) ** 2))
    return np.asarray(shine[..., None] * (light.orb * 0.85 + 0.1), np.float32)


def _disc(canvas: Field, frame: Frame, light: Light, orb: Orb) -> None:
    x, y = frame.orb_place
    moon = orb.kind is OrbKind.MOON
    radius = frame.unit * (0.052 if orb.height is Height.LOW else 0.042)
    if not moon:
        glow(canvas, x, y, radius * 1.7, light.orb * 0.5)
    side = int(radius * 2) + 4
    left, top = int(x - side / 2), int(y - side / 2)
    grid = np.arange(side, dtype=np.float32)
    across, down = (grid + left - x)[None] / radius, (grid + top - y)[:, None] / radius
    alpha = ((1 - np.hypot(across, down)) * radius + 0.5).clip(0, 1)
    face = light.orb[None, None] * np.ones((side, side, 1), np.float32)
    if moon:
        face = face * _craters(frame, side)[..., None]
    else:
        core = (1 - np.hypot(across, down)).clip(0, 1)[..., None]
        face = face + (1 - face) * (0.16 + 0.14 * core - 0.12 * down[..., None].clip(-1, 1))
    place = canvas[max(top, 0) : top + side, max(left, 0) : left + side]
    cut = (slice(max(-top, 0), max(-top, 0) + place.shape[0]), slice(max(-left, 0), max(-left, 0) + place.shape[1]))
    place += (face[cut] - place) * alpha[cut][..., None]


def _craters(frame: Frame, side: int) -> Field:
    seas = fractal(frame.rng("moon"), side, side, (3, 3), 4)
    return np.asarray(0.98 - 0.2 * smooth(-0.05, 0.3, seas) + 0.05 * seas, np.float32)


def _stars(canvas: Field, frame: Frame) -> None:
    rng = frame.rng("stars")
    many = frame.scene.stars is Stars.MANY
    count = int((900 if many else 130) * frame.width / frame.unit)
    x, y = rng.random(count) * frame.width, rng.random(count) ** 1.15 * frame.horizon
    bright = (0.12 + 0.9 * rng.random(count) ** (5 if many else 3)).astype(np.float32)
    warm = rng.uniform(-0.12, 0.12, count).astype(np.float32)
    tint = np.stack([1 + warm, np.ones_like(warm), 1 - warm], axis=-1)
    x0, y0 = frame.orb_place
    if frame.scene.orb:
        bright *= smooth(0.06, 0.3, (np.hypot(x - x0, y - y0) / frame.unit).astype(np.float32))
    size = max(0.55, frame.unit / 1500) * (0.7 + 0.9 * bright)
    for dy in range(-3, 4):
        for dx in range(-3, 4):
            px, py = np.floor(x).astype(int) + dx, np.floor(y).astype(int) + dy
            inside = (px >= 0) & (px < frame.width) & (py >= 0) & (py < frame.horizon)
            far = (px + 0.5 - x) ** 2 + (py + 0.5 - y) ** 2
            light = (bright * np.exp(-far / (2 * size**2))).astype(np.float32)[..., None] * tint
            np.add.at(canvas, (py[inside], px[inside]), light[inside])
    for index in np.argsort(bright)[-7:]:
        glow(canvas, float(x[index]), float(y[index]), frame.unit * 0.007, rgb((120, 140, 190)))
    np.clip(canvas, 0, 1, out=canvas)


def _milky_way(frame: Frame, light: Light, wide: int, high: int) -> Field:
    rng = frame.rng("milky way")
    lean = float(rng.choice([-1, 1]))
    across = np.linspace(-0.5, 0.5, wide)[None] * frame.width / frame.unit
    down = np.linspace(0, 1, high)[:, None] * frame.height / frame.unit
    away = across * 0.8 + lean * (down - 0.35) * 0.6 + 0.06 * fractal(rng, wide, high, (4, 4), 3)
    dust = fractal(rng, wide, high, (10, 10), 5)
    band = np.exp(-((away / 0.17) ** 2)) * (0.62 + 0.75 * dust).clip(0)
    core = np.exp(-((away / 0.07) ** 2)) * (0.6 + dust).clip(0)
    fade = 0.22 if frame.scene.orb else 0.42
    colour = light.stops[2] * 0.5 + rgb((100, 100, 130)) * 0.5
    return np.asarray(fade * (band[..., None] * colour + 0.5 * core[..., None] * rgb((150, 128, 140))), np.float32)


def _aurora(frame: Frame, wide: int, high: int) -> Field:
    rng = frame.rng("aurora")
    rows = np.linspace(0, frame.height / frame.horizon, high, dtype=np.float32)[:, None]
    total = np.zeros((high, wide, 3), np.float32)
    cells = frame.width / frame.unit
    for ribbon in range(3):
        foot = 0.5 + 0.16 * ribbon - 0.1 + 0.3 * line(rng, wide, 1.6 * cells, 3)[None]
        rays = (0.62 + 0.5 * line(rng, wide, 26 * cells, 3))[None].clip(0.08)
        sway = (0.5 + 0.9 * line(rng, wide, 2.5 * cells, 2))[None].clip(0.05)
        up = foot - rows
        shine = np.where(up > 0, np.exp(-up / (0.2 * rays + 0.1)), np.exp(up / 0.04)) * rays * sway
        hue = smooth(0.02, 0.42, up)[..., None]
        total += shine[..., None] * (rgb((70, 240, 150)) * (1 - hue) + rgb((150, 70, 210)) * hue) * 0.85
    return total


def paint_rainbow(canvas: Field, frame: Frame) -> None:
    """A bow over the land, fading towards its feet; drawn after the mountains, for it hangs before them."""
    lean = float(frame.rng("rainbow").uniform(0.36, 0.64))
    centre = (lean * frame.width, frame.horizon + 0.06 * frame.unit)
    outer = min(0.66 * frame.unit, centre[1] * 0.95)
    inner = outer * 0.885
    high = frame.horizon
    across = (np.arange(frame.width, dtype=np.float32) - centre[0])[None]
    down = (np.arange(high, dtype=np.float32) - centre[1])[:, None]
    reach = np.sqrt(across**2 + down**2)
    t = (reach - inner) / (outer - inner)
    rows, columns = np.nonzero((t > 0) & (t < 1))
    at = t[rows, columns]
    bands = np.stack([rgb(band) for band in _RAINBOW])
    places = np.linspace(0.08, 0.92, len(bands))
    colour = np.stack([np.interp(at, places, bands[:, channel]) for channel in range(3)], axis=-1)
    edge = np.sin(np.pi * at) ** 0.7
    foot = smooth(0.0, 0.35, np.asarray((high - rows) / high, np.float32))
    alpha = (0.46 * edge * (0.35 + 0.65 * foot)).astype(np.float32)[:, None]
    canvas[rows, columns] += (colour.astype(np.float32) - canvas[rows, columns]) * alpha
