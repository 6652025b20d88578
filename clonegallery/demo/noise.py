"""Smooth random fields. Small lattices enlarged by Pillow's C resampler: far cheaper than gradient noise in NumPy."""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field: TypeAlias = NDArray[np.float32]
"""A float32 array; (height, width) for one value a pixel, (height, width, 3) for colour in 0..1."""


def enlarge(field: Field, width: int, height: int) -> Field:
    """The field resampled bicubically to (height, width), channel by channel."""
    if field.ndim == 3:
        return np.dstack([enlarge(field[..., channel], width, height) for channel in range(field.shape[2])])
    grid = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC), np.float32)


def fractal(
    rng: np.random.Generator, width: int, height: int, cells: tuple[float, float], octaves: int, *, ridged: bool = False
) -> Field:
    """Octaves of value noise, (height, width), about -1..1; `ridged` folds each octave into sharp crests, 0..1."""
    total = np.zeros((height, width), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        across, down = (max(1, round(count * 2**octave)) for count in cells)
        lattice = rng.uniform(-1, 1, (down + 2 if height > 1 else 1, across + 2)).astype(np.float32)
        if across > width * 1.5:
            break
        layer = enlarge(lattice, width, height)
        total += weight * ((1 - 2 * np.abs(layer)).clip(0) if ridged else layer)
        norm += weight
        weight *= 0.5
    return total / np.float32(norm)


def line(rng: np.random.Generator, width: int, cells: float, octaves: int) -> Field:
    """One-dimensional fractal noise of `width` samples, about -1..1."""
    return fractal(rng, width, 1, (cells, 1), octaves).ravel()


@lru_cache(maxsize=8)
def tile(kind: str, side: int) -> Field:
    """A square texture shared by all pictures ("ripple", "earth", "blades", "grain"), made once a process and size."""
    rng = np.random.default_rng(len(kind))
    if kind == "grain":
        texture = rng.normal(0, 1, (side, side)).astype(np.float32)
    elif kind == "blades":
        texture = fractal(rng, side, side, (side / 5, side / 26), 2)
        texture = np.take_along_axis(texture, (np.arange(side)[:, None] + rng.integers(0, side, side)) % side, axis=0)
    else:
        texture = fractal(rng, side, side, (8.0, 20.0) if kind == "ripple" else (20.0, 20.0), 5)
    texture.setflags(write=False)
    return texture


def perspective(texture: Field, rows: Field, width: int, spread: float, shift: int) -> Field:
    """A texture lying on a plane that recedes: `rows` are nearnesses in 0..1 (1 at the viewer), (len(rows), width)."""
    side = texture.shape[0]
    far = 1 / (rows + 0.06)
    across = (np.arange(width, dtype=np.float32) - width / 2)[None] * (far * spread)[:, None]
    columns = _mirror((across + side / 2 + shift % (side // 4)).astype(np.int32), side)
    lines = _mirror((far * side * 0.5 * spread + shift).astype(np.int32), side)
    return np.asarray(texture.ravel().take(columns + lines[:, None] * side), np.float32)


def sample(texture: Field, rows: Field, columns: Field) -> Field:
    """The texture read between its pixels (bilinear), folded at its edges; `rows` and `columns` broadcast."""
    high, wide = texture.shape
    y, x = np.floor(rows).astype(np.int32), np.floor(columns).astype(np.int32)
    down, right = (rows - y).astype(np.float32), (columns - x).astype(np.float32)
    y0, y1, x0, x1 = _mirror(y, high), _mirror(y + 1, high), _mirror(x, wide), _mirror(x + 1, wide)
    upper = texture[y0, x0] * (1 - right) + texture[y0, x1] * right
    lower = texture[y1, x0] * (1 - right) + texture[y1, x1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float32)


def _mirror(index: NDArray[np.int32], side: int) -> NDArray[np.int32]:
    """Indices folded back and forth, so that a texture that does not tile shows no seam."""
    folded = index % (2 * side - 2)
    return np.asarray(np.where(folded >= side, 2 * side - 2 - folded, folded), np.int32)


def smooth(low: float, high: float, value: Field) -> Field:
    """Hermite step from 0 below `low` to 1 above `high`."""
    t = ((value - low) / (high - low)).clip(0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
