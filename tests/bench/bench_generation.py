"""What the gallery adds to a picture: `python -m tests.bench.bench_generation [rounds]`.

The same picture of the same pipeline with random weights, 20 steps, by diffusers alone and by our adapter with previews
on, in turns within one run; the floor is what two series of the bare call differ by. Beside the time that passed stands
what the processors spent, which others on the same machine disturb less. On a processor the pipeline is small, on a
CUDA device of the size of Stable Diffusion 1.5 in bfloat16.
"""

import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.port import GenerationSpec
from clonegallery.settings import Settings
from tests.inference.tiny import save_sd1
from tests.inference.watching import Onlooker

STEPS, SEED = 20, 7
SIDE = 512 if torch.cuda.is_available() else 256
ROUNDS, WARM_UP = 15, 2
LIMIT = 0.03

Taken = np.ndarray[Any, np.dtype[np.float64]]
"""Seconds that passed, and seconds of all processors together."""


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else ROUNDS
    with TemporaryDirectory(prefix="cgg-") as folder:
        channels = (320, 640, 1280, 1280) if torch.cuda.is_available() else (64, 128)
        save_sd1(Path(folder) / "model", channels=channels)
        asyncio.run(_run(Settings(ai_model=f"{folder}/model", preview_interval_seconds=0.25), rounds))


async def _run(settings: Settings, rounds: int) -> None:
    local = Diffusers(settings)
    model = local.models()[0]
    spec = GenerationSpec(model=model, prompt="a castle", width=SIDE, height=SIDE, seed=SEED, steps=STEPS)
    series: dict[str, list[Taken]] = {"bare": [], "again": [], "ours": []}
    watchers = []
    for round_ in range(WARM_UP + rounds):
        # Who comes first changes, so that nobody always pays for what the one before left behind.
        order = ["ours", "bare", "again"] if round_ % 2 else ["again", "bare", "ours"]
        for name in order:
            watcher, started = _Timed(), _now()
            await (_ours(local, spec, watcher) if name == "ours" else _bare(local, spec))
            taken = _now() - started
            if name == "ours":
                watchers.append(watcher)
            if round_ >= WARM_UP:
                series[name].append(taken)
    _report(local, series, watchers[WARM_UP:])


class _Timed(Onlooker):
    """Notes when the first preview came, and at which step."""

    async def step(self, step: int, steps: int, preview: bytes | None = None) -> None:
        await super().step(step, steps, preview)
        if preview is not None and len(self.previews) == 1:
            self.first = (step, time.perf_counter())


async def _ours(local: Diffusers, spec: GenerationSpec, watcher: _Timed) -> None:
    started = time.perf_counter()
    async for _made in local.generate(spec, watcher):
        pass
    watcher.first = (watcher.first[0], watcher.first[1] - started)


async def _bare(local: Diffusers, spec: GenerationSpec) -> None:
    """The pipeline that the adapter has loaded, called in its thread: the weights are there once only."""
    loaded = await asyncio.wrap_future(local._thread.submit(local._resident.get, spec.model.id))

    def call() -> None:
        pipeline: Any = loaded.pipeline
        pipeline(
            spec.prompt,
            width=spec.width,
            height=spec.height,
            num_inference_steps=STEPS,
            guidance_scale=spec.model.guidance_scale,
            generator=torch.Generator("cpu").manual_seed(SEED),
        )

    await asyncio.wrap_future(local._thread.submit(call))


def _now() -> Taken:
    return np.array([time.perf_counter(), time.process_time()])


def _report(local: Diffusers, series: dict[str, list[Taken]], watchers: list[_Timed]) -> None:
    steps, seconds = zip(*(watcher.first for watcher in watchers), strict=True)
    found = local.describe()
    print(f"{found['device']} {found['dtype']}, {SIDE} x {SIDE}, {STEPS} steps, medians of {len(series['ours'])}")
    for column, unit in enumerate(("passed", "of processors")):
        bare, again, ours = (np.array(series[name])[:, column] for name in ("bare", "again", "ours"))
        noise = np.median(again / bare) - 1
        overhead = np.median(ours / ((bare + again) / 2)) - 1
        print(f"  seconds {unit:14} alone {np.median(bare):.3f}, through the adapter {np.median(ours):.3f}:", end=" ")
        print(f"{overhead:+.2%} (limit {LIMIT:.0%}; floor, alone again: {noise:+.2%})")
    print(f"  previews a picture       {median(len(set(watcher.previews)) for watcher in watchers):.0f} different ones")
    print(f"  first preview            after step {max(steps)}, {median(seconds) * 1000:.0f} ms after the request")


if __name__ == "__main__":
    main()
