"""Our NumPy port of ThumbHash against the reference algorithm, written out loop by loop as its author did."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clonegallery.images.thumbhash import thumbhash


def reference(rgba: NDArray[np.uint8]) -> bytes:
    """`rgbaToThumbHash` of evanw/thumbhash, js/thumbhash.js, transcribed step by step."""
    h, w = rgba.shape[:2]
    data = [int(value) for value in rgba.reshape(-1)]
    avg_r = avg_g = avg_b = avg_a = 0.0
    for j in range(0, w * h * 4, 4):
        alpha = data[j + 3] / 255
        avg_r += alpha / 255 * data[j]
        avg_g += alpha / 255 * data[j + 1]
        avg_b += alpha / 255 * data[j + 2]
        avg_a += alpha
    if avg_a:
        avg_r, avg_g, avg_b = avg_r / avg_a, avg_g / avg_a, avg_b / avg_a
    has_alpha = avg_a < w * h
    l_limit = 5 if has_alpha else 7
    lx = max(1, math.floor(l_limit * w / max(w, h) + 0.5))
    ly = max(1, math.floor(l_limit * h / max(w, h) + 0.5))
    ls, ps, qs, as_ = [], [], [], []
    for j in range(0, w * h * 4, 4):
        alpha = data[j + 3] / 255
        r = avg_r * (1 - alpha) + alpha / 255 * data[j]
        g = avg_g * (1 - alpha) + alpha / 255 * data[j + 1]
        b = avg_b * (1 - alpha) + alpha / 255 * data[j + 2]
        ls.append((r + g + b) / 3)
        ps.append((r + g) / 2 - b)
        qs.append(r - g)
        as_.append(alpha)

    l_dc, l_ac, l_scale = channel(ls, w, max(3, lx), max(3, ly))
    p_dc, p_ac, p_scale = channel(ps, w, 3, 3)
    q_dc, q_ac, q_scale = channel(qs, w, 3, 3)
    landscape = w > h
    header24 = js_round(63 * l_dc) | js_round(31.5 + 31.5 * p_dc) << 6 | js_round(31.5 + 31.5 * q_dc) << 12
    header24 |= js_round(31 * l_scale) << 18 | int(has_alpha) << 23
    header16 = (
        (ly if landscape else lx) | js_round(63 * p_scale) << 3 | js_round(63 * q_scale) << 9 | int(landscape) << 15
    )
    result = [header24 & 255, header24 >> 8 & 255, header24 >> 16, header16 & 255, header16 >> 8]
    acs = [l_ac, p_ac, q_ac]
    if has_alpha:
        a_dc, a_ac, a_scale = channel(as_, w, 5, 5)
        result.append(js_round(15 * a_dc) | js_round(15 * a_scale) << 4)
        acs.append(a_ac)
    return bytes(result) + packed([js_round(15 * f) for ac in acs for f in ac])


def channel(values: list[float], w: int, nx: int, ny: int) -> tuple[float, list[float], float]:
    dc, ac, scale, h = 0.0, [], 0.0, len(values) // w
    for cy in range(ny):
        cx = 0
        while cx * ny < nx * (ny - cy):
            f = 0.0
            for y in range(h):
                fy = math.cos(math.pi / h * cy * (y + 0.5))
                for x in range(w):
                    f += values[x + y * w] * math.cos(math.pi / w * cx * (x + 0.5)) * fy
            f /= w * h
            if cx > 0 or cy > 0:
                ac.append(f)
                scale = max(scale, abs(f))
            else:
                dc = f
            cx += 1
    return dc, [0.5 + 0.5 / scale * f for f in ac] if scale else ac, scale


def packed(nibbles: list[int]) -> bytes:
    result: list[int] = []
    for index, nibble in enumerate(nibbles):
        if index % 2:
            result[-1] |= nibble << 4
        else:
            result.append(nibble)
    return bytes(result)


def js_round(value: float) -> int:
    return math.floor(value + 0.5)


def near(ours: bytes, theirs: bytes) -> bool:
    """Equal but for single steps where another order of summing lands on the other side of a rounding edge."""
    if len(ours) != len(theirs):
        return False
    nibbles = [(a >> s & 15, b >> s & 15) for a, b in zip(ours[5:], theirs[5:], strict=True) for s in (0, 4)]
    return sum(a != b for a, b in nibbles) <= 1 and all(abs(a - b) <= 1 for a, b in nibbles)


@pytest.mark.parametrize(("width", "height"), [(40, 30), (30, 40), (24, 24), (60, 5), (5, 60), (1, 1)])
@pytest.mark.parametrize("transparent", [False, True])
def test_the_hash_is_the_references(width: int, height: int, *, transparent: bool) -> None:
    rng = np.random.default_rng(width * 100 + height)
    ramp = np.add.outer(np.arange(height), np.arange(width))[..., None] * np.array([3, 5, 2, 4])
    rgba = ((ramp + rng.integers(0, 60, (height, width, 4))) % 256).astype(np.uint8)
    if not transparent:
        rgba[..., 3] = 255
    assert thumbhash(rgba)[:5] == reference(rgba)[:5]
    assert near(thumbhash(rgba), reference(rgba))


def test_the_aspect_and_the_average_colour_can_be_read_back() -> None:
    rgba = np.zeros((40, 80, 4), np.uint8)
    rgba[...] = (255, 0, 0, 255)
    head = thumbhash(rgba)
    assert head[4] & 0x80, "landscape"
    assert not head[2] & 0x80, "opaque"
    assert (head[0] & 63) / 63 == pytest.approx(1 / 3, abs=0.01)


@settings(max_examples=60)
@given(width=st.integers(1, 100), height=st.integers(1, 100), seed=st.integers(0, 2**32 - 1), flat=st.booleans())
def test_any_small_picture_has_a_hash(width: int, height: int, seed: int, *, flat: bool) -> None:
    rng = np.random.default_rng(seed)
    colour = rng.integers(0, 256, (1, 1, 4) if flat else (height, width, 4), np.uint8)
    assert 5 <= len(thumbhash(np.broadcast_to(colour, (height, width, 4)))) <= 32


@pytest.mark.parametrize("shape", [(101, 10, 4), (10, 101, 4), (0, 10, 4), (10, 10, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="thumbhash"):
        thumbhash(np.zeros(shape, np.uint8))
