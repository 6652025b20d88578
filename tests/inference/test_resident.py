"""The one model in memory: loaded, swapped, and refused with a reason where its files are broken."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from clonegallery.errors import GalleryError, GenerationFailed
from clonegallery.inference.diffusers import Diffusers
from clonegallery.settings import Settings
from tests.inference.asking import make_all, make_one, pipeline_of, settings_of, spec_of


async def test_one_model_is_in_memory_at_a_time(local: Diffusers) -> None:
    assert local.describe()["loaded"] is None
    await make_one(local, "sd1")
    first = pipeline_of(local)
    await make_one(local, "sd1")
    assert pipeline_of(local) is first
    await make_one(local, "sdxl")
    assert local.describe() == {"loaded": "sdxl", "device": "cpu", "dtype": "float32", "memory_bytes": None}
    assert type(pipeline_of(local)).__name__ == "StableDiffusionXLPipeline"
    weights = [weights for part in (first.unet, first.vae, first.text_encoder) for weights in part.parameters()]
    held = [part for part in pipeline_of(local).components.values() if isinstance(part, torch.nn.Module)]
    assert not {id(one) for one in weights} & {id(one) for part in held for one in part.parameters()}


async def test_image_to_image_takes_no_second_copy_of_the_weights(local: Diffusers) -> None:
    given = (await make_one(local, "sd1")).content
    await make_one(local, "sd1", init_image=given, strength=0.5)
    loaded = local._resident._loaded
    assert loaded is not None
    assert loaded.image_pipeline.unet is loaded.pipeline.unet


async def test_the_safety_checker_may_be_left_out(tiny_models: Path) -> None:
    local = Diffusers(settings_of(tiny_models, "checked", ai_safety_checker=False))
    assert (await make_one(local, "checked")).content
    assert pipeline_of(local).safety_checker is None


def _without_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()


def _with_broken_index(folder: Path) -> None:
    (folder / "model_index.json").write_text("{")


def _without_unet(folder: Path) -> None:
    shutil.rmtree(folder / "unet")


def _without_weights(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink()


def _cut(folder: Path) -> None:
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _misfitting(folder: Path) -> None:
    config = json.loads((folder / "unet" / "config.json").read_text())
    (folder / "unet" / "config.json").write_text(json.dumps({**config, "cross_attention_dim": 48}))


def _of_no_pictures(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, "_class_name": "WanPipeline"}))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (shutil.rmtree, "its folder is not on this machine"),
        (_without_index, "it has no model_index.json"),
        (_with_broken_index, "its model_index.json cannot be read"),
        (_without_unet, "its unet is missing"),
        (_without_weights, "the weights of its vae are missing"),
        (_cut, "unet/diffusion_pytorch_model.safetensors is incomplete"),
        (_misfitting, "its weights do not fit its configuration"),
        (_of_no_pictures, "diffusers has no text-to-image pipeline for it"),
    ],
)
async def test_a_broken_model_is_refused_by_name_and_reason(
    tiny_models: Path, tmp_path: Path, harm: Callable[[Path], None], reason: str
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(tiny_models / "sd1", folder)
    local = Diffusers(settings_of(tmp_path, "broken"))
    spec = spec_of(local, "broken")
    harm(folder)
    with pytest.raises(GalleryError) as failed:
        await make_all(local, spec)
    assert type(failed.value) is GenerationFailed
    assert reason in failed.value.detail
    assert failed.value.detail.startswith("The model broken cannot be loaded")
    assert str(tmp_path) not in failed.value.detail


async def test_a_model_that_cannot_be_fetched_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    local = Diffusers(Settings(ai_model="nobody/nothing", ai_device="cpu", model_cache_dir=tmp_path))
    with pytest.raises(GenerationFailed, match="The model nobody/nothing cannot be loaded: it is not on this machine"):
        await make_one(local, "nobody/nothing")


@pytest.mark.usefixtures("nothing_of_its_own")
async def test_it_says_whether_it_can_work(tiny_models: Path, tmp_path: Path) -> None:
    assert (await Diffusers(settings_of(tiny_models, "sd1")).reach()).reachable
    assert not (await Diffusers(Settings(ai_model="", ai_device="cpu")).reach()).reachable
    shutil.copytree(tiny_models / "sd1", tmp_path / "cut")
    _cut(tmp_path / "cut")
    found = await Diffusers(settings_of(tmp_path, "cut")).reach()
    assert (found.reachable, "incomplete" in found.detail, str(tmp_path) in found.detail) == (False, True, False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without a CUDA device")
async def test_a_missing_device_is_said(tiny_models: Path) -> None:
    local = Diffusers(Settings(ai_model=str(tiny_models / "sd1"), ai_device="cuda"))
    assert "no CUDA device" in (await local.reach()).detail
    assert local.describe()["loaded"] is None
    with pytest.raises(GalleryError, match="no CUDA device"):
        await make_one(local, "sd1")
