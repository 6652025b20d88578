"""`postcard-clip`: a small CLIP, taught which painting goes with which words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTextConfig, CLIPTokenizer, CLIPVisionConfig

from clonegallery.demo.phrasing import phrase
from workers.training.loop import Plan, Training
from workers.training.pictures import SIDE, Pictures
from workers.training.traits import COUNTS, traits_of
from workers.training.words import LENGTH

NAME = "postcard-clip"
WIDTH = 192
_MEAN, _SPREAD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
_HINT = 0.3
"""Weight of the second task, in which a linear layer reads the scene's traits off the picture's embedding."""


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """`batch` pictures are told apart at once; the more, the harder the task and the better what is learned."""

    steps: int
    batch: int
    rate: float = 1e-3


class Contrast:
    """The task: of each batch, which text belongs to which picture, and the other way round."""

    def __init__(self, pictures: Pictures, tokenizer: CLIPTokenizer, batch: int, device: torch.device) -> None:
        self._pictures, self._tokenizer, self._batch, self._device = pictures, tokenizer, batch, device
        self._traits = torch.tensor([traits_of(scene) for scene in pictures.scenes])
        torch.manual_seed(0)
        self.model: Any = model_of(tokenizer)
        self.model.to(device)
        self.heads: Any = torch.nn.Linear(WIDTH, sum(COUNTS)).to(device)

    def loss(self, step: int, rng: np.random.Generator) -> torch.Tensor:
        """The contrastive loss of CLIP (https://arxiv.org/abs/2103.00020), and that of the second task."""
        chosen = np.sort(rng.choice(len(self._pictures), self._batch, replace=False))
        texts = [phrase(self._pictures.scenes[index], rng) for index in chosen]
        words = self._tokenizer(texts, padding=True, truncation=True, return_tensors="pt").to(self._device)
        pixels = prepared(self._pictures.pixels[chosen], self._device, rng)
        with torch.autocast(self._device.type, torch.bfloat16):
            found = self.model(pixel_values=pixels, **words)
            logits = self.heads(found.image_embeds)
        labels = torch.arange(self._batch, device=self._device)
        scores = found.logits_per_image.float()
        both = functional.cross_entropy(scores, labels) + functional.cross_entropy(scores.T, labels)
        return both / 2 + _HINT * self._hint(logits.float() * 10, self._traits[chosen].to(self._device))

    def _hint(self, logits: torch.Tensor, traits: torch.Tensor) -> torch.Tensor:
        parts = torch.split(logits, list(COUNTS), dim=1)
        losses = [functional.cross_entropy(part, traits[:, index]) for index, part in enumerate(parts)]
        return torch.stack(losses).mean()


def model_of(tokenizer: CLIPTokenizer) -> Any:
    """The model before it learned anything."""
    marks = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        projection_dim=WIDTH,
        hidden_act="gelu",
        pad_token_id=tokenizer.pad_token_id,
        **marks,
    )
    vision = CLIPVisionConfig(
        image_size=SIDE,
        patch_size=16,
        hidden_size=WIDTH,
        intermediate_size=3 * WIDTH,
        num_hidden_layers=6,
        num_attention_heads=4,
        projection_dim=WIDTH,
        hidden_act="gelu",
    )
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=WIDTH))


def image_processor() -> CLIPImageProcessor:
    """What makes any picture one that the model reads."""
    size = {"shortest_edge": SIDE}
    crop = {"height": SIDE, "width": SIDE}
    return CLIPImageProcessor(size=size, crop_size=crop, image_mean=list(_MEAN), image_std=list(_SPREAD))


def prepared(
    pixels: np.ndarray[Any, np.dtype[np.uint8]], device: torch.device, rng: np.random.Generator | None = None
) -> torch.Tensor:
    """Pictures (n, SIDE, SIDE, 3) as the model reads them, (n, 3, SIDE, SIDE); with `rng` shifted by a few pixels and
    a little brighter or darker, never mirrored: left and right are told apart."""
    values = torch.from_numpy(np.array(pixels)).to(device).permute(0, 3, 1, 2).float() / 255
    if rng is not None:
        across, down = (int(value) for value in rng.integers(-6, 7, 2))
        values = torch.roll(functional.pad(values, (6, 6, 6, 6), mode="reflect"), (down, across), (2, 3))
        values = values[..., 6:-6, 6:-6] * float(rng.uniform(0.92, 1.08))
    mean, spread = (torch.tensor(one, device=device).view(1, 3, 1, 1) for one in (_MEAN, _SPREAD))
    return (values - mean) / spread


def train(pictures: Pictures, tokenizer: CLIPTokenizer, plan: ClipPlan, work: Path, device: torch.device) -> CLIPModel:
    """The trained model; what an earlier call learned is gone on from."""
    task = Contrast(pictures, tokenizer, plan.batch, device)
    training = Training(
        NAME,
        work,
        {"model": task.model, "heads": task.heads},
        Plan(plan.steps, plan.rate),
        learned_from=pictures.name,
    )
    training.run(task.loss)
    model: CLIPModel = training.averaged("model")
    return model


def save(model: CLIPModel, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """In half precision, in the layout of transformers."""
    model.half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    image_processor().save_pretrained(folder)
