"""Conifers, round trees and palms, alone or as a forest."""

from typing import Final

import numpy as np
from PIL import Image

from clonegallery.demo.frame import Frame, stamp
from clonegallery.demo.light import Light, Rgb, rgb
from clonegallery.demo.noise import Field
from clonegallery.demo.scene import Colour, Relief, Side, TreeKind, Trees, Water
from clonegallery.demo.sprites import Sketch, pixels, shadow

_LEAVES: Final[dict[Colour, Rgb]] = {
    Colour.GREEN: (84, 140, 60),
    Colour.ORANGE: (232, 128, 40),
    Colour.RED: (204, 58, 44),
    Colour.PINK: (248, 172, 200),
    Colour.YELLOW: (242, 196, 64),
    Colour.WHITE: (246, 248, 252),
}
_BARK: Final[Rgb] = (104, 78, 60)
_WIDE: Final[dict[TreeKind, float]] = {TreeKind.CONIFER: 0.5, TreeKind.ROUND: 0.86, TreeKind.PALM: 0.9}


def paint_trees(canvas: Field, frame: Frame, light: Light) -> None:
    """The counted trees of the scene, standing on their side of the picture."""
    trees = frame.scene.trees
    if trees is None or trees.is_forest:
        return
    rng = frame.rng("trees")
    tall = frame.unit * (0.42, 0.42, 0.36, 0.33, 0.31)[trees.count - 1]
    shore = frame.shore
    apart = 0.11 if trees.kind is TreeKind.CONIFER else 0.16
    step = min(apart * frame.unit, 0.42 * frame.width / trees.count)
    middle = frame.group_at(trees.side, step * trees.count + 0.16 * frame.unit)
    places = []
    for index in range(trees.count):
        offset = (index - (trees.count - 1) / 2) * step + float(rng.uniform(-0.02, 0.02)) * frame.unit
        x = middle + offset
        y = max(shore[int(x)] + 0.04 * frame.unit, frame.horizon + 0.3 * frame.below)
        places.append((float(y + rng.uniform(0, 0.1) * frame.unit), float(x), tall * float(rng.uniform(0.8, 1.1))))
    for y, x, size in sorted(places):
        shadow(canvas, light, x - light.towards * size * 0.12, y, size * 0.5)
        sprite = draw_tree(rng, trees, light, size)
        stamp(canvas, sprite, x - sprite.shape[1] / 2, y - sprite.shape[0] * 0.97)


def paint_forest(canvas: Field, frame: Frame, light: Light) -> None:
    """Rows of trees from the far edge of the land towards the viewer, tallest at the sides."""
    trees = frame.scene.trees
    if trees is None or not trees.is_forest:
        return
    rng = frame.rng("forest")
    unit, ratio = frame.unit, frame.width / frame.unit
    sheets = [_sheet(rng, trees, light, 0.16 * unit) for _ in range(3 if frame.is_small else 5)]
    lake = frame.scene.water is Water.LAKE
    rows = (0.0, 0.012, 0.03) if lake else (0.0, 0.04, 0.09, 0.15)
    start = 0.0 if lake or frame.scene.relief is Relief.FLAT else 0.14
    for row, drop in enumerate(rows):
        count = round((58 - 9 * row) * ratio)
        size = (0.075 + 0.022 * row if lake else 0.06 + 0.36 * drop) * unit
        stock = [
            [_hazed(pixels(s, _fit(s, size * k)), light, 0.42 - 0.12 * row) for k in (0.7, 0.9, 1.1)] for s in sheets
        ]
        for place in (np.arange(count) + rng.uniform(-0.4, 0.4, count)) / count:
            edge = abs(float(place) - 0.5) * 2
            if rng.random() > 0.42 + 0.9 * edge - 0.14 * row:
                continue
            sprite = stock[int(rng.integers(len(stock)))][int(rng.integers(3))]
            y = frame.horizon + (
                0.012 * unit + drop * unit * 0.4 if lake else (start + drop) * frame.below + 0.01 * unit
            )
            stamp(canvas, sprite, float(place) * frame.width - sprite.shape[1] / 2, y - sprite.shape[0] * 0.95)


def paint_frame_trees(canvas: Field, frame: Frame, light: Light) -> None:
    """A few big trees of the forest at one edge, near the viewer, which give the picture depth."""
    trees = frame.scene.trees
    if trees is None or not trees.is_forest:
        return
    rng = frame.rng("frame trees")
    sign = -1 if trees.side is Side.LEFT else 1
    edge = 0 if sign < 0 else frame.width
    for index, size in enumerate((0.34, 0.44, 0.56)):
        sprite = draw_tree(rng, trees, light, size * frame.unit)
        x = edge - sign * (0.24 - 0.09 * index) * frame.unit
        y = frame.horizon + (0.52 + 0.18 * index) * frame.below
        y = max(y, float(frame.shore[min(max(int(x), 0), frame.width - 1)]) + 0.05 * frame.unit)
        shadow(canvas, light, x - light.towards * size * 0.12 * frame.unit, y, size * 0.5 * frame.unit)
        stamp(canvas, sprite, x - sprite.shape[1] / 2, y - sprite.shape[0] * 0.97)


def _fit(sheet: Image.Image, tall: float) -> tuple[int, int]:
    return max(2, round(tall * sheet.width / sheet.height)), max(3, round(tall))


def _hazed(sprite: Field, light: Light, haze: float) -> Field:
    sprite = sprite.copy()
    sprite[..., :3] += (light.haze - sprite[..., :3]) * np.float32(max(haze, 0))
    return sprite


def draw_tree(rng: np.random.Generator, trees: Trees, light: Light, tall: float) -> Field:
    """One tree as an RGBA sprite `tall` pixels high, its foot at the middle of the lower edge."""
    sheet = _sheet(rng, trees, light, tall)
    return pixels(sheet, _fit(sheet, tall))


def _sheet(rng: np.random.Generator, trees: Trees, light: Light, tall: float) -> Image.Image:
    sketch = Sketch(light, 100 * _WIDE[trees.kind], 100, tall, 2.0)
    match trees.kind:
        case TreeKind.CONIFER:
            _conifer(sketch, rng, light, snowy=trees.colour is Colour.WHITE)
        case TreeKind.ROUND:
            _round(sketch, rng, rgb(_LEAVES[trees.colour]), tall)
        case TreeKind.PALM:
            _palm(sketch, rng, light)
    return sketch.sheet()


def _conifer(sketch: Sketch, rng: np.random.Generator, light: Light, *, snowy: bool) -> None:
    sketch.polygon([(23.4, 100), (24.4, 60), (25.6, 60), (26.6, 100)], sketch.tone(_BARK, 0.3))
    green = rgb((44, 88, 62)) * np.float32(rng.uniform(0.85, 1.2))
    tiers = 19
    for tier in range(tiers):
        t = 1 - tier / tiers
        y, half = 6 + 86 * t, 2.2 + 19.0 * t**0.9 * float(rng.uniform(0.8, 1.12))
        drop = 7.0 * t + 4
        for side in (-1, 1):
            lit = (0.58 if side * light.towards > 0 else 0.2) + float(rng.uniform(-0.1, 0.1))
            lit += 0.2 * (1 - t)
            points = _bough(rng, side, y, half, drop)
            sketch.polygon(points, sketch.tone(green, lit))
            if snowy:
                sketch.polygon(
                    _bough(rng, side, y - 2.4, half * 0.8, drop * 0.5), sketch.tone((240, 245, 255), lit + 0.1)
                )


def _bough(rng: np.random.Generator, side: int, y: float, half: float, drop: float) -> list[tuple[float, float]]:
    """Half a tier: from the stem out to a drooping tip and back along a ragged lower edge."""
    seam = 25 - side * half * float(rng.uniform(0.0, 0.22))
    points = [(seam, y - drop), (25 + side * half * 0.5, y - drop * 0.42), (25 + side * half, y + 1.2)]
    for step in range(1, 6):
        x = half * (1 - step / 5)
        points.append((25 + side * (x + half * 0.12), y - drop * 0.12))
        points.append((25 + side * x, y + float(rng.uniform(0.2, 1.8))))
    return points


def _round(sketch: Sketch, rng: np.random.Generator, leaf: Field, tall: float) -> None:
    """A crown of dabs, those in shadow first. Small trees get fewer and larger dabs: nobody could tell."""
    bark = sketch.tone(_BARK, 0.35)
    sketch.polygon([(39, 100), (41.4, 62), (44.6, 62), (47, 100)], bark)
    for reach, high in ((-14, 46), (12, 44), (2, 36)):
        sketch.stroke([(43, 70), (43 + reach * 0.5, 60), (43 + reach, high)], 1.8, bark)
    fine = min(max(tall / 250, 0.3), 1.0)
    x, y, ball = _crown(rng, sketch.light.towards, round(560 * fine))
    whole = ((x - 43) * sketch.light.towards * 0.8 - (y - 40)) / 34
    lit = 0.5 * ball + 0.6 * whole + rng.normal(0, 0.16, len(x))
    sizes = rng.uniform(1.0, 2.3, len(x)) / fine**0.5
    tones = [sketch.tone(leaf * np.float32(0.84 + 0.024 * step), 0.12 + 0.064 * step) for step in range(13)]
    steps = ((lit + 0.8) * 8).clip(0, 12).astype(int)
    for index in np.argsort(lit):
        size = float(sizes[index])
        sketch.dab(float(x[index]), float(y[index]), size * 1.15, size, tones[steps[index]])


def _crown(rng: np.random.Generator, towards: float, count: int) -> tuple[Field, Field, Field]:
    """Places of `count` dabs on the leaf masses of a crown, and how far each looks towards the light, -1..1."""
    angles = np.arange(7) * 0.9 + rng.uniform(0, 0.5, 7)
    across = np.concatenate([[43.0], 43 + 21 * np.cos(angles)])
    down = np.concatenate([[36.0], 38 + 16 * np.sin(angles)])
    reach = np.concatenate([[22.0], rng.uniform(11, 16, 7)])
    mass = rng.choice(8, count, p=reach / reach.sum())
    turn, far = rng.uniform(0, 2 * np.pi, count), rng.random(count) ** 0.5
    ball = far * (np.cos(turn) * towards * 0.8 - np.sin(turn))
    x = across[mass] + reach[mass] * far * np.cos(turn)
    y = down[mass] + reach[mass] * far * np.sin(turn)
    return x.astype(np.float32), y.astype(np.float32), ball.astype(np.float32)


def _palm(sketch: Sketch, rng: np.random.Generator, light: Light) -> None:
    lean = float(rng.choice([-1, 1])) * float(rng.uniform(5, 14))
    t = np.linspace(0, 1, 14)
    xs, ys = 45 + lean * t**1.8, 100 - 66 * t
    for index in range(13):
        wide = 2.0 - 0.8 * float(t[index])
        x, y, x2, y2 = float(xs[index]), float(ys[index]), float(xs[index + 1]), float(ys[index + 1])
        lit = 0.55 if index % 2 else 0.35
        sketch.polygon(
            [(x - wide, y), (x2 - wide * 0.9, y2), (x2 + wide * 0.9, y2), (x + wide, y)],
            sketch.tone((150, 118, 86), lit),
        )
    top = float(xs[-1]), float(ys[-1])
    angles = np.linspace(-2.9, 0.5, 11) + rng.uniform(-0.12, 0.12, 11) - 0.38
    for angle in sorted(angles, key=lambda a: abs(np.cos(a))):
        _frond(sketch, top, float(angle), float(rng.uniform(26, 34)), light)
    for dx in (-1.6, 0.4, 2.0):
        sketch.dab(top[0] + dx, top[1] + 2.2, 1.5, 1.7, sketch.tone((120, 84, 48), 0.4))


def _frond(sketch: Sketch, top: tuple[float, float], angle: float, reach: float, light: Light) -> None:
    t = np.linspace(0, 1, 15)
    xs = top[0] + reach * np.cos(angle) * t
    ys = top[1] + reach * (np.sin(angle) * t * 0.85 + 0.66 * t**2.1)
    lit = 0.3 + 0.4 * max(0.0, float(np.cos(angle)) * light.towards) + 0.25 * max(0.0, -float(np.sin(angle)))
    green = sketch.tone((74, 136, 66), lit)
    dark = sketch.tone((56, 110, 58), lit * 0.6)
    spine = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    for index in range(1, 15):
        x, y = spine[index]
        length = 8.5 * (1 - abs(t[index] - 0.4)) * (1.02 - 0.55 * t[index])
        dx = float(np.cos(angle)) * 3.2
        sketch.polygon([spine[index - 1], (x, y), (x + dx, y + length)], green if index % 2 else dark)
        sketch.polygon([spine[index - 1], (x, y), (x + dx * 1.3, y - length * 0.3)], green)
    sketch.stroke(spine, 0.7, green)
