"""Training that can be broken off and taken up again: from its last checkpoint on, the same steps follow."""

import copy
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

_KEEP_EVERY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast: `steps` of AdamW; the rate rises over `warmup` steps and falls as a cosine to a tenth.

    `decay` is that of the moving average of the weights, which is what is kept in the end.
    """

    steps: int
    rate: float
    warmup: int = 200
    weight_decay: float = 0.01
    decay: float = 0.999


class Training:
    """`modules` learn what `loss_of` asks: called with the step's own random generator, it returns the loss.

    `learned_from` names the pictures: a checkpoint is gone on from with the same ones and the same plan only.
    """

    def __init__(
        self, name: str, folder: Path, modules: Mapping[str, torch.nn.Module], plan: Plan, *, learned_from: str
    ) -> None:
        self._name, self._plan = name, plan
        self._about = f"{learned_from}; {plan}"
        self._modules = torch.nn.ModuleDict(modules)
        self._averaged = copy.deepcopy(self._modules).requires_grad_(False)
        weights = [weight for weight in self._modules.parameters() if weight.requires_grad]
        self._optimizer = torch.optim.AdamW(weights, lr=plan.rate, weight_decay=plan.weight_decay, betas=(0.9, 0.98))
        self._checkpoint = folder / f"{name}.checkpoint.pt"
        self._step = 0

    def run(self, loss_of: Callable[[int, np.random.Generator], torch.Tensor]) -> None:
        """Train to the end of the plan, from where an earlier run came; a checkpoint is kept every two minutes."""
        self._resume()
        bar = tqdm(initial=self._step, total=self._plan.steps, desc=self._name, unit="step")
        kept, mean = time.monotonic(), 0.0
        while self._step < self._plan.steps:
            loss = loss_of(self._step, np.random.default_rng([self._step, 7]))
            self._take(loss)
            mean = loss.item() if not mean else 0.98 * mean + 0.02 * loss.item()
            bar.update()
            bar.set_postfix(loss=f"{mean:.4f}")
            if time.monotonic() - kept > _KEEP_EVERY_SECONDS or self._step == self._plan.steps:
                self._keep()
                kept = time.monotonic()
        bar.close()

    def averaged(self, name: str) -> Any:
        """The module of that name with the moving average of its weights, for use."""
        return self._averaged[name].eval()

    def _take(self, loss: torch.Tensor) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.rate * _share(self._step, self._plan)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call] # It has no types.
        torch.nn.utils.clip_grad_norm_(self._modules.parameters(), 1.0)
        self._optimizer.step()
        self._step += 1
        # The average of the first steps would be that of random weights.
        decay = min(self._plan.decay, (1 + self._step) / (10 + self._step))
        with torch.no_grad():
            for mean, weight in zip(self._averaged.parameters(), self._modules.parameters(), strict=True):
                mean.lerp_(weight, 1 - decay)
            for kept, value in zip(self._averaged.buffers(), self._modules.buffers(), strict=True):
                kept.copy_(value)

    def _resume(self) -> None:
        if not self._checkpoint.exists():
            return
        kept = torch.load(self._checkpoint, map_location=next(self._modules.parameters()).device, weights_only=True)
        if kept.get("about") != self._about:
            raise SystemExit(
                f"{self._checkpoint} is of another training ({kept.get('about')}) than this ({self._about}). "
                "Put it away, or take another --work."
            )
        self._modules.load_state_dict(kept["modules"])
        self._averaged.load_state_dict(kept["averaged"])
        self._optimizer.load_state_dict(kept["optimizer"])
        self._step = kept["step"]

    def _keep(self) -> None:
        state = {
            "about": self._about,
            "step": self._step,
            "modules": self._modules.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
        partial = self._checkpoint.with_suffix(".part")
        torch.save(state, partial)
        os.replace(partial, self._checkpoint)


def _share(step: int, plan: Plan) -> float:
    """The share of the full rate at this step."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    done = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done))
