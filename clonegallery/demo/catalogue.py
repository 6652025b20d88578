"""The demo gallery: a fixed list of pictures, chosen by eye from many seeds, best first."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from clonegallery.demo.camera import Camera, camera_for, exif_of, jpeg_bytes
from clonegallery.demo.caption import caption, tags
from clonegallery.demo.chance import random_scene
from clonegallery.demo.painter import paint
from clonegallery.demo.scene import Scene
from clonegallery.demo.titles import titles

SHAPES: Final[dict[str, tuple[int, int]]] = {
    "3:2": (1680, 1120),
    "2:3": (1120, 1680),
    "4:3": (1600, 1200),
    "16:9": (1760, 990),
    "1:1": (1280, 1280),
    "21:9": (2000, 858),
    "4:5": (1200, 1500),
}
"""Sizes in pixels by aspect ratio."""

_CHOSEN: Final[tuple[tuple[int, str], ...]] = tuple((seed, list(SHAPES)[seed % 7]) for seed in range(64))
"""Seed and shape of every picture."""


@dataclass(frozen=True)
class DemoPicture:
    """One picture of the demo gallery; `size` is (width, height) in pixels."""

    filename: str
    title: str
    caption: str
    tags: list[str]
    seed: int
    size: tuple[int, int]
    scene: Scene
    camera: Camera


@lru_cache(maxsize=1)
def _pictures() -> tuple[DemoPicture, ...]:
    taken: set[str] = set()
    return tuple(_picture(seed, shape, taken) for seed, shape in _CHOSEN)


def _picture(seed: int, shape: str, taken: set[str]) -> DemoPicture:
    scene = random_scene(np.random.default_rng(seed))
    title = next(name for name in titles(scene) if name not in taken)
    taken.add(title)
    return DemoPicture(
        filename=re.sub(r"[^a-z0-9]+", "-", title.lower().replace("'", "")).strip("-") + ".jpg",
        title=title,
        caption=caption(scene),
        tags=tags(scene),
        seed=seed,
        size=SHAPES[shape],
        scene=scene,
        camera=camera_for(scene, np.random.default_rng([seed, 1])),
    )


def catalogue() -> list[DemoPicture]:
    """The pictures of the demo gallery, best looking first; titles and file names are unique."""
    return list(_pictures())


def draw(picture: DemoPicture) -> bytes:
    """The picture as JPEG with EXIF; the same picture always gives the same bytes. CPU-bound, about a third of a second."""
    return jpeg_bytes(paint(picture.scene, picture.size, picture.seed), exif_of(picture.camera, description=picture.title))
