"""The gallery's own small model on the CPU: `python -m tests.bench.bench_postcards [pictures]`.

A real worker process makes pictures at the model's own settings, one after another, as from a fresh gallery's page.
Seconds from claimed to kept stand beside those of the bare pipeline of diffusers in this process, the floor; then how
much memory the worker took at most, and whether a seed means what it says.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoPipelineForText2Image
from PIL import Image

from clonegallery.accounts.schemas import Viewer
from clonegallery.generation_settings import LocalModel
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationRead, GenerationRequest
from clonegallery.inference.own_models import DIFFUSION, own_diffusion
from clonegallery.settings import get_settings
from tests.bench.workshop import ended, people, workshop

PICTURES = 20
_PROMPT = "a red sun over a blue sea"
_TWICE = 3
"""The same seed, to begin and to end with."""


def main() -> None:
    pictures = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else PICTURES
    asyncio.run(_run(pictures))


async def _run(pictures: int) -> None:
    model = own_diffusion()
    if model is None:
        sys.exit("The gallery has no small model of its own.")
    async with workshop(AI_PROVIDER="local", AI_DEVICE="cpu", EMBEDDING_MODEL="none") as keeper:
        (owner,) = await people(1)
        viewer = Viewer(owner.id, owner.username, owner.email, owner.role)
        seeds = [_TWICE, *range(100, 100 + pictures - 2), _TWICE]
        reads = [await _one(viewer, seed, count) for count, seed in enumerate(seeds, start=1)]
        most = _most_memory(keeper)
        made = await _digests()
    first, *others = [_seconds(read) for read in reads]
    floor = await asyncio.to_thread(_bare, model, 5)
    print(f"{DIFFUSION}, {model.width} pixels, {model.steps} steps, {torch.get_num_threads()} threads")
    print(f"  the first picture, with loading: {first:.2f} s")
    print(f"  a picture: median {statistics.median(others):.2f} s, slowest {max(others):.2f} s", end=" ")
    print(f"(floor, the bare pipeline: {floor:.2f} s)")
    print(f"  the worker's memory at most: {most / 2**20:.2f} GiB")
    print(f"  {pictures} pictures of {pictures - 1} seeds: {len(set(made))} different ones;", end=" ")
    print(f"first and last, of one seed, are the same: {made[0] == made[-1]}")


def _seconds(read: GenerationRead) -> float:
    if read.started_at is None or read.finished_at is None:
        sys.exit("A picture has no beginning or no end.")
    return (read.finished_at - read.started_at).total_seconds()


async def _one(viewer: Viewer, seed: int, count: int) -> GenerationRead:
    asked = await service.request(viewer, GenerationRequest(prompt=_PROMPT, seed=seed))
    await ended(count, within=300)
    read = await service.detail(viewer, asked.id)
    if read.error:
        sys.exit(f"A picture was not made: {read.error}")
    return read


async def _digests() -> list[str]:
    """Of the pixels' compressed bytes, in the order in which they were made."""
    folder = get_settings().blobs_dir / "images"
    files = sorted(folder.rglob("*.png"), key=lambda path: path.stat().st_mtime_ns)
    return [await asyncio.to_thread(_pixels, path) for path in files]


def _pixels(path: Path) -> str:
    with Image.open(path) as picture:
        return sha256(picture.tobytes()).hexdigest()


def _most_memory(keeper: "subprocess.Popen[bytes]") -> int:
    """KiB that the largest process under the keeper had in memory at its peak."""
    found = [_peak(pid) for pid in (keeper.pid, *_children(keeper.pid))]
    return max(found)


def _children(pid: int) -> list[int]:
    """All processes below this one."""
    lists = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    own = [int(word) for listed in lists for word in listed.split()]
    return own + [below for child in own for below in _children(child)]


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _bare(model: LocalModel, rounds: int) -> float:
    """Seconds of the pipeline by itself, the median; the first round warms it up."""
    pipeline: Any = AutoPipelineForText2Image.from_pretrained(model.id, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    how, taken = {"num_inference_steps": model.steps, "guidance_scale": model.guidance_scale}, []
    for seed in range(rounds + 1):
        started = time.perf_counter()
        pipeline(_PROMPT, **how, generator=torch.Generator().manual_seed(seed))
        taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
