"""Small drawings with soft edges: drawn by Pillow at several times their size, then shrunk."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw

from clonegallery.demo.frame import stamp
from clonegallery.demo.light import Light, Rgb, rgb
from clonegallery.demo.noise import Field

Ink: TypeAlias = tuple[int, int, int, int]
Points: TypeAlias = Sequence[tuple[float, float]]


def ink(colour: Field, alpha: float = 1.0) -> Ink:
    """A Pillow colour from float RGB."""
    red, green, blue = (int(value) for value in (colour.clip(0, 1) * 255))
    return red, green, blue, int(alpha * 255)


class Sketch:
    """A transparent sheet drawn on in its own coordinates, `width` by `height`, under the light of the scene."""

    def __init__(self, light: Light, width: float, height: float, tall: float, oversample: float = 2.5) -> None:
        """`tall` is the height in pixels that the finished sprite will have."""
        self.light = light
        self._size = max(2, round(tall * width / height)), max(3, round(tall))
        self._scale = max(tall * oversample, 48.0) / height
        self._sheet = Image.new("RGBA", (round(width * self._scale), round(height * self._scale)))
        self._pen = ImageDraw.Draw(self._sheet)

    def tone(self, albedo: Rgb | Field, lit: float, alpha: float = 1.0) -> Ink:
        """The ink of a surface so squarely lit (0 shadow, 1 full)."""
        colour = rgb(albedo) if isinstance(albedo, tuple) else albedo
        return ink(self.light.on(colour, lit), alpha)

    def polygon(self, points: Points, fill: Ink) -> None:
        self._pen.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=fill)

    def dab(self, x: float, y: float, across: float, down: float, fill: Ink) -> None:
        """An ellipse of half axes `across` and `down`."""
        k = self._scale
        self._pen.ellipse([(x - across) * k, (y - down) * k, (x + across) * k, (y + down) * k], fill=fill)

    def stroke(self, points: Points, width: float, fill: Ink) -> None:
        path = [(x * self._scale, y * self._scale) for x, y in points]
        self._pen.line(path, fill=fill, width=max(1, round(width * self._scale)), joint="curve")

    def done(self) -> Field:
        """The finished sprite, RGBA in 0..1."""
        return pixels(self._sheet, self._size)

    def sheet(self) -> Image.Image:
        """The sheet as drawn, its alpha multiplied in, for sprites that are needed at many sizes."""
        return self._sheet.convert("RGBa")


def pixels(sheet: Image.Image, size: tuple[int, int]) -> Field:
    """A sheet shrunk to `size` as float RGBA in 0..1; colours of empty pixels do not bleed into the edges."""
    small = (
        (sheet if sheet.mode == "RGBa" else sheet.convert("RGBa")).resize(size, Image.Resampling.BOX).convert("RGBA")
    )
    return np.asarray(small, np.float32) / np.float32(255)


def reflect(canvas: Field, sprite: Field, x: float, y: float, strength: float = 0.4) -> None:
    """The same sprite upside down below row `y`, fading with distance and broken by ripples."""
    upside = sprite[::-1][::2].copy()
    rows = np.arange(upside.shape[0], dtype=np.float32)
    upside[..., 3] *= np.linspace(1, 0.15, upside.shape[0], dtype=np.float32)[:, None]
    for row in range(upside.shape[0]):
        sway = round(float(np.sin(rows[row] * 1.3)) * (1 + sprite.shape[1] * 0.02))
        upside[row] = np.roll(upside[row], sway, axis=0)
    stamp(canvas, upside, x, y, strength)


def shadow(canvas: Field, light: Light, x: float, y: float, across: float) -> None:
    """A soft flat shadow `across` pixels wide, centred on (x, y), that sets a thing on the ground."""
    wide, high = max(4, int(across)), max(2, int(across * 0.11))
    columns = np.linspace(-1, 1, wide, dtype=np.float32)[None] ** 2
    rows = np.linspace(-1, 1, high, dtype=np.float32)[:, None] ** 2
    sprite = np.zeros((high, wide, 4), np.float32)
    sprite[..., 3] = (1 - columns - rows).clip(0, 1) * 0.42
    sprite[..., :3] = light.ambient * 0.25
    stamp(canvas, sprite, x - wide / 2, y - high / 2)
