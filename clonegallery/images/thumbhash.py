"""ThumbHash: a picture's blurred likeness in about 25 bytes, after Evan Wallace's reference.

A NumPy port of `rgbaToThumbHash` in https://github.com/evanw/thumbhash/blob/main/js/thumbhash.js (MIT); the bit layout
and the constants are the reference's.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Channel:
    """One channel's cosine terms: the mean, the rest normalised to 0…1, and the scale that was divided out."""

    mean: float
    terms: tuple[float, ...]
    scale: float


def thumbhash(rgba: NDArray[np.uint8]) -> bytes:
    """Hash straight-alpha sRGB of shape (height, width, 4), both at most 100. Raises `ValueError` for other shapes."""
    height, width = rgba.shape[:2]
    if rgba.ndim != 3 or rgba.shape[2] != 4 or not (0 < height <= 100 and 0 < width <= 100):
        raise ValueError("A thumbhash is made from at most 100 x 100 RGBA pixels")
    light, yellow_blue, red_green, alpha = _to_lpqa(rgba)
    has_alpha = bool(alpha.sum() < width * height)
    limit, longest = (5 if has_alpha else 7), max(width, height)
    across, down = (max(1, _round(limit * side / longest)) for side in (width, height))
    channels = [_encode(light, max(3, across), max(3, down)), _encode(yellow_blue, 3, 3), _encode(red_green, 3, 3)]
    landscape = width > height
    header = _header(channels, has_alpha=has_alpha, short_side=down if landscape else across, landscape=landscape)
    if has_alpha:
        opacity = _encode(alpha, 5, 5)
        header.append(_round(15 * opacity.mean) | _round(15 * opacity.scale) << 4)
        channels.append(opacity)
    return bytes(header) + _pack_nibbles([_round(15 * term) for channel in channels for term in channel.terms])


def _to_lpqa(rgba: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane, Plane]:
    """Split into lightness, yellow-blue, red-green and alpha, with transparent parts laid over the average colour."""
    pixels = rgba.astype(np.float64) / 255
    colour, alpha = pixels[..., :3], pixels[..., 3]
    weight = alpha.sum()
    average = (colour * alpha[..., None]).sum(axis=(0, 1)) / (weight or 1.0)
    over = average * (1 - alpha[..., None]) + colour * alpha[..., None]
    red, green, blue = over[..., 0], over[..., 1], over[..., 2]
    return (red + green + blue) / 3, (red + green) / 2 - blue, red - green, alpha


def _encode(channel: Plane, across: int, down: int) -> _Channel:
    height, width = channel.shape
    cos_x = np.cos(np.pi / width * np.outer(np.arange(across), np.arange(width) + 0.5))
    cos_y = np.cos(np.pi / height * np.outer(np.arange(down), np.arange(height) + 0.5))
    table = cos_y @ channel @ cos_x.T / (width * height)
    # The reference keeps the triangle of low frequencies, row by row.
    mean, *terms = (float(table[y, x]) for y in range(down) for x in range(across) if x * down < across * (down - y))
    scale = max(map(abs, terms), default=0.0)
    return _Channel(mean, tuple(0.5 + 0.5 / scale * term for term in terms) if scale else tuple(terms), scale)


def _header(channels: list[_Channel], *, has_alpha: bool, short_side: int, landscape: bool) -> bytearray:
    light, yellow_blue, red_green = channels
    first = _round(63 * light.mean) | _round(31.5 + 31.5 * yellow_blue.mean) << 6
    first |= _round(31.5 + 31.5 * red_green.mean) << 12 | _round(31 * light.scale) << 18 | has_alpha << 23
    second = short_side | _round(63 * yellow_blue.scale) << 3 | _round(63 * red_green.scale) << 9 | landscape << 15
    return bytearray(first.to_bytes(3, "little") + second.to_bytes(2, "little"))


def _pack_nibbles(values: list[int]) -> bytes:
    padded = [*values, 0] if len(values) % 2 else values
    return bytes(low | high << 4 for low, high in zip(padded[::2], padded[1::2], strict=True))


def _round(value: float) -> int:
    """Round half up, as JavaScript's Math.round; Python's own rounds half to even."""
    return math.floor(value + 0.5)
