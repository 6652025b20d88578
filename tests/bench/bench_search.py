"""What a search costs in a small and in a large gallery: `python -m tests.bench.bench_search`.

`--rows N` for another large one, `--keep FOLDER` to make it there once and use it again, `--only TEXT` for some of the
questions. Prints medians and the worst in ms of each question, asked of the search in this process without what it
remembers of whole answers, beside the floor of the same run: the same answer by the best SQL written by hand that was
found for it, bare psycopg and `json.dumps`.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from clonegallery import db, events
from clonegallery.images.schemas import FeedQuery, Filters, Sort
from clonegallery.search import counts, finding
from clonegallery.search.schemas import FacetValue
from tests.bench.search_cases import Case, Kind, cases
from tests.bench.search_counts import best_count_floor
from tests.bench.search_floors import Connection, Row, Wanted, best_floor
from tests.bench.search_meaning import Meant, best_fused, pictured, told
from tests.bench.servers import crowds, searched
from tests.search.crowd import gallery

SMALL, LARGE = 10_000, 1_000_000
VECTORS = 200_000
ROUNDS, WARM_UP = 15, 3
CARDS = 60
_FACETS: Final = ("camera", "lens", "tag", "year", "source", "model")
_SORT_KEYS: Final = "SELECT created_at, sort_at, likes, views, id FROM images WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds; `floor` is None where no SQL was found that gives the same."""

    ours: float
    worst: float
    floor: float | None


def main() -> None:
    options = _options()
    found: dict[int, dict[str, Measured]] = {}
    with crowds(options.keep) as (folder, redis_url):
        for size in dict.fromkeys((SMALL, options.rows)):
            url = gallery(folder, size, vectors=min(size, VECTORS))
            with searched(url, redis_url):
                print(f"\n{f'{size:,} rows':64}{'ours':>8}{'worst':>9}{'floor':>9}{'ratio':>10}{f'at {SMALL:,}':>10}")
                found[size] = asyncio.run(_measure(url, options.only, found.get(SMALL, {})))
        for size, measured in found.items():
            _print_all(size, list(measured.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=LARGE)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="")
    return parser.parse_known_args()[0]


async def _measure(url: str, only: str, small: Mapping[str, Measured]) -> dict[str, Measured]:
    found = {}
    with psycopg.connect(url, autocommit=True, row_factory=dict_row, options="-c timezone=UTC -c jit=off") as bare:
        bare.prepare_threshold = None
        for case in cases(bare):
            if only in case.name:
                found[case.name] = await _case(bare, case)
                _print_one(case.name, found[case.name], small.get(case.name))
    await events.close_redis()
    await db.dispose_engine()
    return found


async def _case(bare: Connection, case: Case) -> Measured:
    """Of the search and of the floor, in turns; the first ones, which fill caches and pools, are left out."""
    if case.kind is Kind.FIND:
        ask, floor = await _find(bare, case)
    else:
        ask, floor = await _count(bare, case)
    ours, floors = [], []
    for _ in range(ROUNDS + WARM_UP):
        started = time.perf_counter()
        await ask()
        middle = time.perf_counter()
        if floor is not None:
            floor()
        ours.append((middle - started) * 1000)
        floors.append((time.perf_counter() - middle) * 1000)
    ours, floors = ours[WARM_UP:], floors[WARM_UP:]
    return Measured(median(ours), max(ours), median(floors) if floor else None)


Asking = tuple[Callable[[], Awaitable[Any]], Callable[[], Any] | None]


async def _find(bare: Connection, case: Case) -> Asking:
    query = FeedQuery(q=case.q, sort=case.sort and Sort(case.sort), limit=CARDS, count=case.count)
    after: Row | None = None
    if case.page > 1:
        first = json.loads(await finding.find(case.viewer, query))
        query = query.model_copy(update={"cursor": first["next_cursor"]})
        last = bare.execute(_SORT_KEYS, [first["items"][-1]["id"]]).fetchone()
        after = {"passed": CARDS, **(last or {})}
    meant = await _meant(bare, case)
    found = json.loads(await finding.find(case.viewer, query))
    expected = [card["id"] for card in found["items"]]
    is_counted = case.count and not found["total_is_estimate"]
    wanted = Wanted(case.where, case.order, case.viewer.id, case.words, case.named, after, CARDS, is_counted)
    floor = best_fused(bare, wanted, meant, expected) if meant else best_floor(bare, wanted, expected)
    return partial(finding.find, case.viewer, query), partial(floor.page, bare) if floor else None


async def _meant(bare: Connection, case: Case) -> Meant | None:
    if case.like is not None:
        return await pictured(bare, case.like, case.firm)
    return await told(bare, case.meant, case.firm) if case.meant else None


async def _count(bare: Connection, case: Case) -> Asking:
    if case.kind is Kind.FACETS:
        ask: Callable[[], Awaitable[Any]] = partial(counts.facets, case.viewer, Filters(), case.q)
        facets, _ = await counts.facets(case.viewer, Filters(), case.q)
        expected = {(name, _value(facet)): facet.count for name in _FACETS for facet in getattr(facets, name)}
        exact = not facets.is_estimate
    else:
        ask = partial(counts.timeline, case.viewer, Filters(), case.q, Sort.TAKEN)
        months, _ = await counts.timeline(case.viewer, Filters(), case.q, Sort.TAKEN)
        expected = {("month", one.month): one.count for one in months}
        exact = not any(one.is_estimate for one in months)
    wanted = Wanted(case.where, "newest", case.viewer.id, "", case.named)
    floor = best_count_floor(bare, wanted, expected, months=case.kind is Kind.TIMELINE, exact=exact)
    return ask, partial(floor.counts, bare) if floor else None


def _value(facet: FacetValue) -> str:
    """What the term of a facet compares."""
    return facet.term.partition(":")[2].removeprefix("=").strip('"')


def _print_one(name: str, here: Measured, small: Measured | None) -> None:
    shown = f"{name[:63]:64}{here.ours:>8.1f}{here.worst:>9.1f}{_floor(here)}"
    print(shown + (f"{small.ours:>10.1f}{_ratio(small):>8}" if small else ""), flush=True)


def _floor(measured: Measured) -> str:
    return f"{measured.floor:>9.1f}{_ratio(measured):>10}" if measured.floor else f"{'none':>9}{'':>10}"


def _ratio(measured: Measured) -> str:
    return f"{measured.ours / measured.floor:.2f}" if measured.floor else ""


def _print_all(size: int, measured: list[Measured]) -> None:
    ours = sorted(one.ours for one in measured)
    cuts = quantiles(ours, n=20, method="inclusive") if len(ours) > 1 else ours * 19
    above = sum(1 for one in measured if one.floor and one.ours > 1.5 * one.floor)
    unknown = sum(1 for one in measured if not one.floor)
    print(
        f"{size:,} rows, {len(ours)} questions: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms, slowest {ours[-1]:.1f} ms"
        f" (worst single {max(one.worst for one in measured):.1f}); above 1.5 times the floor: {above}; without a"
        f" floor: {unknown}"
    )


if __name__ == "__main__":
    main()
