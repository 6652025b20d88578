"""How well `postcard-clip` finds pictures, on scenes that it has never seen: `python -m workers.training.judging_clip`.

Prints recall@1 and recall@10 of text to picture, with long and with short texts, and of picture to picture how often
the nearest neighbour shares the scene's main elements.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from clonegallery.demo.caption import caption
from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Scene
from clonegallery.inference.clip import Clip
from clonegallery.inference.own_models import CLIP, located
from clonegallery.inference.port import Vectors
from workers.training.pictures import Pictures, judging_set
from workers.training.traits import TRAITS, traits_of
from workers.training.wrapping import png

_SCENES: Final = 1_000
_MAIN: Final = ("sky", "water", "ground")
"""What two pictures must have in common to be alike."""


def main() -> None:
    asked = _arguments()
    pictures = judging_set(asked.work, _SCENES, seed=asked.seed, processes=2)
    clip = Clip(str(asked.model))
    placed = images_of(clip, pictures)
    said = [caption(scene) for scene in pictures.scenes]
    rng = np.random.default_rng(asked.seed)
    shorter = [phrase(scene, rng) for scene in pictures.scenes]
    print(f"{asked.model.name}, {_SCENES} scenes of combinations that it never saw, {clip.dimensions} dimensions")
    for name, texts in (("whole captions", said), ("any one thing said", shorter)):
        ranks = ranks_of(clip.texts(texts), placed)
        print(f"  text to picture, {name}: recall@1 {np.mean(ranks < 1):.3f}, recall@10 {np.mean(ranks < 10):.3f}")
    alike = shared(pictures.scenes, placed)
    print("  picture to picture, the nearest shares: " + ", ".join(f"{name} {share:.3f}" for name, share in alike))


def images_of(clip: Clip, pictures: Pictures) -> Vectors:
    """Where the pictures lie, in their order."""
    parts = [clip.images([png(one) for one in pictures.pixels[at : at + 50]]) for at in range(0, len(pictures), 50)]
    return np.concatenate(parts)


def ranks_of(texts: Vectors, pictures: Vectors) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each text how many pictures lie nearer to it than its own, which has the same place in the row."""
    scores = texts @ pictures.T
    ranks: np.ndarray[tuple[int], np.dtype[np.int64]] = (scores > np.diag(scores)[:, None]).sum(axis=1)
    return ranks


def shared(scenes: list[Scene], pictures: Vectors) -> list[tuple[str, float]]:
    """How often each main element, and all of them, are those of the nearest other picture."""
    scores = pictures @ pictures.T
    np.fill_diagonal(scores, -2)
    nearest = scores.argmax(axis=1)
    traits = np.array([traits_of(scene) for scene in scenes])
    same = {name: traits[:, at] == traits[nearest, at] for at, (name, _count, _of) in enumerate(TRAITS)}
    every = np.all([same[name] for name in _MAIN], axis=0)
    return [
        *((name, float(same[name].mean())) for name in (*_MAIN, "mountains", "orb")),
        ("all three", float(every.mean())),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.training.judging_clip", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(located(CLIP)))
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="where the judging pictures are kept")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
