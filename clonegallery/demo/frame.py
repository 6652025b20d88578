"""Where things go in a picture of any shape, and the few ways in which paint reaches the canvas."""

from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np

from clonegallery.demo.noise import Field, line
from clonegallery.demo.scene import Ground, Height, Mountains, Relief, Scene, Side, Water

CENTRES = {Side.LEFT: 0.24, Side.CENTRE: 0.5, Side.RIGHT: 0.76}


@dataclass(frozen=True)
class Frame:
    """The canvas in pixels. Sizes of things are fractions of `unit`, so they keep their shape in a panorama."""

    width: int
    height: int
    seed: int
    scene: Scene

    @property
    def unit(self) -> float:
        return float(min(self.width, self.height))

    @property
    def is_small(self) -> bool:
        """Small pictures show no fine detail, so that none needs to be painted."""
        return self.unit < 500

    @property
    def texture(self) -> int:
        """Side of the textures to paint with, in steps, so that few need to be made."""
        return 256 if self.is_small else 512 if self.unit < 900 else 1024

    @cached_property
    def horizon(self) -> int:
        """Row of the horizon; photographers do not all hold their cameras alike."""
        share = (0.6 if self.height > self.width else 0.56) + float(self.rng("horizon").uniform(-0.05, 0.06))
        return round(self.height * share)

    @cached_property
    def below(self) -> int:
        """Rows from the horizon to the lower edge."""
        return self.height - self.horizon

    def rng(self, name: str) -> np.random.Generator:
        """A generator of its own for each thing, so that adding one never moves another."""
        return np.random.default_rng([self.seed, crc32(name.encode())])

    @cached_property
    def orb_place(self) -> tuple[float, float]:
        """Centre of the sun or moon in pixels; the middle of the sky when there is none."""
        orb = self.scene.orb
        side = orb.side if orb else Side.CENTRE
        nudge = float(self.rng("orb").uniform(-0.04, 0.04))
        x = (CENTRES[side] + nudge) * self.width
        if orb and orb.height is Height.LOW:
            lift = (
                0.34
                if self.scene.mountains is not Mountains.NONE
                else 0.2
                if self.scene.relief is not Relief.FLAT
                else 0.135
            )
            return x, self.horizon - min(lift * self.unit, self.horizon * 0.6)
        return x, self.horizon * 0.3

    @cached_property
    def shore(self) -> Field:
        """Row at which the ground begins, for every column; the lower edge and beyond on the open sea."""
        scene = self.scene
        if scene.ground is Ground.NONE:
            return np.full(self.width, self.height + 2, np.float32)
        if scene.water not in (Water.SEA, Water.LAKE):
            return self._meadow_edge()
        x = np.linspace(0, 1, self.width, dtype=np.float32)
        wave = line(self.rng("shore"), self.width, 2.2 * self.width / self.unit, 3)
        row = self.horizon + self.below * (0.66 + 0.07 * wave)
        for side in self.built_sides():
            reach = 0.3 if side is not Side.CENTRE else 0.2
            edge = {Side.LEFT: 0.12, Side.CENTRE: 0.5, Side.RIGHT: 0.88}[side]
            row -= self.below * 0.34 * np.exp(-(((x - edge) / reach) ** 4))
        return row.astype(np.float32)

    def _meadow_edge(self) -> Field:
        """Without open water the ground reaches the horizon, or the feet of the hills."""
        if self.scene.relief is Relief.FLAT:
            return np.full(self.width, self.horizon, np.float32)
        wave = line(self.rng("meadow"), self.width, 1.6 * self.width / self.unit, 3)
        return np.asarray(self.horizon + self.below * (0.16 + 0.05 * wave), np.float32)

    def group_at(self, side: Side, span: float) -> float:
        """Middle column of a group `span` pixels wide on this side, moved in so far that no edge cuts it."""
        return float(min(max(CENTRES[side] * self.width, span / 2), self.width - span / 2))

    def built_sides(self) -> list[Side]:
        """Sides on which something stands ashore, where the coast comes forward to carry it."""
        scene = self.scene
        standing = [scene.houses.side if scene.houses else None, scene.lighthouse]
        if scene.trees and not scene.trees.is_forest:
            standing.append(scene.trees.side)
        return [side for side in standing if side is not None]


def cover(canvas: Field, top: int, paint: Field, alpha: Field) -> None:
    """Lays `paint` (rows, width, 3) over the canvas from row `top`, by `alpha` (rows, width) in 0..1."""
    rows = canvas[top : top + paint.shape[0]]
    rows += (paint - rows) * alpha[..., None]


def stamp(canvas: Field, sprite: Field, x: float, y: float, opacity: float = 1.0) -> None:
    """Lays an RGBA sprite (values 0..1) with its upper left corner at (x, y), clipped at the edges."""
    left, top = round(x), round(y)
    height, width = sprite.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, canvas.shape[1]), min(top + height, canvas.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    piece = sprite[y0 - top : y1 - top, x0 - left : x1 - left]
    place = canvas[y0:y1, x0:x1]
    place += (piece[..., :3] - place) * (piece[..., 3:] * np.float32(opacity))


def glow(canvas: Field, x: float, y: float, radius: float, colour: Field) -> None:
    """Adds a round soft light of the given radius (pixels) and colour."""
    x0, x1 = max(0, int(x - 3 * radius)), min(canvas.shape[1], int(x + 3 * radius) + 1)
    y0, y1 = max(0, int(y - 3 * radius)), min(canvas.shape[0], int(y + 3 * radius) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    across = ((np.arange(x0, x1) - x) / radius) ** 2
    down = ((np.arange(y0, y1) - y) / radius) ** 2
    light = np.exp(-(across[None] + down[:, None])).astype(np.float32)
    place = canvas[y0:y1, x0:x1]
    place += light[..., None] * colour * (1 - place).clip(0)
