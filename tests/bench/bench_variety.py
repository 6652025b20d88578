"""What searches cost of which none is like another: `python -m tests.bench.bench_variety`.

`bench_search` asks the same again and again, people do not. Here questions are put together at random of everything
that can be asked for, each is asked once, cold, and the worst is what counts: a plan that goes astray, a statement that
takes long to be built, garbage that is collected in between. Prints ms as medians, 95th of a hundred and the worst,
beside the floor: what the database took for the statements of the same questions; and what the garbage collection has
to look through afterwards.

`--rows N`, `--asked N` questions, `--seed N`, and `--keep FOLDER` as for `bench_search`.
"""

import argparse
import asyncio
import gc
import random
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from sqlalchemy import event

from clonegallery import db, events
from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.images.schemas import FeedQuery, Filters, Sort
from clonegallery.search import counts, finding
from tests.bench.bench_search import CARDS, LARGE, VECTORS
from tests.bench.search_cases import OWNER
from tests.bench.servers import crowds, searched
from tests.search.crowd import gallery
from tests.search.crowd_names import tag_names, vocabulary

SHOWN: Final = 10
_WORDS: Final = vocabulary()
_TAGS: Final = tag_names()
_YEARS: Final = range(2004, 2027)
_CHOICES: Final = {
    "camera": ("canon", "nikon", "sony", "leica", "iphone", "polaroid", "pentax", "eos"),
    "lens": ("50mm", "35mm", "zoom", "macro"),
    "iso": ("<=100", ">=6400", "200..800", "1600"),
    "f": ("1.4", "<2", ">=11", "2.8..5.6"),
    "mm": ("<24", ">=200", "35", "50..85"),
    "s": ("<1/4000", ">=1", "1/125"),
    "by": ("me", "person1", "person3", "person1500"),
    "source": ("upload", "generation"),
    "model": ("xl", "diffusion", "flux"),
    "rating": ("general", "sensitive", "explicit"),
    "has": ("gps",),
    "near": ("46.95,7.45,10km", "-33.9,151.2,500km", "61.7,-95.9,5000km"),
    "bbox": ("-10,35,30,60", "7,46.5,8,47"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=LARGE)
    parser.add_argument("--asked", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_known_args()[0]
    with crowds(options.keep) as (folder, redis_url):
        url = gallery(folder, options.rows, vectors=min(options.rows, VECTORS))
        with searched(url, redis_url):
            asyncio.run(_measure(random.Random(options.seed), options.asked, options.rows))


async def _measure(chance: random.Random, asked: int, rows: int) -> None:
    gc.collect()
    gc.freeze()  # As a web process does when it begins to serve.
    clock = _Clock()
    found: list[tuple[float, float, str]] = []
    for _ in range(asked):
        name, asking = _question(chance)
        clock.database, started = 0.0, time.perf_counter()
        await asking
        found.append(((time.perf_counter() - started) * 1000, clock.database * 1000, name))
    print(f"{rows:,} rows, {asked:,} questions, each once")
    for name, of in (("ours", 0), ("floor", 1)):
        taken = sorted(float(one[of]) for one in found)
        cuts = quantiles(taken, n=20, method="inclusive")
        print(f"{name:8}p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms, slowest {taken[-1]:.1f} ms")
    for ours, floor, name in sorted(found, reverse=True)[:SHOWN]:
        print(f"{ours:8.1f}{floor:8.1f}  {name}")
    gc.collect()
    started = time.perf_counter()
    gc.collect()
    taken_by_garbage = (time.perf_counter() - started) * 1000
    print(f"to look for garbage among {len(gc.get_objects()):,} objects then takes {taken_by_garbage:.0f} ms")
    await events.close_redis()
    await db.dispose_engine()


class _Clock:
    """Sums up how long the database takes, in seconds."""

    def __init__(self) -> None:
        self.database = self._since = 0.0
        engine = db.get_engine().sync_engine
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)

    def _begin(self, *_: Any) -> None:
        self._since = time.perf_counter()

    def _end(self, *_: Any) -> None:
        self.database += time.perf_counter() - self._since


def _question(chance: random.Random) -> tuple[str, Awaitable[Any]]:
    q = " ".join(_term(chance) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))) + chance.choice(("", "", " "))
    viewer, sort = chance.choice((ANONYMOUS, OWNER)), chance.choice((None, *Sort))
    kind = chance.choice(("find", "find", "find", "facets", "timeline"))
    name = f"{kind} {q} [{viewer.username or 'stranger'}, {sort}]"
    if kind == "facets":
        return name, counts.facets(viewer, Filters(), q)
    if kind == "timeline":
        return name, counts.timeline(viewer, Filters(), q, chance.choice((Sort.TAKEN, Sort.NEWEST)))
    return name, finding.find(viewer, FeedQuery(q=q, sort=sort, limit=CARDS, count=chance.random() < 0.3))


def _term(chance: random.Random) -> str:
    """Words and tags as common as they are in the gallery, and anything else that can be asked for."""
    word, other, tag = (_one(chance, names) for names in (_WORDS, _WORDS, _TAGS))
    sign = chance.choice(("", "", "-"))
    year = chance.choice(_YEARS)
    dates = (f"{year}", f"{year}-{chance.randint(1, 12):02}", f"{year}..{min(year + 2, 2026)}", f">={year}")
    key = chance.choice(tuple(_CHOICES))
    return chance.choice((
        word, word, word[: chance.randint(1, 4)], f'"{word} {other}"', f"{sign}{word}", f'{sign}tag:"{tag}"',
        f"prompt:{word}", f"{sign}taken:{chance.choice(dates)}",
        *(f"{sign}{key}:{chance.choice(_CHOICES[key])}" for _ in range(8)),
    ))  # fmt: skip


def _one(chance: random.Random, names: Any) -> str:
    return str(names[min(int(10 ** chance.uniform(0, 3.9)), len(names) - 1)])


if __name__ == "__main__":
    main()
