"""Which pictures fit a text, and how well. Pure.

The cosines of CLIP cannot be compared between texts, nor between pictures: 0.25 may be the best that one text finds and
nothing at all for another, and some pictures lie near to every text. So each picture is measured once with a fixed set
of everyday texts: the mean of its cosines is its `usual`, their standard deviation its `spread`. The strength of a hit
is then how far its cosine stands out, strength = (cosine - usual) / spread, as a standard score is defined.

The three numbers below were chosen by `tests/bench/bench_fitting.py`, which prints what each choice finds, with the
model that comes with the gallery; `tests/search/test_fitting.py` holds them to scenes and texts that they were not
chosen by. Of texts that name what is there, 99 of 100 have a best strength above 2.3 and the weakest 1.3; of texts of
other worlds, and of no world at all, 99 of 100 stay below 1.1. A smaller `KEPT_SHARE` finds more, rightly and wrongly;
the balance of the two (F1) is about the same from 0.2 to 0.35, and falls after that.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from clonegallery.inference.port import Vectors

FOUND_FROM: Final = 1.6
"""A text finds nothing at all unless its best hit is as strong as this."""

KEPT_FROM: Final = 0.7
KEPT_SHARE: Final = 1 / 3
"""Of what a text finds, hits are kept that are this strong, and have this share of the best one's strength."""

_HALF: Final = 2.0
_NARROWEST: Final = 1e-4
"""A picture to which all texts are alike tells nothing; it must not stand out by rounding."""


@dataclass(frozen=True, slots=True)
class Near:
    """A picture that lies near a text; `usual` and `spread` are None where it was not measured yet."""

    id: UUID
    cosine: float
    usual: float | None
    spread: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that fits a text; `score` is its strength as people read it, from 0 to 1."""

    id: UUID
    strength: float
    score: float


def measured(pictures: Vectors, texts: Vectors) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(usual, spread), each (n,), of n pictures by the everyday texts; rows of unit length in one space."""
    cosines = pictures @ texts.T
    return cosines.mean(axis=1), cosines.std(axis=1)


def fitting(near: Iterable[Near], everywhere: Iterable[Near] | None = None) -> list[Hit]:
    """Those of the nearest pictures that fit, the strongest first; none where the text means none of them.

    It is the best of all that the others are compared with. Where conditions have narrowed what `near` holds, that best
    one is in `everywhere`, the nearest of what was not narrowed: else what fits would hang on the conditions, and one
    more of them could bring in what was not there without it. What was not measured yet cannot be told from what fits,
    and is left out.
    """
    strengths = _strengths(near)
    best = max((strengths if everywhere is None else _strengths(everywhere)).values(), default=0.0)
    if best < FOUND_FROM:
        return []
    enough = max(KEPT_FROM, best * KEPT_SHARE)
    kept = [Hit(one, strength, score(strength)) for one, strength in strengths.items() if strength >= enough]
    return sorted(kept, key=lambda hit: (-hit.strength, hit.id))


def _strengths(near: Iterable[Near]) -> dict[UUID, float]:
    return {one.id: strength for one in near if (strength := strength_of(one)) is not None}


def strength_of(near: Near) -> float | None:
    """How far the cosine stands out from the picture's usual ones, in their spreads; None before it was measured."""
    if near.usual is None or near.spread is None:
        return None
    return (near.cosine - near.usual) / max(near.spread, _NARROWEST)


def score(strength: float) -> float:
    """Strength as people read it: 0 for nothing in common, a half at 2, and ever nearer to 1: 1 - 2^(-strength / 2)."""
    return 1 - math.pow(2, -max(strength, 0.0) / _HALF)
