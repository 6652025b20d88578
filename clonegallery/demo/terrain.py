"""Mountains, hills and dunes as height fields, seen in oblique projection and lit by their slopes."""

import numpy as np

from clonegallery.demo.frame import Frame, cover
from clonegallery.demo.light import GROUNDS, Light, rgb
from clonegallery.demo.noise import Field, enlarge, fractal, line, smooth
from clonegallery.demo.scene import Ground, Height, Hour, Mountains, Relief, Water

_SLICES, _HILL_FOLDS, _DUNE_FOLDS = 128, 48, 160
"""Slices in depth of a height field; half as many do for small pictures."""


def paint_mountains(canvas: Field, frame: Frame, light: Light) -> None:
    """The range on the horizon, with snow on what is high and not too steep."""
    if frame.scene.mountains is Mountains.NONE:
        return
    rng = frame.rng("mountains")
    width, unit = frame.width, frame.unit
    slices = _slices(frame, _SLICES)
    ridges = fractal(rng, width, slices, (4.2 * width / unit, 4.5), 6, ridged=True)
    lumps = fractal(rng, width, slices, (5 * width / unit, 3), 5)
    z = np.linspace(0, 1, len(lumps), dtype=np.float32)[:, None]
    heights = _peaks(frame, rng, lumps) * (0.42 + 0.72 * ridges) + 0.02 * (lumps + ridges)
    heights = np.asarray(heights * smooth(0.0, 0.3, z), np.float32)
    lit = _mountain_light(heights * np.float32(unit), light, unit * 0.58 / slices)
    colour = _rock(frame, light, heights, lit, lumps)
    foot = (1 - heights / 0.22).clip(0, 1)[..., None] ** 1.5
    veil = (0.06 + 0.2 * z[..., None] + 0.5 * foot).clip(0, 0.9)
    colour += (light.haze - colour) * veil
    rows = frame.horizon + 3 - 0.05 * unit * z[:, 0]
    _project(canvas, heights * np.float32(unit), rows, colour)


def _slices(frame: Frame, most: int) -> int:
    return most // 2 if frame.is_small else most


def _peaks(frame: Frame, rng: np.random.Generator, lumps: Field) -> Field:
    """The broad shape of the range, (slices, width) in units: overlapping cones on warped ground."""
    ratio = frame.width / frame.unit
    x = np.linspace(0, ratio, frame.width, dtype=np.float32)[None] + 0.07 * lumps
    z = np.linspace(0, 1, len(lumps), dtype=np.float32)[:, None]
    sky = frame.horizon / frame.unit
    total = np.zeros(lumps.shape, np.float32)
    count = round(3 + 2.2 * ratio)
    for index in range(count):
        centre = (index + float(rng.uniform(0.1, 0.9))) / count * ratio
        high = min(0.42, sky * 0.66) * float(rng.uniform(0.5, 1.0))
        reach = high * float(rng.uniform(1.1, 1.6)) + 0.1
        away = np.hypot((x - centre) / reach, (z - float(rng.uniform(0.25, 0.9))) / 0.75)
        total = np.maximum(total, high * (1 - away).clip(0) ** 0.92)
    return total * _valley(frame, x)


def _valley(frame: Frame, x: Field) -> Field | float:
    """A low sun or moon stands over a saddle, so that no peak hides it."""
    orb = frame.scene.orb
    if orb is None or orb.height is Height.HIGH:
        return 1.0
    place = frame.orb_place[0] / frame.unit
    return np.asarray(1 - 0.55 * np.exp(-(((x - place) / 0.26) ** 2)), np.float32)


def _slope_light(heights: Field, light: Light, spacing: float) -> Field:
    """How squarely light from the side meets each slope, 0..1."""
    across = np.gradient(heights, axis=1)
    deep = np.gradient(heights, axis=0) / max(spacing, 0.5)
    facing = -light.towards * across * 0.75 + deep * 0.18 + 0.5
    lit = facing / np.sqrt(1 + across**2 + 0.3 * deep**2)
    return (lit * 0.95).clip(0, 1).astype(np.float32)


def _mountain_light(heights: Field, light: Light, spacing: float) -> Field:
    """Mostly the light on whole flanks, with some on every gully: gullies alone look like a pleated curtain."""
    slices, width = heights.shape
    flanks = enlarge(enlarge(heights, max(8, width // 24), max(8, slices // 6)), width, slices)
    broad, fine = _slope_light(flanks * np.float32(1.6), light, spacing), _slope_light(heights, light, spacing)
    return np.asarray(0.58 * broad + 0.42 * fine, np.float32)


def _rock(frame: Frame, light: Light, heights: Field, lit: Field, lumps: Field) -> Field:
    scene = frame.scene
    warm = scene.ground is Ground.SAND or (scene.mountains is Mountains.BARE and scene.hour is Hour.DUSK)
    stone = rgb((176, 120, 92)) if warm else rgb((124, 124, 132))
    low = rgb((126, 96, 84)) if warm else rgb((82, 104, 88))
    climb = smooth(0.02, 0.2, heights + 0.04 * lumps)[..., None]
    albedo = low + (stone - low) * climb
    if scene.mountains is Mountains.SNOWY:
        line = 0.03 if scene.ground is Ground.SNOW else 0.085
        steep = np.abs(np.gradient(heights * np.float32(frame.unit), axis=1))
        snow = smooth(line, line + 0.07, heights + 0.06 * lumps) * (1 - 0.85 * smooth(1.3, 2.6, steep))
        albedo = albedo + (rgb((250, 251, 255)) - albedo) * snow[..., None]
    shade = light.on(albedo, lit * 1.3)
    shade = shade * (0.74 + 0.36 * lit[..., None])
    return np.asarray(shade + light.stops[1] * (1 - lit[..., None]) * 0.14, np.float32)


def paint_relief(canvas: Field, frame: Frame, light: Light) -> None:
    """Hills or dunes in three receding rows between the mountains and the ground."""
    scene = frame.scene
    if scene.relief is Relief.FLAT:
        return
    rows = 3 if scene.water in (Water.NONE, Water.RIVER) else 2
    for row in range(rows):
        _ridge(canvas, frame, light, row / max(rows - 1, 1), row)


def _ridge(canvas: Field, frame: Frame, light: Light, near: float, row: int) -> None:
    rng = frame.rng(f"ridge {row}")
    width, unit = frame.width, frame.unit
    dunes = frame.scene.relief is Relief.DUNES
    folds = _slices(frame, _DUNE_FOLDS if dunes else _HILL_FOLDS)
    fine = fractal(rng, width, folds, (14 * width / unit, 8), 4)
    z = np.linspace(0, 1, folds, dtype=np.float32)[:, None]
    shape = _dune(frame, rng, near, z) if dunes else _hill(frame, rng, near, folds)
    heights = ((0.19 if dunes else 0.15) - 0.03 * near) * shape * smooth(-0.15, 0.75, z) + (
        0.0 if dunes else 0.003
    ) * fine
    heights = np.asarray(heights * unit, np.float32)
    lit = _slope_light(heights * np.float32(2.4 if dunes else 1.3), light, unit * 0.29 / _slices(frame, _HILL_FOLDS))
    far, close = (rgb(tone) for tone in GROUNDS[frame.scene.ground])
    rough = np.float32(0.05 if dunes else 0.05 if frame.scene.ground is Ground.SNOW else 0.22)
    albedo = (far + (close - far) * np.float32(0.3 + 0.4 * near)) * (1 + rough * fine[..., None])
    colour = light.on(albedo, lit * 1.15)
    colour += (light.haze - colour) * np.float32(0.46 - 0.32 * near)
    lake = frame.scene.water is Water.LAKE
    drop = 0.012 * unit if lake else (0.04 + 0.22 * near) * frame.below
    rows = frame.horizon + drop - np.linspace(0, (0.02 if lake else 0.05) * unit, folds, dtype=np.float32)
    _project(canvas, heights, np.asarray(rows, np.float32), colour)


def _hill(frame: Frame, rng: np.random.Generator, near: float, folds: int) -> Field:
    cells = ((2.4 - 0.9 * near) * frame.width / frame.unit, 1.3)
    return np.asarray(0.5 + 0.62 * fractal(rng, frame.width, folds, cells, 4), np.float32)


def _dune(frame: Frame, rng: np.random.Generator, near: float, z: Field) -> Field:
    """Long crests running aslant, gentle to windward and steep to leeward."""
    ratio = frame.width / frame.unit
    x = np.linspace(0, ratio, frame.width, dtype=np.float32)[None]
    warp = fractal(rng, frame.width, len(z), (2.2 * ratio, 1.6), 2)
    phase = (x * (1.5 - 0.6 * near) + 0.55 * z + 0.4 * warp + float(rng.random())) % 1
    crest = np.where(phase < 0.68, smooth(0, 1, phase / 0.68), ((1 - phase) / 0.32) ** 1.15)
    swell = 0.6 + 0.5 * line(rng, frame.width, 1.5 * ratio, 2)[None]
    return np.asarray(crest * swell.clip(0.2) + 0.15, np.float32)


def _project(canvas: Field, heights: Field, bases: Field, colour: Field) -> None:
    """Draws a height field: slice k, nearest first, stands on row `bases[k]` and rises by `heights[k]` pixels.

    Each pixel shows the first slice tall enough to reach it, blended with the one in front, so slopes stay smooth.
    """
    slices, width = heights.shape
    skyline = np.minimum.accumulate(bases[:, None] - heights, axis=0).clip(0, canvas.shape[0] - 1)
    top, bottom = int(skyline.min()), min(int(bases[0]) + 1, canvas.shape[0])
    band = bottom - top
    first = np.ceil(skyline - top).astype(np.int32).clip(0, band)
    columns = np.arange(width, dtype=np.int32)
    marks = np.bincount((first * width + columns).ravel(), minlength=(band + 1) * width)
    reached = np.cumsum(marks.reshape(band + 1, width)[:band], axis=0)
    slot = (slices - reached).clip(0, slices - 1)
    front = (slot - 1).clip(0)
    flat, before = slot * width + columns, front * width + columns
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    upper, lower = skyline.ravel().take(flat), skyline.ravel().take(before)
    share = ((rows - upper) / (lower - upper).clip(0.5)).clip(0, 1)[..., None]
    table = np.ascontiguousarray(colour, np.float32).reshape(-1, 3)
    back = table.take(flat, axis=0)
    paint = back + (table.take(before, axis=0) - back) * share
    alpha = (rows + 1 - skyline[-1][None]).clip(0, 1)
    cover(canvas, top, paint, alpha)
