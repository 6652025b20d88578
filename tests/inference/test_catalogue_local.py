"""The models of this machine: which there are, and what their own files say that they can do."""

import inspect
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from diffusers.pipelines.auto_pipeline import AUTO_IMAGE2IMAGE_PIPELINES_MAPPING, AUTO_TEXT2IMAGE_PIPELINES_MAPPING

from clonegallery.generation_settings import LocalModel
from clonegallery.inference import catalogue_local
from clonegallery.inference.catalogue_local import local_models, on_disk
from clonegallery.inference.port import Model, Provider
from clonegallery.settings import Settings


def _found(**settings: Any) -> list[Model]:
    return local_models(Settings(**settings))


def test_each_family_is_described_by_its_own_files(tiny_models: Path) -> None:
    names = ("sd1", "sdxl", "flux", "sd3")
    models = _found(ai_model=", ".join(str(tiny_models / name) for name in names))
    assert [(model.id, model.name, model.provider) for model in models] == [(n, n, Provider.LOCAL) for n in names]
    sd1, sdxl, flux, sd3 = models
    assert [(model.width, model.height) for model in models] == [(64, 64), (64, 64), (1024, 1024), (64, 64)]
    assert [model.multiple for model in models] == [8, 8, 16, 16]
    assert [model.takes_negative_prompt for model in models] == [True, True, False, True]
    assert [model.schedulers[0] for model in models] == ["DDIM", "Euler", "FlowMatch Euler", "FlowMatch Euler"]
    assert (sd1.steps, sd1.guidance_scale) == (20, 7.5)
    assert (flux.steps, flux.guidance_scale) == (28, 3.5)
    assert sdxl.takes_init_image
    assert sd3.takes_init_image


def test_a_flux_that_was_distilled_to_few_steps_takes_few(tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "flux", tmp_path / "fast")
    config = tmp_path / "fast" / "transformer" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "guidance_embeds": False}))
    (model,) = _found(ai_model=str(tmp_path / "fast"))
    assert (model.steps, model.guidance_scale) == (4, 0.0)


def test_the_settings_have_the_last_word(tiny_models: Path) -> None:
    configured = LocalModel(id=str(tiny_models / "sd1"), name="Tiny", width=128, steps=9, licence="CC0", max_side=256)
    (model,) = _found(ai_models=[configured])
    assert (model.name, model.width, model.height, model.steps, model.licence) == ("Tiny", 128, 64, 9, "CC0")
    assert (model.max_side, model.guidance_scale) == (256, 7.5)


def test_the_default_model_comes_first_and_once(tiny_models: Path) -> None:
    folder = str(tiny_models / "sd1")
    models = _found(ai_models=[LocalModel(id="org/other"), LocalModel(id=folder, steps=9)], ai_model=f"{folder},")
    assert [(model.id, model.steps) for model in models] == [("sd1", 9), ("org/other", 20)]


def test_two_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a" / "sd").mkdir(parents=True)
    (tmp_path / "b" / "sd").mkdir(parents=True)
    settings = Settings(ai_model=f"{tmp_path}/a/sd,{tmp_path}/b/sd")
    assert [model.id for model in local_models(settings)] == ["sd", "sd-2"]
    assert on_disk(settings, "sd-2").folder == tmp_path / "b" / "sd"


def test_no_path_of_this_machine_is_told(tiny_models: Path) -> None:
    (model,) = _found(ai_model=str(tiny_models / "sd1"))
    assert str(tiny_models) not in repr(model)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"_class_name": 7}'])
def test_a_folder_that_says_nothing_is_as_an_unknown_model(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "model_index.json").write_text(text)
    (model,) = _found(ai_model=str(tmp_path / "odd"))
    assert (model.id, model.width, model.steps, model.schedulers) == ("odd", 512, 20, ())


@pytest.mark.parametrize("size", ["x", -1, 10**9, [], None, [64, 64], 64.5])
def test_an_odd_size_in_the_files_is_not_believed(tiny_models: Path, tmp_path: Path, size: Any) -> None:
    shutil.copytree(tiny_models / "sd1", tmp_path / "odd")
    config = tmp_path / "odd" / "unet" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "sample_size": size}))
    (model,) = _found(ai_model=str(tmp_path / "odd"))
    assert model.width == 512


def test_a_model_of_the_hub_is_described_once_it_is_here(tiny_models: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"ai_model": "org/tiny", "model_cache_dir": tmp_path}
    assert (_found(**settings)[0].schedulers, _found(**settings)[0].id) == ((), "org/tiny")
    assert not on_disk(Settings(**settings), "org/tiny").is_lost
    repository = tmp_path / "models--org--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    shutil.copytree(tiny_models / "sd1", repository / "snapshots" / "abc")
    assert _found(**settings)[0].schedulers[0] == "DDIM"
    assert on_disk(Settings(**settings), "org/tiny").is_whole
    shutil.rmtree(repository / "snapshots" / "abc" / "unet")
    files = on_disk(Settings(**settings), "org/tiny")
    assert (files.is_whole, files.is_lost, files.faults) == (False, False, ("its unet is missing",))


def test_without_a_setting_there_is_no_model() -> None:
    assert _found(ai_model=" , ") == []


def test_what_takes_a_picture_to_begin_with_is_what_diffusers_has_a_strength_for() -> None:
    able = {
        pipeline.__name__
        for family, pipeline in AUTO_TEXT2IMAGE_PIPELINES_MAPPING.items()
        if (other := AUTO_IMAGE2IMAGE_PIPELINES_MAPPING.get(family))
        and "strength" in inspect.signature(other.__call__).parameters
    }
    assert able - {"KolorsPipeline"} <= catalogue_local._WITH_INIT_IMAGE | {
        name for name in able if "PAG" in name or "ControlNet" in name
    }
    assert catalogue_local._WITH_INIT_IMAGE - {"KolorsPipeline"} <= able
