"""Workers that are killed all the time: `python -m tests.bench.bench_makers [jobs] [kills]`.

Two worker processes make small pictures with a tiny pipeline; one of them, by chance, gets SIGKILL, again and again,
each time that something was made since. At the end every picture must be there, once. The floor beside it is the same
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
    async with workshop("--processes", "2", AI_MODEL=str(model), **_ENVIRONMENT) as keeper:
        owners = [Viewer(id=one.id, username=one.username, role=one.role) for one in await people(PEOPLE)]
        floor = await _timed(lambda: _make(owners, jobs // 10, 0))
        killed = asyncio.create_task(_kill(keeper.pid, kills, jobs // 10, jobs))
        took = await _timed(lambda: _make(owners, jobs, jobs // 10))
        print(f"{jobs} jobs of one picture each, {await killed} of 2 workers killed meanwhile: {took:.0f} s")
        print(f"  floor: left in peace, {jobs // 10} jobs took {floor:.1f} s, which is {floor * 10:.0f} s for {jobs}")
        await _check(jobs + jobs // 10)


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    started = time.monotonic()
    await act()
    return time.monotonic() - started


async def _make(owners: list[Viewer], jobs: int, before: int) -> None:
    for number in range(jobs):
        await service.request(owners[number % PEOPLE], GenerationRequest(prompt=f"a sea {number}", steps=4))
    await ended(before + jobs, within=_LONGEST)


async def _kill(keeper: int, kills: int, before: int, jobs: int) -> int:
    """Kill a child of the keeper each time that a picture more was made, until there are no more to come."""
    chance, done, seen = random.Random(7), 0, before
    while done < kills and await _made() < before + jobs:
        made = await _made()
        children = psutil.Process(keeper).children()
        if made > seen and len(children) == 2:
            chance.choice(children).kill()
            done, seen = done + 1, made
        await asyncio.sleep(0.05)
    return done


async def _made() -> int:
    async with reading() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM generated_images"))).scalar_one())


async def _check(expected: int) -> None:
    asked = ("count(DISTINCT generation_id) FROM generated_images", "count(*) FROM images",
             "count(*) FROM jobs WHERE status <> 'succeeded' AND queue = 'gpu'")  # fmt: skip
    async with reading() as connection:
        found = [(await connection.execute(text(f"SELECT {what}"))).scalar_one() for what in asked]
    assert found == [expected, expected, 0], "pictures are lost, twice or failed"
    print(f"  {found[1]} pictures of {found[0]} generations: none lost, none twice, none failed")


if __name__ == "__main__":
    main()
