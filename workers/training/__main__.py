"""Teach the small models: `python -m workers.training clip|autoencoder|diffusion`; each goes on from where it came.

Pictures, vocabulary and checkpoints lie in `--work`; the finished model is written to `--out`.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL

from workers.training import autoencoder, clip, diffusion
from workers.training.pictures import Pictures, teaching_set
from workers.training.words import tokenizer_for


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is learned on a kind of device: hours on two cores, minutes on a GPU."""

    pictures: int
    clip: clip.ClipPlan
    autoencoder: autoencoder.AutoencoderPlan
    diffusion: diffusion.DiffusionPlan


ON_CPU = Budget(
    pictures=24_000,
    clip=clip.ClipPlan(steps=1_600, batch=192),
    autoencoder=autoencoder.AutoencoderPlan(steps=8_000, batch=16),
    diffusion=diffusion.DiffusionPlan(steps=5_000, batch=48),
)
ON_GPU = Budget(
    pictures=48_000,
    clip=clip.ClipPlan(steps=6_000, batch=512),
    autoencoder=autoencoder.AutoencoderPlan(steps=20_000, batch=64),
    diffusion=diffusion.DiffusionPlan(steps=30_000, batch=256),
)


def main() -> None:
    asked = _arguments()
    device = torch.device(asked.device)
    torch.set_num_threads(asked.processes)
    budget = ON_GPU if device.type == "cuda" else ON_CPU
    pictures = teaching_set(asked.work, budget.pictures, seed=asked.seed, processes=asked.processes)
    tokenizer = tokenizer_for(pictures.scenes[:8_000], asked.work / "words", seed=asked.seed)
    if asked.model == "clip":
        learned = clip.train(pictures, tokenizer, budget.clip, asked.work, device)
        clip.save(learned, tokenizer, asked.out / clip.NAME)
    elif asked.model == "autoencoder":
        autoencoder.train(pictures, budget.autoencoder, asked.work, device).save_pretrained(asked.work / "autoencoder")
    else:
        _diffusion(asked, pictures, budget.diffusion, device)


def _diffusion(
    asked: argparse.Namespace,
    pictures: Pictures,
    plan: diffusion.DiffusionPlan,
    device: torch.device,
) -> None:
    if not ((asked.work / "autoencoder").is_dir() and (asked.out / clip.NAME).is_dir()):
        raise SystemExit("Teach `clip` and `autoencoder` first: the denoiser is built on both.")
    coder: Any = AutoencoderKL.from_pretrained(asked.work / "autoencoder")
    latents = autoencoder.latents_of(asked.work / "autoencoder", pictures, asked.work, device)
    task = diffusion.Denoising(pictures, latents, asked.out / clip.NAME, plan.batch, device)
    unet, text = diffusion.train(task, plan, asked.work)
    coder.register_to_config(_name_or_path=autoencoder.NAME)  # Else it tells where it lay on this machine.
    pipeline = diffusion.pipeline_of(unet, text, coder, task.tokenizer).to(dtype=torch.float16)
    pipeline.save_pretrained(asked.out / diffusion.NAME)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.training", description=__doc__)
    parser.add_argument("model", choices=("clip", "autoencoder", "diffusion"))
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="pictures and checkpoints")
    parser.add_argument("--out", type=Path, default=Path("var/training/models"), help="where the models go")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--processes", type=int, default=max(1, len(os.sched_getaffinity(0))))
    return parser.parse_args()


if __name__ == "__main__":
    main()
