"""Training that was broken off ends where it would have ended."""

from pathlib import Path

import numpy as np
import pytest
import torch

from workers.training.loop import Plan, Training

PLAN = Plan(steps=12, rate=0.05, warmup=3)


class _Broken(Exception):
    """The power went."""


def _training(folder: Path, plan: Plan = PLAN) -> tuple[Training, torch.nn.Linear]:
    torch.manual_seed(0)
    line = torch.nn.Linear(2, 1)
    return Training("line", folder, {"line": line}, plan, learned_from="points"), line


def _loss_of(line: torch.nn.Linear, breaks_at: int = -1):  # type: ignore[no-untyped-def] # A closure of the loop's own kind.
    def loss(step: int, rng: np.random.Generator) -> torch.Tensor:
        if step == breaks_at:
            raise _Broken
        points = torch.from_numpy(rng.standard_normal((16, 2), np.float32))
        wanted = points @ torch.tensor([[2.0], [-1.0]])
        found: torch.Tensor = torch.nn.functional.mse_loss(line(points), wanted)
        return found

    return loss


def test_it_learns_and_keeps_the_average(tmp_path: Path) -> None:
    training, line = _training(tmp_path, Plan(steps=400, rate=0.05, warmup=3, decay=0.9))
    training.run(_loss_of(line))
    assert training.averaged("line").weight.detach().numpy()[0] == pytest.approx([2, -1], abs=0.05)


def test_what_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, line = _training(tmp_path / "whole")
    whole.run(_loss_of(line))
    monkeypatch.setattr("workers.training.loop._KEEP_EVERY_SECONDS", 0.0)
    broken, line = _training(tmp_path / "broken")
    with pytest.raises(_Broken):
        broken.run(_loss_of(line, breaks_at=7))
    again, line = _training(tmp_path / "broken")
    steps: list[int] = []
    loss = _loss_of(line)

    def counted(step: int, rng: np.random.Generator) -> torch.Tensor:
        steps.append(step)
        found: torch.Tensor = loss(step, rng)
        return found

    again.run(counted)
    assert steps == list(range(7, 12))
    for name in ("weight", "bias"):
        assert torch.equal(getattr(again.averaged("line"), name), getattr(whole.averaged("line"), name))


def test_a_checkpoint_of_another_training_is_not_gone_on_from(tmp_path: Path) -> None:
    first, line = _training(tmp_path)
    first.run(_loss_of(line))
    other, line = _training(tmp_path, Plan(steps=20, rate=0.05, warmup=3))
    with pytest.raises(SystemExit, match="another training"):
        other.run(_loss_of(line))
    others = Training("line", tmp_path, {"line": line}, PLAN, learned_from="other points")
    with pytest.raises(SystemExit, match="other points"):
        others.run(_loss_of(line))
