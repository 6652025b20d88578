"""Workers that are killed all the time: `python -m tests.bench.bench_makers [jobs] [kills]`.

Two worker processes make small pictures with a tiny pipeline; one of them, by chance, gets SIGKILL, again and again,
while more pictures are asked for. At the end every picture must be there, once. The floor beside it is the same
number of pictures by the same workers, left in peace.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
from sqlalchemy import text

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationRequest
from tests.bench.workshop import ended, people, workshop
from tests.inference import tiny

JOBS = 300
KILLS = 100
PEOPLE = 4
_WORKERS = 2
_LONGEST = 3600.0
_ENVIRONMENT = {
    "JOB_LEASE_SECONDS": "3", "REAPER_INTERVAL_SECONDS": "0.5", "JOB_MAX_ATTEMPTS": "100",
    "GENERATION_RUNNING_MAX": "{}", "GENERATION_QUEUED_MAX": "{}", "GENERATION_IMAGES_PER_DAY": "{}",
    "GENERATION_LIMITS": "100000/minute",
}  # fmt: skip


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    jobs, kills = (*numbers, *(JOBS, KILLS)[len(numbers) :])
    with tempfile.TemporaryDirectory(prefix="cg-models-") as folder:
        model = tiny.save_sd1(Path(folder) / "tiny")
        asyncio.run(_run(model, jobs, kills))


async def _run(model: Path, jobs: int, kills: int) -> None:
    async with workshop("--processes", str(_WORKERS), AI_MODEL=str(model), **_ENVIRONMENT) as keeper:
        owners = [Viewer(id=one.id, username=one.username, role=one.role) for one in await people(PEOPLE)]
        floor = await _timed(lambda: _make(owners, jobs // 10, 0))
        took = await _timed(lambda: _make_and_kill(keeper.pid, owners, jobs, kills, jobs // 10))
        print(
            f"{jobs} jobs of one picture each, one of {_WORKERS} workers killed {kills} times meanwhile: {took:.0f} s"
        )
        print(f"  floor: left in peace, {jobs // 10} jobs took {floor:.1f} s, which is {floor * 10:.0f} s for {jobs}")
        await _check(jobs + jobs // 10)


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    started = time.monotonic()
    await act()
    return time.monotonic() - started


async def _make(owners: list[Viewer], jobs: int, before: int) -> None:
    await _ask(owners, range(jobs))
    await ended(before + jobs, within=_LONGEST)


async def _ask(owners: list[Viewer], numbers: range) -> None:
    for number in numbers:
        await service.request(owners[number % PEOPLE], GenerationRequest(prompt=f"a sea {number}", steps=4))


async def _make_and_kill(keeper: int, owners: list[Viewer], jobs: int, kills: int, before: int) -> None:
    """Ask for the jobs bit by bit; after each bit, at a moment that chance chooses, kill a child of the keeper."""
    chance = random.Random(7)
    for kill in range(kills):
        await _ask(owners, range(jobs * kill // kills, jobs * (kill + 1) // kills))
        await asyncio.sleep(chance.uniform(0, 1.5))
        chance.choice(await _workers(keeper)).kill()
    await ended(before + jobs, within=_LONGEST)


async def _workers(keeper: int) -> list[psutil.Process]:
    """The keeper's children; it waits the longer before it starts one again, the more often that one has died."""
    while True:
        children: list[psutil.Process] = psutil.Process(keeper).children()
        if children:
            return children
        await asyncio.sleep(0.05)


async def _check(expected: int) -> None:
    asked = ("count(DISTINCT generation_id) FROM generated_images", "count(*) FROM images",
             "count(*) FROM jobs WHERE status <> 'succeeded' AND queue = 'gpu'")  # fmt: skip
    async with reading() as connection:
        found = [(await connection.execute(text(f"SELECT {what}"))).scalar_one() for what in asked]
    assert found == [expected, expected, 0], "pictures are lost, twice or failed"
    print(f"  {found[1]} pictures of {found[0]} generations: none lost, none twice, none failed")


if __name__ == "__main__":
    main()
