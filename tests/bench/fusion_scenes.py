"""What painted scenes show, what careless people write about them, and what others ask for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from clonegallery.demo.caption import caption, tags
from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Colour, Ground, Hour, Mountains, OrbKind, Relief, Scene, Sky, TreeKind, Water

Shows = Callable[[Scene], Any]

FACTS: Final[Mapping[str, Shows]] = {
    "lighthouse": lambda scene: scene.lighthouse,
    "palm trees": lambda scene: scene.trees and scene.trees.kind is TreeKind.PALM,
    "northern lights": lambda scene: scene.aurora,
    "rainbow": lambda scene: scene.rainbow,
    "moon": lambda scene: scene.orb and scene.orb.kind is OrbKind.MOON,
    "desert": lambda scene: scene.is_desert,
    "boats": lambda scene: scene.boats,
    "birds": lambda scene: scene.birds,
    "stars": lambda scene: "stars" in tags(scene),
    "lake": lambda scene: scene.water is Water.LAKE,
    "river": lambda scene: scene.water is Water.RIVER,
    "sea": lambda scene: scene.water is Water.SEA,
    "houses": lambda scene: scene.houses,
    "forest": lambda scene: scene.trees and scene.trees.is_forest,
    "pink blossoming trees": lambda scene: scene.trees and scene.trees.colour is Colour.PINK,
    "beach": lambda scene: "beach" in tags(scene),
    "golden field": lambda scene: scene.ground is Ground.STRAW,
    "flowers": lambda scene: scene.flowers,
    "red sky": lambda scene: scene.sky is Sky.RED,
    "night": lambda scene: scene.hour is Hour.NIGHT,
    "dusk": lambda scene: scene.hour is Hour.DUSK,
    "dawn": lambda scene: scene.hour is Hour.DAWN,
    "snow": lambda scene: scene.ground is Ground.SNOW or scene.mountains is Mountains.SNOWY,
    "mountains": lambda scene: scene.mountains is not Mountains.NONE,
    "hills": lambda scene: scene.relief is Relief.HILLS,
}
_FEWEST: Final = 4
_OTHER_WORDS: Final = {
    "sea": "ocean", "boats": "ships", "boat": "ship", "mountains": "peaks", "forest": "woods", "dusk": "sunset",
    "dawn": "sunrise", "lights": "aurora", "lighthouse": "beacon", "night": "evening", "houses": "cottages",
    "lake": "pond", "river": "stream", "beach": "shore", "birds": "gulls", "flowers": "blossoms", "snow": "winter",
    "snowy": "white", "hills": "slopes", "desert": "dunes", "palm": "tropical", "rainbow": "colours",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote about a picture."""

    title: str
    caption: str
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, and how good an answer each scene is: 3 where it shows all of it, 0 where nothing."""

    text: str
    grades: Sequence[int]


def written(scenes: Sequence[Scene], seed: int) -> list[Written]:
    """One in five say nothing at all, one in ten speak of another picture; the others name a part of what is there, a
    third of it in other words."""
    chance = np.random.default_rng(seed)
    return [_written(scenes, place, chance) for place in range(len(scenes))]


def _written(scenes: Sequence[Scene], place: int, chance: np.random.Generator) -> Written:
    kind = chance.random()
    if kind < 0.2:
        return Written(f"IMG_{place:04}", "", [])
    scene = scenes[int(chance.integers(len(scenes)))] if kind < 0.3 else scenes[place]
    said = caption(scene) if chance.random() < 0.4 else ""
    kept = [tag for tag in tags(scene) if chance.random() < 0.5]
    return Written(
        _reworded(phrase(scene, chance), chance)[:255],
        _reworded(said, chance),
        list(dict.fromkeys(_reworded(tag, chance) for tag in kept)),
    )


def _reworded(text: str, chance: np.random.Generator) -> str:
    return " ".join(_OTHER_WORDS.get(word, word) if chance.random() < 0.35 else word for word in text.split())


def questions(scenes: Sequence[Scene], most: int = 60) -> list[Question]:
    """Every fact by itself, and the pairs of facts that some scenes show together, those that fewest show first."""
    shown = {text: np.array([bool(shows(scene)) for scene in scenes]) for text, shows in FACTS.items()}
    alone = [Question(text, (3 * there).tolist()) for text, there in shown.items() if there.sum() >= _FEWEST]
    pairs = [(one, other, (shown[one] & shown[other]).sum()) for one, other in combinations(shown, 2)]
    known = [pair for pair in pairs if _FEWEST <= pair[2] < min(shown[pair[0]].sum(), shown[pair[1]].sum())]
    known.sort(key=lambda pair: (pair[2], pair[0], pair[1]))
    together = [
        Question(f"{one} {other}", (shown[one].astype(int) + shown[other] + (shown[one] & shown[other])).tolist())
        for one, other, _ in known[:: max(1, len(known) // most)][:most]
    ]
    return alone + together
