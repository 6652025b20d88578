"""Paints a scene, back to front: sky, clouds, mountains, hills, water, ground, and what stands on it."""

import numpy as np
from PIL import Image

from clonegallery.demo.clouds import paint_clouds
from clonegallery.demo.frame import Frame
from clonegallery.demo.ground import paint_flowers, paint_ground
from clonegallery.demo.light import Light, light_of
from clonegallery.demo.noise import Field, tile
from clonegallery.demo.scene import Scene, Water
from clonegallery.demo.sky import paint_rainbow, paint_sky
from clonegallery.demo.terrain import paint_mountains, paint_relief
from clonegallery.demo.things import paint_birds, paint_boats, paint_houses, paint_lighthouse
from clonegallery.demo.trees import paint_forest, paint_frame_trees, paint_trees
from clonegallery.demo.water import paint_water, water_share

_SMALL = 400
"""Pictures with a shorter side below this are painted at twice their size and shrunk, for smooth edges."""


def paint(scene: Scene, size: tuple[int, int], seed: int) -> Image.Image:
    """The scene as an RGB picture of `size` (width, height) pixels, at least 64 by 64.

    The same arguments give the same pixels. `seed` decides the shapes, never what is in the picture or on which side.
    """
    scale = 2 if min(size) < _SMALL else 1
    frame = Frame(size[0] * scale, size[1] * scale, seed, scene)
    lean = 0.7 if frame.rng("lean").random() < 0.5 else -0.7
    light = light_of(scene, lean)
    canvas = paint_sky(frame, light)
    _paint_land(canvas, frame, light)
    if scale > 1:
        canvas = canvas.reshape(size[1], scale, size[0], scale, 3).mean(axis=(1, 3))
    return Image.fromarray(_developed(canvas, frame, scale))


def _paint_land(canvas: Field, frame: Frame, light: Light) -> None:
    share = water_share(frame)
    paint_clouds(canvas, frame, light)
    paint_mountains(canvas, frame, light)
    if frame.scene.rainbow:
        paint_rainbow(canvas, frame)
    paint_relief(canvas, frame, light)
    if frame.scene.water in (Water.SEA, Water.LAKE):
        paint_forest(canvas, frame, light)
        paint_water(canvas, frame, light, share)
        paint_ground(canvas, frame, light)
    else:
        paint_ground(canvas, frame, light)
        paint_water(canvas, frame, light, share)
        paint_forest(canvas, frame, light)
    paint_flowers(canvas, frame, light, share)
    paint_boats(canvas, frame, light)
    paint_houses(canvas, frame, light)
    paint_lighthouse(canvas, frame, light)
    paint_trees(canvas, frame, light)
    paint_frame_trees(canvas, frame, light)
    paint_birds(canvas, frame, light)


def _developed(canvas: Field, frame: Frame, scale: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Vignette, a gentle contrast curve and film grain; the grain also hides the steps of 8-bit gradients."""
    height, width = canvas.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] ** 2
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    vignette = 255 * (1 - 0.07 * (across + down) ** 1.5)
    grain = tile("grain", 512)
    x, y = (int(value) for value in frame.rng("grain").integers(0, 256, 2))
    reps = (-(-(height + y) // 512), -(-(width + x) // 512))
    noise = np.tile(grain, reps)[y : y + height, x : x + width] * np.float32(2.6 / scale)
    out = canvas * vignette[..., None]
    out += noise[..., None]
    return out.clip(0, 255).astype(np.uint8)
