"""What each choice of the numbers in `search/fitting.py` finds: `python -m tests.bench.bench_fitting`.

Over painted scenes whose contents are known, and texts that name some of them: precision, recall and their balance
(F1), means over the texts, for shares of the best hit; and how strong the best hit of every text is, of those that name
what is there (drawn from `phrasing`) and of those that name nothing of it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Clouds, Ground, Relief, Scene
from clonegallery.inference.clip import Clip
from clonegallery.inference.own_models import CLIP, located
from clonegallery.search.fitting import strength_of
from tests.bench.fusion_scenes import FACTS, Shows
from tests.search.painted import PaintedGallery

SEED, SCENES, PHRASES = 1, 800, 300
SHARES: Final = (0.2, 0.25, 1 / 3, 0.4, 0.5)
FLOORS: Final = (0.5, 0.7, 1.0, 1.4)
FOUND_FROM: Final = (1.0, 1.3, 1.6, 2.0, 2.5)

Strengths = NDArray[np.float64]

_NAMED: Final = {
    "a lighthouse": "lighthouse", "a rainbow": "rainbow", "a sandy desert": "desert", "sailing boats": "boats",
    "a lake": "lake", "a river": "river", "a sandy beach": "beach", "a golden field": "golden field",
    "a red sky at dusk": "red sky",
}  # fmt: skip
_SAME: Final = ("palm trees", "northern lights", "moon", "birds", "stars", "houses", "pink blossoming trees", "flowers",
                "night", "sea")  # fmt: skip
MEANT: Final[Mapping[str, Shows]] = {
    **{text: FACTS[fact] for text, fact in _NAMED.items()},
    **{fact: FACTS[fact] for fact in _SAME},
    "beach at night": lambda scene: FACTS["beach"](scene) and FACTS["night"](scene),
    "a field of snow": lambda scene: scene.ground is Ground.SNOW,
    "heavy clouds": lambda scene: scene.clouds is Clouds.HEAVY,
    "dunes": lambda scene: scene.relief is Relief.DUNES,
}

NONSENSE: Final = """
cat; a dog on a sofa; football match; keyboard; wedding; robot; xyzzy; computer; train station; passport photo; pizza;
zzzz; elephant; guitar; airplane; motorcycle; receipt; lorem ipsum dolor; horse; umbrella; concert crowd; tax return;
my boss in a meeting; source code; mitochondria; a bowl of ramen; hamburger; newborn baby; tennis player; subway map;
bank statement; laptop on a desk; piano; lipstick; selfie; graduation; sushi; coffee cup; chess; comic book; whiteboard;
barcode; tattoo; dentist; police car; tractor; jet engine; submarine; yoga; bathroom tiles; curtains; refrigerator;
hammer; circuit board; newspaper; mosque; skyscraper; supermarket; foo bar baz; hjkl hjkl; aaaaaaa; blorft
"""


def main() -> None:
    gallery = PaintedGallery(Clip(located(CLIP)), SEED, SCENES)
    texts = {text: _strengths(gallery, [text])[0] for text in MEANT}
    rng = np.random.default_rng(SEED)
    said = [phrase(gallery.scenes[place], rng) for place in rng.choice(SCENES, PHRASES, replace=False)]
    nonsense = [text.strip() for text in NONSENSE.split(";")]
    _print_bests(_strengths(gallery, said).max(axis=1), _strengths(gallery, nonsense).max(axis=1))
    print(f"\n{'floor':>8}{'share':>8}{'precision':>12}{'recall':>10}{'F1':>8}")
    for floor in FLOORS:
        for share in SHARES:
            shown = np.mean([_judged(gallery.scenes, texts[text], MEANT[text], floor, share) for text in MEANT], axis=0)
            print(f"{floor:>8.2f}{share:>8.2f}{shown[0]:>12.3f}{shown[1]:>10.3f}{shown[2]:>8.3f}")


def _strengths(gallery: PaintedGallery, texts: Sequence[str]) -> Strengths:
    """(texts, scenes)"""
    return np.array([[strength_of(one) for one in near] for near in gallery.near(texts).values()], np.float64)


def _judged(scenes: Sequence[Scene], found: Strengths, is_meant: Shows, floor: float, share: float) -> Sequence[float]:
    meant = np.array([bool(is_meant(scene)) for scene in scenes])
    kept = found >= max(floor, found.max() * share)
    right = int((kept & meant).sum())
    return right / max(kept.sum(), 1), right / max(meant.sum(), 1), 2 * right / max(kept.sum() + meant.sum(), 1)


def _print_bests(said: Strengths, nonsense: Strengths) -> None:
    print(f"{'strength of the best hit':28}" + "".join(f"{f'{part} %':>8}" for part in (1, 5, 50, 95, 99)))
    for name, bests in (("of what is there", said), ("of nonsense", nonsense)):
        print(f"{name:28}" + "".join(f"{value:>8.2f}" for value in np.percentile(bests, (1, 5, 50, 95, 99))))
    for least in FOUND_FROM:
        shares = f"{np.mean(said >= least):.3f} of what is there, {np.mean(nonsense >= least):.3f} of nonsense"
        print(f"  from {least}: found are {shares}")


if __name__ == "__main__":
    main()
