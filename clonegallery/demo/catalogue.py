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

_CHOSEN: Final = """
1@3:2 108@21:9 99@2:3 14@4:5 155@3:2 168@16:9 134@1:1 66@21:9 182@2:3
105@4:3 40@2:3 139@16:9 63@3:2 33@4:3 61@16:9 50@16:9 184@3:2 153@4:5
131@16:9 12@3:2 146@1:1 154@3:2 191@2:3 27@4:3 4@3:2 147@4:5 67@21:9
6@16:9 20@3:2 172@4:3 43@3:2 190@3:2 85@2:3 116@4:5 128@21:9 68@3:2
13@2:3 77@16:9 107@1:1 88@4:3 30@3:2 24@3:2 71@4:5 173@1:1 121@16:9
157@3:2 10@3:2 189@2:3 181@16:9 48@4:3 52@2:3 79@16:9 138@3:2 141@4:5
96@1:1 118@3:2 170@2:3 94@16:9 15@3:2 140@4:5 112@21:9 162@3:2 8@1:1
41@16:9 142@4:3 18@3:2 166@16:9 84@2:3 36@1:1 176@21:9 183@4:3 64@3:2
"""
"""Seed and shape of every picture, in the order in which the gallery shows them."""


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
    chosen = (entry.split("@") for entry in _CHOSEN.split())
    return tuple(_picture(int(seed), shape, taken) for seed, shape in chosen)


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
    """The picture as JPEG with EXIF; the same picture always gives the same bytes. CPU-bound."""
    return jpeg_bytes(
        paint(picture.scene, picture.size, picture.seed), exif_of(picture.camera, description=picture.title)
    )
