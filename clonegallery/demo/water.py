"""Sea, lake and river: the sky mirrored and rippled, the water's own colour, and the path of light below the sun."""

import numpy as np

from clonegallery.demo.frame import Frame, cover
from clonegallery.demo.light import WATERS, Light, rgb
from clonegallery.demo.noise import Field, line, perspective, smooth, tile
from clonegallery.demo.scene import Ground, Relief, Water


def water_share(frame: Frame) -> Field:
    """How much of each pixel is water, (height, width) in 0..1."""
    share = np.zeros((frame.height, frame.width), np.float32)
    rows = np.arange(frame.horizon, frame.height, dtype=np.float32)[:, None]
    match frame.scene.water:
        case Water.NONE:
            pass
        case Water.SEA | Water.LAKE:
            share[frame.horizon :] = (frame.shore[None] - rows).clip(0, 1)
        case Water.RIVER:
            centre, half = _course(frame)
            x = np.arange(frame.width, dtype=np.float32)[None]
            share[frame.horizon :] = (half[:, None] - np.abs(x - centre[:, None]) + 0.5).clip(0, 1)
    return share


def _course(frame: Frame) -> tuple[Field, Field]:
    """Middle and half width of the river for every row below the horizon, in pixels."""
    rng = frame.rng("river")
    near = np.linspace(0, 1, frame.below, dtype=np.float32)
    bend = line(rng, 400, 2.0, 2)
    start, phase = float(rng.uniform(0.46, 0.54)), float(rng.choice([0, np.pi]))
    far = 1 / (near + 0.16)
    winding = 0.16 * np.sin(far * 1.9 + phase) * near**0.5 + 0.05 * np.interp(near, np.linspace(0, 1, 400), bend)
    top = smooth(0.2, 0.26, near) if frame.scene.relief is not Relief.FLAT else smooth(0.0, 0.04, near)
    half = (0.004 + 0.17 * near**1.6) * frame.unit * top
    return np.asarray((start + winding) * frame.width, np.float32), np.asarray(half, np.float32)


def paint_water(canvas: Field, frame: Frame, light: Light, share: Field) -> None:
    """Lays the water of the scene over the canvas, mirroring what stands above the horizon."""
    if frame.scene.water is Water.NONE:
        return
    horizon = frame.horizon
    near = np.linspace(0, 1, frame.below, dtype=np.float32)
    ripple = perspective(tile("ripple", frame.texture), near, frame.width, 1.7, 61 * frame.seed % 700)
    mirror = _mirrored(canvas, frame, near, ripple)
    body = _body(frame, light)
    calm = frame.scene.water is not Water.SEA
    own = ((0.36 if calm else 0.5) + (0.34 if calm else 0.42) * near**0.5)[:, None, None]
    paint = mirror + (body - mirror) * own
    paint += (light.haze - paint) * (0.35 * np.exp(-near / 0.03))[:, None, None]
    fade = smooth(0.0, 0.25, near)[:, None]
    swing = ripple * (0.3 + 0.65 * fade) * (0.5 if calm else 1.0)
    paint *= 1 + 0.34 * swing[..., None]
    paint += smooth(0.18, 0.6, np.asarray(swing, np.float32))[..., None] * light.haze * 0.16
    if frame.scene.orb:
        _glitter(paint, frame, light, near, ripple)
    _foam(paint, frame, light, ripple)
    cover(canvas, horizon, paint.clip(0, 1).astype(np.float32), share[horizon:])


def _body(frame: Frame, light: Light) -> Field:
    """The water's own colour: it darkens with the hour but keeps its hue under a red sky."""
    brightness = light.on(np.ones(3, np.float32), 0.75)
    level = brightness * 0.3 + brightness.mean() * 0.7
    return np.asarray(rgb(WATERS[frame.scene.water_colour]) * level * 1.15, np.float32)


def _mirrored(canvas: Field, frame: Frame, near: Field, ripple: Field) -> Field:
    horizon = frame.horizon
    stretch = min(1.0, (horizon - 2) / frame.below)
    rough = 0.02 if frame.scene.water is not Water.SEA else 0.05
    depth = np.arange(frame.below, dtype=np.float32)[:, None] * stretch
    rows = horizon - 1 - depth + ripple * (rough * frame.below * (0.15 + near))[:, None]
    index = rows.clip(0, horizon - 1).astype(np.int32) * frame.width + np.arange(frame.width, dtype=np.int32)[None]
    return np.asarray(canvas.reshape(-1, 3).take(index, axis=0), np.float32)


def _glitter(paint: Field, frame: Frame, light: Light, near: Field, ripple: Field) -> None:
    """The path of light below the sun or moon: broken into glints that widen towards the viewer."""
    x, _ = frame.orb_place
    away = (np.arange(frame.width, dtype=np.float32) - x)[None] / frame.unit
    half = (0.035 + 0.1 * near)[:, None]
    column = np.exp(-((away / half) ** 2)) + 0.3 * np.exp(-((away / (half * 2.6)) ** 2))
    glint = smooth(-0.02, 0.28, ripple + 0.25 * (column - 0.75))
    strength = (0.62 if light.night else 0.95) * (0.45 + 0.55 * (1 - near))[:, None]
    shine = (column * (0.22 + 0.9 * glint) * strength).clip(0, 0.95)[..., None]
    core = (column * glint).clip(0, 1)[..., None] ** 2
    paint += (light.orb * (0.92 - 0.25 * core) + 0.28 * core - paint) * shine


def _foam(paint: Field, frame: Frame, light: Light, ripple: Field) -> None:
    """Two lines of surf along a sea shore."""
    scene = frame.scene
    if scene.water is not Water.SEA or scene.ground is Ground.NONE:
        return
    rows = np.arange(frame.horizon, frame.height, dtype=np.float32)[:, None]
    away = (frame.shore[None] - rows) / frame.below + 0.018 * ripple
    white = light.on(rgb((250, 252, 252)), 0.9)
    surf = 0.85 * np.exp(-((away / 0.014) ** 2))
    surf += 0.5 * np.exp(-(((away - 0.085) / 0.012) ** 2)) * smooth(-0.1, 0.3, ripple)
    paint += (white - paint) * surf.clip(0, 0.9)[..., None]
