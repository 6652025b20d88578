"""What the workers of `bench_queue` do with a job: nothing, for a moment."""

import asyncio
from collections.abc import Mapping, Sequence

from clonegallery.jobs.run import JobRun
from clonegallery.jobs.runner import Kind, Sweep

SECONDS = 0.02


async def pause(_run: JobRun) -> None:
    await asyncio.sleep(SECONDS)


KINDS: Mapping[str, Kind] = {"generate": Kind(pause)}
SWEEPS: Sequence[Sweep] = ()
