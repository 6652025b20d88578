"""What `postcard-clip` makes of photographs: `python -m workers.training.judging_photos FOLDER`. It knows paintings.

Prints for each picture of the folder which of some plain words lie nearest to it, and which other picture.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np

from clonegallery.inference.clip import Clip
from clonegallery.inference.own_models import CLIP, located

_WORDS: Final = (
    "mountains", "snowy mountains", "hills", "a forest", "trees", "a desert", "a meadow", "flowers", "pink flowers",
    "white flowers", "red flowers", "birds", "a house", "the sea", "a lake", "a blue sky", "a grey sky", "snow",
)  # fmt: skip
_KINDS: Final = {".jpg", ".jpeg", ".png", ".webp"}


def main() -> None:
    asked = _arguments()
    files = sorted(path for path in asked.folder.iterdir() if path.suffix.lower() in _KINDS)
    if len(files) < 2:
        raise SystemExit(f"{asked.folder} holds no two pictures.")
    clip = Clip(str(asked.model))
    placed, words = clip.images([path.read_bytes() for path in files]), clip.texts(_WORDS)
    alike = placed @ placed.T
    np.fill_diagonal(alike, -2)
    for row, path in enumerate(files):
        scores = words @ placed[row]
        nearest = ", ".join(f"{_WORDS[at]} {scores[at]:.2f}" for at in np.argsort(-scores)[:3])
        other = int(alike[row].argmax())
        print(f"{path.stem}: {nearest}; looks like {files[other].stem} {alike[row, other]:.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.training.judging_photos", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=Path(located(CLIP)))
    return parser.parse_args()


if __name__ == "__main__":
    main()
