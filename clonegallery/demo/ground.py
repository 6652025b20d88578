"""The ground at the viewer's feet: meadow, stubble, snow or sand, with its flowers."""

import numpy as np
from PIL import Image, ImageDraw

from clonegallery.demo.frame import Frame, cover, stamp
from clonegallery.demo.light import COLOURS, GROUNDS, Light, rgb
from clonegallery.demo.noise import Field, line, perspective, smooth, tile
from clonegallery.demo.scene import Colour, Ground, Water


def paint_ground(canvas: Field, frame: Frame, light: Light) -> None:
    """Covers everything below the shore line with the ground of the scene."""
    scene = frame.scene
    if scene.ground is Ground.NONE:
        return
    edge = _edge(frame)
    top = max(0, int(edge.min()))
    rows = np.arange(top, frame.height, dtype=np.float32)
    near = ((rows - frame.horizon) / frame.below).clip(0, 1)
    kind = "earth" if scene.ground in (Ground.GRASS, Ground.STRAW) else "ripple"
    texture = perspective(tile(kind, frame.texture), near, frame.width, 1.0, 97 * frame.seed % 800)
    texture = texture * smooth(0.02, 0.3, near)[:, None] + _strokes(frame, near)
    far, close = (rgb(tone) for tone in GROUNDS[scene.ground])
    depth = (near**0.8)[:, None, None]
    rough = 0.05 if scene.ground is Ground.SNOW else 0.08 if scene.ground is Ground.SAND else 0.17
    swell = line(frame.rng("swell"), frame.width, 3 * frame.width / frame.unit, 2)[None]
    lit = 0.62 + 0.3 * swell + 0.5 * rough * texture
    albedo = (far + (close - far) * depth) * (1 + rough * texture[..., None])
    paint = light.on(albedo, lit)
    paint += (light.haze - paint) * (0.4 * (1 - depth) ** 3 + 0.02)
    below = rows[:, None] + 1 - edge[None]
    rim = np.exp(-((below / (0.012 * frame.unit)) ** 2))[..., None] * 0.16
    paint += rim * light.key
    cover(canvas, top, paint.astype(np.float32), below.clip(0, 1))


def _strokes(frame: Frame, near: Field) -> Field | float:
    """What gives the ground its grain: blades of grass, and on a field the furrows that run to the horizon."""
    if frame.scene.ground not in (Ground.GRASS, Ground.STRAW):
        return 0.0
    blades = tile("blades", frame.texture)
    rows = np.arange(len(near)) % blades.shape[0]
    columns = np.arange(frame.width) % blades.shape[1]
    strokes = blades[rows][:, columns] * (0.35 + 1.1 * near)[:, None]
    if frame.scene.ground is Ground.STRAW:
        x = (np.arange(frame.width, dtype=np.float32) / frame.width - 0.5)[None] * frame.width / frame.unit
        furrows = np.sin(x * 26 / (near + 0.1)[:, None]) * smooth(0.12, 0.4, near)[:, None]
        strokes = strokes + 0.75 * furrows
    return np.asarray(strokes, np.float32)


def _edge(frame: Frame) -> Field:
    """The shore line, ragged with grass where there is grass."""
    edge = frame.shore
    scene = frame.scene
    if scene.water in (Water.SEA, Water.LAKE) and scene.ground in (Ground.GRASS, Ground.STRAW):
        blades = line(frame.rng("blades"), frame.width, 150 * frame.width / frame.unit, 2)
        return np.asarray(edge - 0.007 * frame.unit * np.abs(blades), np.float32)
    return edge


def paint_flowers(canvas: Field, frame: Frame, light: Light, river: Field) -> None:
    """A meadow in bloom: blossoms grow towards the viewer. `river` is the water's share of each pixel."""
    if frame.scene.flowers is None:
        return
    rng = frame.rng("flowers")
    count = int(540 * frame.width / frame.unit)
    near = np.sort(rng.random(count) ** 0.62)
    across = rng.random(count)
    shore = frame.shore
    heads = [_blossom(rng, frame.scene.flowers, light, shade) for shade in (0.3, 0.65, 1.0)]
    sizes = [max(2, round(frame.unit * size)) for size in np.linspace(0.006, 0.05, 7)]
    stock = [[_shrunk(head, size) for size in sizes] for head in heads]
    for depth, place in zip(near, across, strict=True):
        column = min(int(place * frame.width), frame.width - 1)
        top = max(shore[column] + 0.012 * frame.unit, frame.horizon + 0.1 * frame.below)
        y = top + depth * (frame.height * 1.02 - top)
        if river[min(int(y), frame.height - 1), column] > 0.02:
            continue
        reach = ((y - frame.horizon) / frame.below) ** 1.3
        sprite = stock[int(rng.integers(3))][min(6, int(reach * 6))]
        stamp(canvas, sprite, column - sprite.shape[1] / 2, y - sprite.shape[0] / 2)


def _shrunk(head: Image.Image, size: int) -> Field:
    small = head.resize((size, size), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small, np.float32) / np.float32(255)


def _blossom(rng: np.random.Generator, colour: Colour, light: Light, shade: float) -> Image.Image:
    """One blossom with a leaf or two, 96 pixels square, transparent around."""
    sheet = Image.new("RGBA", (96, 96))
    pen = ImageDraw.Draw(sheet)
    leaf = _ink(light.on(rgb((74, 122, 52)), shade))
    pen.line([(48, 48), (48 + float(rng.uniform(-8, 8)), 96)], fill=leaf, width=5)
    petal = _ink(light.on(rgb(COLOURS[colour]), 0.35 + 0.65 * shade))
    deep = _ink(light.on(rgb(COLOURS[colour]) * 0.8, 0.3 + 0.5 * shade))
    turn = float(rng.uniform(0, 2))
    for index in range(6):
        angle = turn + index * np.pi / 3
        x, y = 48 + 19 * np.cos(angle), 34 + 14 * np.sin(angle)
        pen.ellipse([x - 15, y - 12, x + 15, y + 12], fill=petal if index % 2 else deep)
    heart = Colour.YELLOW if colour is not Colour.YELLOW else Colour.ORANGE
    pen.ellipse([39, 27, 57, 41], fill=_ink(light.on(rgb(COLOURS[heart]), shade)))
    return sheet


def _ink(colour: Field) -> tuple[int, int, int, int]:
    red, green, blue = (int(value) for value in (colour.clip(0, 1) * 255))
    return red, green, blue, 255
