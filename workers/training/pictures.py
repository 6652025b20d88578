"""The painted pictures of a training set, kept in one file on disk, so that they are painted once."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from clonegallery.demo.painter import paint
from clonegallery.demo.scene import Scene
from workers.training.scenes import judging_scene, teaching_scene

SIDE: Final = 128
_CHUNK: Final = 64

Bytes = NDArray[np.uint8]


class Pictures:
    """Scenes and how they look: `pixels` is (count, SIDE, SIDE, 3), sRGB, read from disk as it is used.

    `name` tells this set from any other.
    """

    def __init__(self, scenes: list[Scene], pixels: Bytes, name: str = "") -> None:
        self.scenes = scenes
        self.pixels = pixels
        self.name = name

    def __len__(self) -> int:
        return len(self.scenes)


def teaching_set(folder: Path, count: int, *, seed: int, processes: int) -> Pictures:
    """The first `count` pictures to learn from; what an earlier call painted is not painted again."""
    return _painted(folder / f"teaching-{seed}.bin", partial(teaching_scene, seed), count, processes)


def judging_set(folder: Path, count: int, *, seed: int, processes: int) -> Pictures:
    """As above, of the scenes that are kept back."""
    return _painted(folder / f"judging-{seed}.bin", partial(judging_scene, seed), count, processes)


def _painted(path: Path, scene_at: Callable[[int], Scene], count: int, processes: int) -> Pictures:
    path.parent.mkdir(parents=True, exist_ok=True)
    each = SIDE * SIDE * 3
    here = path.stat().st_size // each if path.exists() else 0
    if here < count:
        with path.open("r+b" if here else "wb") as file, ProcessPoolExecutor(processes) as pool:
            file.seek(here * each)
            todo = [range(at, min(at + _CHUNK, count)) for at in range(here, count, _CHUNK)]
            bar = tqdm(pool.map(partial(_paint, scene_at), todo), total=len(todo), desc=path.stem, unit_scale=_CHUNK)
            for pixels in bar:
                file.write(pixels)
                file.flush()
    kept = np.memmap(path, np.uint8, "r", shape=(count, SIDE, SIDE, 3))
    return Pictures([scene_at(index) for index in range(count)], kept, f"{path.stem}, {count} pictures")


def _paint(scene_at: Callable[[int], Scene], indices: range) -> bytes:
    return b"".join(paint(scene_at(index), (SIDE, SIDE), index).tobytes() for index in indices)
