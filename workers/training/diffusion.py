"""`postcard-diffusion`: a denoiser of latents, and the text encoder that tells it what is asked for.

The encoder is that of `postcard-clip`, as Stable Diffusion's is CLIP's, and goes on learning with the denoiser.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from numpy.typing import NDArray
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from clonegallery.demo.phrasing import phrase
from workers.training.autoencoder import CHANNELS, SCALE
from workers.training.clip import WIDTH
from workers.training.loop import Plan, Training
from workers.training.pictures import SIDE, Pictures

NAME: Final = "postcard-diffusion"
_UNSAID: Final = 0.1
"""How often nothing is said, so that guidance has something to lead away from."""


@dataclass(frozen=True, slots=True)
class DiffusionPlan:
    """`batch` latents at each step."""

    steps: int
    batch: int
    rate: float = 1e-3


class Denoising:
    """The task: given noisy latents, how noisy they are and what is said of the picture, tell the velocity.

    `clip` is the folder of the CLIP whose words are begun from.
    """

    def __init__(
        self,
        pictures: Pictures,
        latents: NDArray[np.float16],
        clip: Path,
        batch: int,
        device: torch.device,
    ) -> None:
        self.pictures, self._latents = pictures, latents
        self.tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(clip)
        self._batch, self._device = batch, device
        torch.manual_seed(0)
        self.unet: Any = unet_of()
        self.unet.to(device, memory_format=torch.channels_last)
        text: Any = CLIPTextModel.from_pretrained(clip, dtype=torch.float32)
        self.text = text.to(device)
        self._scheduler: Any = scheduler_of()

    def loss(self, step: int, rng: np.random.Generator) -> torch.Tensor:
        """The squared error of the velocity (https://arxiv.org/abs/2202.00512)."""
        chosen = np.sort(rng.choice(len(self.pictures), self._batch, replace=False))
        clean = torch.from_numpy(self._latents[chosen]).to(self._device).float()
        said = ["" if rng.random() < _UNSAID else phrase(self.pictures.scenes[index], rng) for index in chosen]
        noise = torch.from_numpy(rng.standard_normal(clean.shape, np.float32)).to(self._device)
        # Evenly spread over the batch: the loss of a step says less about luck.
        # In no order: the pictures come in that of the set, and each must be seen at every noise.
        moments = rng.permutation((np.arange(self._batch) + rng.random(self._batch)) / self._batch * 1000)
        times = torch.from_numpy(moments.astype(np.int64)).to(self._device)
        noisy = self._scheduler.add_noise(clean, noise, times)
        wanted = self._scheduler.get_velocity(clean, noise, times)
        with torch.autocast(self._device.type, torch.bfloat16):
            found = self.unet(noisy, times, encoder_hidden_states=self._heard(said)).sample
        return functional.mse_loss(found.float(), wanted)

    def _heard(self, said: list[str]) -> torch.Tensor:
        words = self.tokenizer(said, padding="max_length", truncation=True, return_tensors="pt").to(self._device)
        heard: torch.Tensor = self.text(words.input_ids).last_hidden_state
        return heard


def unet_of() -> Any:
    """The denoiser before it learned anything."""
    return UNet2DConditionModel(
        sample_size=SIDE // SCALE,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=(64, 96, 128),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        norm_num_groups=16,
    )


def scheduler_of() -> DDIMScheduler:
    """Noise down to nothing at its end (https://arxiv.org/abs/2305.08891), so that nights are dark and days bright."""
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def train(task: Denoising, plan: DiffusionPlan, work: Path) -> tuple[UNet2DConditionModel, CLIPTextModel]:
    """The trained denoiser and text encoder; what an earlier call learned is gone on from."""
    training = Training(
        NAME,
        work,
        {"unet": task.unet, "text": task.text},
        Plan(plan.steps, plan.rate),
        learned_from=task.pictures.name,
    )
    training.run(task.loss)
    return training.averaged("unet"), training.averaged("text")


def pipeline_of(
    unet: UNet2DConditionModel, text: CLIPTextModel, autoencoder: AutoencoderKL, tokenizer: CLIPTokenizer
) -> Any:
    """The whole of it, as diffusers knows it."""
    return StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler_of(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
