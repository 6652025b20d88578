"""Judges of pictures that had no part in making them: a network that tells a scene's traits, and measured colours."""

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from clonegallery.demo.scene import Sky
from workers.training.clip import prepared
from workers.training.loop import Plan, Training
from workers.training.pictures import SIDE, Pictures
from workers.training.traits import COUNTS, traits_of

NAME: Final = "judge"
_WIDTHS: Final = (24, 48, 96, 128)
_GRID: Final = 8
_BAND: Final = 8


class Judge(torch.nn.Module):
    """Pictures (n, 3, SIDE, SIDE), as CLIP's are prepared, to the logits of all traits, side by side."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[torch.nn.Module] = []
        for before, after in zip((3, *_WIDTHS), _WIDTHS, strict=False):
            layers += [torch.nn.Conv2d(before, after, 3, stride=2, padding=1), torch.nn.GroupNorm(8, after)]
            layers += [torch.nn.SiLU(), torch.nn.Conv2d(after, after, 3, padding=1), torch.nn.SiLU()]
        self.eyes = torch.nn.Sequential(*layers)
        self.mind = torch.nn.Sequential(
            torch.nn.Linear(_WIDTHS[-1] * _GRID * _GRID, 256), torch.nn.SiLU(), torch.nn.Linear(256, sum(COUNTS))
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.mind(self.eyes(pictures).flatten(1))
        return found

    @torch.no_grad()
    def traits(self, pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The likeliest value of each trait: (n, traits)."""
        device = next(self.parameters()).device
        parts = [self(prepared(pixels[at : at + 64], device)) for at in range(0, len(pixels), 64)]
        values = [part.argmax(1) for part in torch.cat(parts).split(list(COUNTS), dim=1)]  # type: ignore[no-untyped-call] # It has no types.
        found: NDArray[np.int64] = torch.stack(values, dim=1).cpu().numpy()
        return found


def trained_judge(pictures: Pictures, work: Path, *, steps: int, batch: int, device: torch.device) -> Judge:
    """The judge, taught on painted pictures; what an earlier call learned is gone on from."""
    traits = torch.tensor([traits_of(scene) for scene in pictures.scenes])
    torch.manual_seed(1)
    judge = Judge().to(device)

    def loss(_step: int, rng: np.random.Generator) -> torch.Tensor:
        chosen = np.sort(rng.choice(len(pictures), batch, replace=False))
        logits = judge(_blurred(prepared(pictures.pixels[chosen], device, rng), rng))
        asked = traits[chosen].to(device)
        parts = torch.split(logits, list(COUNTS), dim=1)
        return torch.stack([functional.cross_entropy(part, asked[:, at]) for at, part in enumerate(parts)]).mean()

    training = Training(NAME, work, {"judge": judge}, Plan(steps, rate=1e-3), learned_from=pictures.name)
    training.run(loss)
    found: Judge = training.averaged("judge")
    return found


def _blurred(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Now and then a little softer: the judge shall look at what is there, not at how crisp it is."""
    if rng.random() < 0.5:
        return pictures
    smaller = functional.avg_pool2d(pictures, 2)
    return functional.interpolate(smaller, size=(SIDE, SIDE), mode="bilinear", align_corners=False)


class SkyMeter:
    """Tells a sky by the median colours of four bands at the top of a picture, against those of painted ones.

    A linear discriminant (https://en.wikipedia.org/wiki/Linear_discriminant_analysis) of twelve measured numbers.
    """

    def __init__(self, pictures: Pictures) -> None:
        skies = np.array([list(Sky).index(scene.sky) for scene in pictures.scenes])
        measured = _bands(pictures.pixels)
        self._known = np.unique(skies)
        self._centres = np.stack([measured[skies == sky].mean(axis=0) for sky in self._known])
        away = measured - self._centres[np.searchsorted(self._known, skies)]
        self._precision = np.linalg.inv(away.T @ away / len(away) + np.eye(measured.shape[1]))

    def skies(self, pixels: NDArray[np.uint8]) -> list[Sky]:
        """The nearest sky of each picture, (n, SIDE, SIDE, 3)."""
        away = _bands(pixels)[:, None] - self._centres[None]
        distances = np.einsum("nkf,fg,nkg->nk", away, self._precision, away)
        return [list(Sky)[self._known[index]] for index in distances.argmin(axis=1)]


def _bands(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 12): the median colour of each of four bands, eight rows each, from the top."""
    bands = [pixels[:, top : top + _BAND].reshape(len(pixels), -1, 3) for top in range(0, 4 * _BAND, _BAND)]
    return np.concatenate([np.median(band, axis=1) for band in bands], axis=1)
