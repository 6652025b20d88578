"""Which providers there are, in which order, and that the web process loads none of what makes pictures."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clonegallery.inference import select, usual_models
from clonegallery.inference.own_models import DIFFUSION
from clonegallery.inference.port import Provider
from clonegallery.inference.select import available, choose
from clonegallery.inference.usual_models import DEFAULT_MODEL
from clonegallery.settings import ROOT, Settings

pytestmark = pytest.mark.usefixtures("nothing_of_its_own")

KEYS: dict[str, Any] = {"replicate_api_token": "r8", "openai_api_key": "sk", "stability_api_key": "sk"}


def _providers(**environment: Any) -> list[str]:
    models = available(Settings(**environment))
    return list(dict.fromkeys(model.provider.value for model in models))


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_models, "has_cuda_device", lambda: False)


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({"ai_provider": "none", **KEYS}, []),
        (KEYS, ["replicate", "openai", "stability"]),
        ({"openai_api_key": "sk"}, ["openai"]),
        ({"ai_model": "org/model", **KEYS}, ["local", "replicate", "openai", "stability"]),
        ({"ai_provider": "stability", **KEYS}, ["stability", "replicate", "openai"]),
        ({"ai_provider": "openai", "ai_model": "org/model", **KEYS}, ["openai", "local", "replicate", "stability"]),
        ({"ai_provider": "openai"}, []),
        ({"ai_provider": "local"}, ["local"]),
    ],
)
def test_who_is_there_and_who_comes_first(environment: dict[str, Any], expected: list[str]) -> None:
    assert _providers(**environment) == expected


def test_a_device_makes_pictures_though_no_model_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_models, "has_cuda_device", lambda: True)
    first = available(Settings(**KEYS))[0]
    assert (first.provider, first.id) == (Provider.LOCAL, DEFAULT_MODEL)
    assert _providers(ai_provider="openai", **KEYS)[0] == "openai"


@pytest.mark.usefixtures("no_gpu")
def test_its_own_small_model_stands_in_where_there_is_nothing_else(nothing_of_its_own: Path, tiny_models: Path) -> None:
    nothing_of_its_own.mkdir()
    (nothing_of_its_own / "postcard-diffusion").symlink_to(tiny_models / "sd1")
    (own,) = available(Settings())
    assert (own.id, own.provider, own.width, own.max_side) == (DIFFUSION, Provider.LOCAL, 128, 256)
    assert "postcard-mini" in own.name
    assert own.is_demo
    assert "DDIM" in own.schedulers
    assert available(Settings(ai_provider="local")) == [own]
    assert _providers(**KEYS) == ["replicate", "openai", "stability"]
    assert [model.id for model in available(Settings(ai_model="org/model"))] == ["org/model"]
    assert _providers(ai_provider="none") == []
    by_name = available(Settings(ai_model=f"org/model,{DIFFUSION}"))
    assert (by_name[1], by_name[0].is_demo) == (own, False)


@pytest.mark.usefixtures("no_gpu")
def test_whoever_names_nobody_has_a_fallback_of_each_provider() -> None:
    settings = Settings(ai_model="org/one,org/two", **KEYS)
    unnamed = choose(settings, None, None)
    assert [model.provider.value for model in unnamed] == ["local", "replicate", "openai", "stability"]
    assert [model.id for model in choose(settings, None, "org/two")] == ["org/two"]
    assert [model.provider for model in choose(settings, Provider.OPENAI, None)] == [Provider.OPENAI]
    assert choose(settings, Provider.OPENAI, "org/two") == choose(settings, None, "org/three") == []


def test_what_a_model_can_do_shows_once_it_is_there(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "late"
    settings = Settings(ai_model=str(folder))
    assert available(settings)[0].schedulers == ()
    folder.symlink_to(tiny_models / "sd1")
    monkeypatch.setattr(select, "_LOOK_EVERY_SECONDS", 0.0)
    assert "DDIM" in available(settings)[0].schedulers


def test_the_web_process_loads_nothing_of_what_makes_pictures() -> None:
    heavy = "('torch', 'diffusers', 'transformers', 'openai', 'replicate', 'huggingface_hub')"
    script = f"import sys, clonegallery.clonegallery; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("[]")
