"""`python -m clonegallery models …` on real folders of models, and without any."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clonegallery.settings import ROOT


def _run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    base = {name: value for name, value in os.environ.items() if not name.startswith("AI_")}
    return subprocess.run(
        [sys.executable, "-m", "clonegallery", "models", *words],
        cwd=ROOT, env={**base, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def models(tiny_models: Path) -> dict[str, str]:
    return {"AI_MODEL": f"{tiny_models / 'sd1'},{tiny_models / 'flux'}"}


def test_every_model_is_listed_with_its_files(models: dict[str, str]) -> None:
    told = _run("list", **models, OPENAI_API_KEY="sk-very-secret")
    assert told.returncode == 0, told.stderr
    head, first, *others = [line.split() for line in told.stdout.splitlines()]
    assert head[:3] == ["provider", "model", "size"]
    assert (first[0], first[1], first[-1]) == ("local", "sd1", "there")
    assert {line[0] for line in others} == {"local", "openai"}
    assert "secret" not in told.stdout


def test_without_any_model_it_says_how_to_have_one() -> None:
    assert "AI_MODEL" in _run("list", AI_PROVIDER="none").stdout


def test_the_small_model_is_there_where_no_other_is() -> None:
    told = _run("list", AI_PROVIDER="auto", COLUMNS="200").stdout
    assert "postcard-mini/postcard-diffusion" in told
    assert "128x128" in told
    assert "whole." in _run("check", AI_PROVIDER="auto").stdout


def test_whole_models_are_whole_and_a_cut_off_one_is_not(
    models: dict[str, str], tmp_path: Path, tiny_models: Path
) -> None:
    assert _run("check", **models).stdout.count("whole.") == 2
    damaged = tmp_path / "damaged"
    subprocess.run(["cp", "-r", str(tiny_models / "sd1"), str(damaged)], check=True)
    weights = damaged / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    told = _run("check", AI_MODEL=str(damaged))
    assert told.returncode == 1
    assert "damaged" in told.stderr
    assert str(tmp_path) not in told.stderr


def test_what_cannot_be_fetched_is_a_sentence(models: dict[str, str]) -> None:
    assert "there already" in _run("download", **models).stdout
    for words in (("download", "sd1"), ("download", "nobody/nothing"), ("check", "nobody/nothing")):
        told = _run(*words, **models)
        assert told.returncode == 1
        assert "Traceback" not in told.stderr
        assert told.stderr.strip().endswith(".")
