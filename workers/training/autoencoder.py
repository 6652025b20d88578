"""The autoencoder of `postcard-diffusion`: pictures to latents of an eighth of their side, and back."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch.nn import functional
from tqdm import tqdm

from clonegallery.inference.model_folders import fingerprint_of
from workers.training.loop import Plan, Training
from workers.training.pictures import SIDE, Pictures

_AutoencoderKL: Any = AutoencoderKL
"""diffusers tells the checker nothing of what its models inherit."""

NAME: Final = "postcard-autoencoder"
CHANNELS: Final = 8
SCALE: Final = 8
_CROP: Final = 64
_WINDOWS: Final = 3
_STRONG: Final = 24
_KL: Final = 1e-6
_EDGES: Final = 1.0


@dataclass(frozen=True, slots=True)
class AutoencoderPlan:
    """`batch` square cuttings of the pictures at each step."""

    steps: int
    batch: int
    rate: float = 1e-3


class Rebuilding:
    """The task: a cutting of a picture through the latents and back, its colours and its edges."""

    def __init__(self, pictures: Pictures, batch: int, device: torch.device) -> None:
        self._pictures, self._batch, self._device = pictures, batch, device
        torch.manual_seed(0)
        self.model: Any = model_of()
        self.model.to(device, memory_format=torch.channels_last)

    def loss(self, step: int, rng: np.random.Generator) -> torch.Tensor:
        chosen = np.sort(rng.choice(len(self._pictures), self._batch, replace=False))
        wanted = values_of(np.stack([_cut(picture, rng) for picture in self._pictures.pixels[chosen]]), self._device)
        with torch.autocast(self._device.type, torch.bfloat16):
            latents = self.model.encode(wanted).latent_dist
            sampled = latents.sample(generator=torch.Generator(self._device).manual_seed(step))
            found = self.model.decode(sampled).sample
        found = found.float()
        spread: torch.Tensor = latents.kl().float().mean()
        return functional.l1_loss(found, wanted) + _EDGES * _edges(found, wanted) + _KL * spread


def model_of() -> Any:
    """The autoencoder before it learned anything."""
    return _AutoencoderKL(
        block_out_channels=(32, 64, 64, 96),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=CHANNELS,
        norm_num_groups=16,
        sample_size=SIDE,
        mid_block_add_attention=False,
        act_fn="silu",
    )


def values_of(pixels: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Pictures (n, height, width, 3) as the autoencoder reads them: (n, 3, height, width) in -1..1."""
    values = torch.from_numpy(np.array(pixels)).to(device).permute(0, 3, 1, 2)
    return values.float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


def train(pictures: Pictures, plan: AutoencoderPlan, work: Path, device: torch.device) -> Any:
    """The trained autoencoder, with the scaling factor that gives its latents a spread of one."""
    task = Rebuilding(pictures, plan.batch, device)
    how = Plan(plan.steps, plan.rate, weight_decay=0.0)
    training = Training(NAME, work, {"model": task.model}, how, learned_from=pictures.name)
    training.run(task.loss)
    model = training.averaged("model")
    spread = _encoded(model, pictures.pixels[:512], device).std()
    model.register_to_config(scaling_factor=float(1 / spread))
    return model


def latents_of(folder: Path, pictures: Pictures, work: Path, device: torch.device) -> NDArray[np.float16]:
    """The latents (count, CHANNELS, side, side) of all pictures by the autoencoder in `folder`, scaled; kept in `work`
    under a name that no other pictures or weights have."""
    key = sha256(f"{fingerprint_of(str(folder))} {pictures.name}".encode()).hexdigest()[:16]
    path = work / f"latents-{key}.npy"
    if not path.exists():
        model: Any = _AutoencoderKL.from_pretrained(folder)
        model.to(device)
        parts = [
            _encoded(model, pictures.pixels[at : at + 64], device)
            for at in tqdm(range(0, len(pictures), 64), desc="latents", unit_scale=64)
        ]
        scaled = np.concatenate(parts) * model.config["scaling_factor"]
        partial = path.with_suffix(".part.npy")
        np.save(partial, scaled.astype(np.float16))
        partial.replace(path)
    found: NDArray[np.float16] = np.load(path)
    return found


@torch.no_grad()
def _encoded(model: Any, pixels: NDArray[np.uint8], device: torch.device) -> NDArray[np.float32]:
    with torch.autocast(device.type, torch.bfloat16):
        found: Any = model.encode(values_of(pixels, device))
    mode: NDArray[np.float32] = found.latent_dist.mode().float().cpu().numpy()
    return mode


def _cut(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Of some windows the one with the most to see in it: half of each picture is sky, and soon learned."""
    corners = rng.integers(0, SIDE - _CROP + 1, (_WINDOWS, 2))
    windows = [picture[down : down + _CROP, across : across + _CROP] for down, across in corners]
    return max(windows, key=_strong_edges)


def _strong_edges(window: NDArray[np.uint8]) -> int:
    green = window[..., 1].astype(np.int16)
    return int((np.abs(np.diff(green, axis=0)) > _STRONG).sum() + (np.abs(np.diff(green, axis=1)) > _STRONG).sum())


def _edges(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """How far the differences between neighbours are from what they should be: what keeps small things sharp."""
    across = functional.l1_loss(found[..., 1:] - found[..., :-1], wanted[..., 1:] - wanted[..., :-1])
    down = functional.l1_loss(found[..., 1:, :] - found[..., :-1, :], wanted[..., 1:, :] - wanted[..., :-1, :])
    return across + down
