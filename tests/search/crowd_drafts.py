"""What each picture of a large gallery is to have, drawn with the skew of real ones.

People send their pictures in sittings: one camera, one journey, some words in common. Many a sitting brings pictures
that are years old, so when a picture came tells little about when it was taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.search.crowd_names import CAMERAS, CITIES, LENSES, LINKS, MODELS, family_names, tag_names, vocabulary

PEOPLE: Final = 2_000
_SITTING: Final = 14
"""Pictures that are sent at once, the mean."""
_DAY: Final = 86_400
_OPENED, _OLDEST, _NOW = (
    int(np.datetime64(day, "s").astype(int)) for day in ("2021-06-01", "2011-01-01", "2026-01-01")
)
_HOLIDAYS: Final = ((105, 14), (200, 35), (356, 10))
"""Days of the year from which, and for how long, people take many pictures."""

_ISO: Final = (100, 200, 400, 64, 800, 50, 125, 1600, 160, 320, 250, 80, 500, 3200, 640, 1000, 32, 6400, 1250, 2000,
               12800, 2500, 25600)  # fmt: skip
_APERTURE: Final = (1.8, 2.8, 1.78, 4.0, 2.2, 5.6, 8.0, 2.4, 1.6, 3.5, 1.4, 6.3, 11.0, 2.0, 7.1, 4.5, 9.0, 16.0, 22.0)
_FOCAL: Final = (
    4.25,
    50.0,
    24.0,
    35.0,
    5.7,
    70.0,
    85.0,
    18.0,
    200.0,
    55.0,
    105.0,
    16.0,
    4.15,
    300.0,
    400.0,
    135.0,
    600.0,
)
_EXPOSURE: Final = (60, 125, 100, 250, 500, 200, 1000, 30, 50, 320, 640, 2000, 160, 80, 4000, 15, 8, 2, 1, 0.5, 0.1)
"""Of a second, one over this."""

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sittings:
    """Whose pictures came when, sitting by sitting in the order of the pictures; `of` is the sitting of each."""

    of: Numbers
    owner: Numbers
    came: Numbers
    taken: Numbers
    camera: Numbers
    lens: Numbers
    city: Numbers
    tags: Numbers


def common(chance: np.random.Generator, size: Any, most: int, *, knee: float = 50, slope: float = 1.8) -> Numbers:
    """Ranks from 0, as words are common (Zipf and Mandelbrot): the probability of one falls as (rank + knee)^-slope."""
    ranks = knee * ((1 - chance.random(size)) ** (-1 / (slope - 1)) - 1)
    found: Numbers = np.where(ranks < most, ranks, chance.random(size) * most).astype(np.int64)
    return found


def sittings(chance: np.random.Generator, pictures: int) -> Sittings:
    count = pictures * 2 // _SITTING + 10
    sizes = chance.geometric(1 / _SITTING, count)
    count = int(np.searchsorted(np.cumsum(sizes), pictures)) + 1
    # More people come each year, and bring more.
    came = _OPENED + (np.sort(chance.random(count) ** 0.6) * (_NOW - _OPENED)).astype(np.int64)
    old = chance.random(count) < 0.4
    taken = np.where(old, _long_ago(chance, count), came - chance.exponential(12 * _DAY, count).astype(np.int64))
    one_in_twelve = chance.random(count) < 0.08
    return Sittings(
        of=np.repeat(np.arange(count), sizes[:count])[:pictures],
        owner=np.where(one_in_twelve, 0, 1 + common(chance, count, PEOPLE - 1, knee=15)),
        came=came,
        taken=np.minimum(taken, came - 60),
        camera=common(chance, count, len(CAMERAS), knee=8),
        lens=common(chance, count, len(LENSES), knee=20),
        city=common(chance, count, len(CITIES), knee=5),
        tags=common(chance, (count, 2), len(tag_names()), knee=30),
    )


def _long_ago(chance: np.random.Generator, count: int) -> Numbers:
    """Moments of the last fifteen years, more in later ones, most of all in the holidays."""
    years = 2011 + (15 * chance.random(count) ** 0.7).astype(np.int64)
    from_day, for_days = np.array(_HOLIDAYS)[chance.integers(0, len(_HOLIDAYS), count)].T
    holiday = from_day + chance.random(count) * for_days
    day = np.where(chance.random(count) < 0.4, holiday, chance.random(count) * 365)
    starts = (years - 1970).astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64)
    return np.clip(starts + (day * _DAY).astype(np.int64), _OLDEST, _NOW - _DAY)


def drafts(pictures: int, seed: int = 6) -> Iterator[Sequence[Any]]:
    """One row for each picture, in the order in which they came, as `crowd.DRAFTS` names its columns."""
    chance = np.random.default_rng(seed)
    sat = sittings(chance, pictures)
    step = 50_000
    located = chance.random(len(sat.owner)) < 0.35
    for start in range(0, pictures, step):
        of = sat.of[start : start + step]
        made = chance.random(len(of)) < 0.12
        yield from zip(
            range(start + 1, start + len(of) + 1), made.tolist(), *_moments(chance, sat, of, made),
            *_settings(chance, sat, of, made), *_places(chance, sat, of, located[of] & ~made),
            *_looks(chance, len(of)), *_texts(chance, sat, of), strict=True,
        )  # fmt: skip


def _moments(chance: np.random.Generator, sat: Sittings, of: Numbers, made: Flags) -> tuple[list[Any], ...]:
    """Owner, when it came, when it was taken."""
    first = np.concatenate([[True], of[1:] != of[:-1]])
    place = np.arange(len(of)) - np.maximum.accumulate(np.where(first, np.arange(len(of)), 0))
    came = sat.came[of] + place * 7
    taken = sat.taken[of] + place * 400 + chance.integers(0, 400, len(of))
    known = ~made & (chance.random(len(of)) > 0.06)
    return (sat.owner[of] + 1).tolist(), came.tolist(), _or_none(np.minimum(taken, came), known)


def _settings(chance: np.random.Generator, sat: Sittings, of: Numbers, made: Flags) -> tuple[list[Any], ...]:
    """Camera, lens, ISO, aperture, focal length, seconds; all None for one in ten, as after many a program."""
    size = len(of)
    known = ~made & (chance.random(size) > 0.1)
    scales = (_ISO, _APERTURE, _FOCAL, [round(1 / part, 6) for part in _EXPOSURE])
    values = [np.array(scale)[common(chance, size, len(scale), knee=4)] for scale in scales]
    lens = known & (chance.random(size) > 0.25)
    return (
        _or_none(sat.camera[of] + 1, known),
        _or_none(sat.lens[of] + 1, lens),
        *(_or_none(value, known) for value in values),
    )


def _places(chance: np.random.Generator, sat: Sittings, of: Numbers, known: Flags) -> tuple[list[Any], ...]:
    """Latitude and longitude, around cities."""
    centres = np.array(CITIES)[sat.city[of]] + chance.normal(0, 0.06, (len(of), 2))
    return tuple(_or_none(np.round(centres[:, axis], 6), known) for axis in (0, 1))


def _looks(chance: np.random.Generator, size: int) -> tuple[list[Any], ...]:
    """Visibility, rating, views, likes, and the seed and the model where it is made."""
    shown = chance.choice(["public", "private", "unlisted"], size, p=[0.85, 0.1, 0.05])
    rating = chance.choice(["general", "sensitive", "explicit"], size, p=[0.93, 0.05, 0.02])
    views = np.minimum(chance.pareto(1.1, size) * 12, 2e6).astype(np.int64)
    likes = (views * chance.beta(1, 25, size)).astype(np.int64)
    seeds, models = chance.integers(0, 2**32, size), common(chance, size, len(MODELS), knee=2) + 1
    return shown.tolist(), rating.tolist(), views.tolist(), likes.tolist(), seeds.tolist(), models.tolist()


def _texts(chance: np.random.Generator, sat: Sittings, of: Numbers) -> Iterator[list[Any]]:
    """Title, caption and prompt in small letters without punctuation, and the tags' numbers."""
    size, words = len(of), np.array(vocabulary(), object)
    links, names = np.array(LINKS, object), family_names()
    yield [" ".join(row) for row in words[common(chance, (size, 3), len(words), knee=35)].tolist()]
    caption = np.empty((size, 16), object)
    caption[:, ::2] = links[chance.integers(0, len(links), (size, 8))]
    caption[:, 1::2] = words[common(chance, (size, 8), len(words), knee=35)]
    lengths = (2 * chance.integers(0, 9, size)).tolist()
    named = np.where(chance.random(size) < 0.05, chance.integers(0, len(names), size), -1).tolist()
    ends = ([names[name]] if name >= 0 else [] for name in named)
    yield [" ".join(row[:n] + end) for row, n, end in zip(caption.tolist(), lengths, ends, strict=True)]
    yield [" ".join(row) for row in words[common(chance, (size, 14), len(words))].tolist()]
    shared = np.where(chance.random((size, 2)) < 0.6, sat.tags[of], -1)
    own = np.where(chance.random((size, 6)) < 0.3, common(chance, (size, 6), len(tag_names()), knee=30), -1)
    yield [sorted({tag + 1 for tag in row if tag >= 0}) for row in np.hstack([shared, own]).tolist()]


def _or_none(values: Any, known: Flags) -> list[Any]:
    return [value if there else None for value, there in zip(values.tolist(), known.tolist(), strict=True)]
