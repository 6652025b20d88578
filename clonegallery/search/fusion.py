"""Several rankings as one: reciprocal rank fusion.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR
2009, https://doi.org/10.1145/1571941.1572114: each list gives to each of its items 1 / (60 + rank), rank from 1. It
asks for no scores that could be compared between the lists, and those of words and of meaning cannot be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

CONSTANT: Final = 60


class Reason(StrEnum):
    """By what a picture was found: its words, what they mean, or how it looks."""

    WORDS = "words"
    MEANING = "meaning"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Scored:
    """A place in one ranking; `score` is 0 to 1, None where the ranking has none that people can read."""

    id: UUID
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the fused ranking, with every reason for it."""

    id: UUID
    strength: float
    why: tuple[tuple[Reason, float | None], ...]


def fuse(rankings: Mapping[Reason, Sequence[Scored]]) -> list[Found]:
    """The items of all rankings, the strongest first; equally strong ones in the order of their ids, so that the same
    rankings always give the same list."""
    lists = [(reason, ranking) for reason, ranking in rankings.items() if ranking]
    if len(lists) == 1:  # Nothing to compare: most searches are of that kind, and have hundreds of items.
        reason, ranking = lists[0]
        return [Found(item.id, 1 / (CONSTANT + rank), ((reason, item.score),)) for rank, item in enumerate(ranking, 1)]
    strengths: dict[UUID, float] = {}
    reasons: dict[UUID, list[tuple[Reason, float | None]]] = {}
    for reason, ranking in lists:
        for rank, item in enumerate(ranking, 1):
            strengths[item.id] = strengths.get(item.id, 0.0) + 1 / (CONSTANT + rank)
            reasons.setdefault(item.id, []).append((reason, item.score))
    ordered = sorted(strengths, key=lambda one: (-strengths[one], one))
    return [Found(one, strengths[one], tuple(reasons[one])) for one in ordered]
