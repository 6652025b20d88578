"""Listing, fetching and checking models: real folders, and a hub here that speaks the real one's protocol."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clonegallery.errors import GenerationFailed, NotFound
from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.model_files import check, download, list_models, wanted_files
from clonegallery.inference.port import GenerationSpec
from clonegallery.settings import Settings
from tests.inference.hub import Hub, running_hub
from tests.inference.watching import Onlooker

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with one model, which also has what nobody needs."""
    folder = tmp_path / "upstream"
    shutil.copytree(tiny_models / "checked", folder)
    shutil.copy(folder / WEIGHTS, folder / "unet" / "diffusion_pytorch_model.fp16.safetensors")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"not wanted")
    (folder / "everything.safetensors").write_bytes(b"not wanted")
    with running_hub({"org/tiny": folder}) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", hub.url + _TEMPLATE)
        yield hub


_TEMPLATE = "/{repo_id}/resolve/{revision}/{filename}"


def _settings(tmp_path: Path, model: str = "org/tiny", **more: Any) -> Settings:
    return Settings(ai_model=model, ai_device="cpu", model_cache_dir=tmp_path / "cache", **more)


def _nobody(done: int, total: int) -> None:
    assert done <= total


def test_what_is_needed_is_fetched_and_no_more(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    settings = _settings(tmp_path)
    assert [(files.present, files.size) for files in list_models(settings)] == [(False, 0)]
    files = download(settings, "org/tiny", lambda done, total: told.append((done, total)))
    assert (files.present, files.faults) == (True, ())
    assert sorted(done for done, _total in told)[-1] == told[0][1] == files.size
    assert WEIGHTS in hub.asked
    assert not [name for name in hub.asked if name.endswith(".bin") or "fp16" in name or "everything" in name]
    hub.asked.clear()
    download(settings, "org/tiny", _nobody)
    assert hub.asked == []


def test_the_safety_checker_is_not_fetched_where_nobody_wants_it(hub: Hub, tmp_path: Path) -> None:
    files = download(_settings(tmp_path, ai_safety_checker=False), "org/tiny", _nobody)
    assert files.present
    assert not [name for name in hub.asked if name.startswith("safety_checker")]


async def test_what_was_fetched_makes_pictures_without_the_hub(hub: Hub, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    download(settings, "org/tiny", _nobody)
    hub.repositories.clear()
    local = Diffusers(settings)
    spec = GenerationSpec(model=local.models()[0], prompt="a", width=64, height=64, seed=1, steps=2)
    assert [made.model async for made in local.generate(spec, Onlooker())] == ["org/tiny"]


async def test_a_model_is_fetched_when_it_is_first_asked_for(hub: Hub, tmp_path: Path) -> None:
    local = Diffusers(_settings(tmp_path))
    assert "fetched when first used" in (await local.reach()).detail
    spec = GenerationSpec(model=local.models()[0], prompt="a", width=64, height=64, seed=1, steps=2)
    assert len([made async for made in local.generate(spec, Onlooker())]) == 1
    assert list_models(_settings(tmp_path))[0].present


async def test_the_rest_of_a_half_fetched_model_is_fetched(hub: Hub, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    download(settings, "org/tiny", _nobody)
    next((tmp_path / "cache").rglob(WEIGHTS)).unlink()
    assert list_models(settings)[0].faults == ("the weights of its unet are missing",)
    local = Diffusers(settings)
    spec = GenerationSpec(model=local.models()[0], prompt="a", width=64, height=64, seed=1, steps=2)
    assert len([made async for made in local.generate(spec, Onlooker())]) == 1


def _away(hub: Hub) -> None:
    hub.repositories.clear()


def _gated(hub: Hub) -> None:
    hub.gated = True


def _gone(hub: Hub) -> None:
    hub.server_close()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (_away, "neither a folder here nor a model that the hub shows us"),
        (_gated, "its licence must be accepted"),
        (_gone, "the hub cannot be reached"),
    ],
)
def test_what_the_hub_refuses_is_said(hub: Hub, tmp_path: Path, harm: Callable[[Hub], None], reason: str) -> None:
    harm(hub)
    with pytest.raises(GenerationFailed, match=reason) as failed:
        download(_settings(tmp_path), "org/tiny", _nobody)
    assert hub.url not in failed.value.detail


def test_a_sound_model_is_checked_file_by_file(tiny_models: Path, tmp_path: Path) -> None:
    settings = _settings(tmp_path, str(tiny_models / "sd1"))
    found = {file.name: file for file in check(settings, "sd1", digests=True)}
    content = (tiny_models / "sd1" / WEIGHTS).read_bytes()
    assert found[WEIGHTS].size == len(content)
    assert found[WEIGHTS].sha256 == hashlib.sha256(content).hexdigest()
    assert all(file.sha256 is None for file in check(settings, "sd1"))


def test_everything_that_is_wrong_is_said_at_once(tiny_models: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models / "sd1", tmp_path / "broken")
    path = tmp_path / "broken" / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1])
    shutil.rmtree(tmp_path / "broken" / "vae")
    settings = _settings(tmp_path, str(tmp_path / "broken"))
    with pytest.raises(GenerationFailed) as failed:
        check(settings, "broken")
    assert "its vae is missing" in failed.value.detail
    assert f"{WEIGHTS} is incomplete" in failed.value.detail
    assert str(tmp_path) not in failed.value.detail


@pytest.mark.parametrize(
    "content", [b"", b"1234", b"\xff" * 64, b"\x02" + b"\0" * 7 + b"{]", b"\x02" + b"\0" * 7 + b"[]"]
)
def test_what_is_no_file_of_weights_is_damaged(tiny_models: Path, tmp_path: Path, content: bytes) -> None:
    shutil.copytree(tiny_models / "sd1", tmp_path / "broken")
    (tmp_path / "broken" / WEIGHTS).write_bytes(content)
    with pytest.raises(GenerationFailed, match="is damaged"):
        check(_settings(tmp_path, str(tmp_path / "broken")), "broken")


def test_bytes_that_changed_in_the_cache_are_found(hub: Hub, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    download(settings, "org/tiny", _nobody)
    assert check(settings, "org/tiny", digests=True)
    blob = next((tmp_path / "cache").rglob(WEIGHTS)).resolve()
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(content)
    assert check(settings, "org/tiny")
    with pytest.raises(GenerationFailed, match=f"{WEIGHTS} is not what the hub has"):
        check(settings, "org/tiny", digests=True)


def test_a_model_that_is_not_configured_is_refused(tmp_path: Path) -> None:
    for action in (check, lambda settings, model: download(settings, model, _nobody)):
        with pytest.raises(NotFound, match="There are: org/tiny"):
            action(_settings(tmp_path), "org/other")


def test_what_is_not_here_yet_cannot_be_checked_and_a_folder_not_fetched(tiny_models: Path, tmp_path: Path) -> None:
    with pytest.raises(GenerationFailed, match="not on this machine yet"):
        check(_settings(tmp_path), "org/tiny")
    with pytest.raises(GenerationFailed, match="nothing to fetch"):
        download(_settings(tmp_path, str(tiny_models / "sd1")), "sd1", _nobody)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["model.safetensors", "pytorch_model.bin", "model.fp16.safetensors"], ["model.safetensors"]),
        (["pytorch_model.bin", "model.fp16.safetensors"], ["model.fp16.safetensors"]),
        (["pytorch_model.bin", "pytorch_model.fp16.bin", "openvino_model.bin"], ["pytorch_model.bin"]),
        (["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], None),
        (["flax_model.msgpack", "model.onnx"], []),
    ],
)
def test_one_set_of_weights_is_chosen(offered: list[str], chosen: list[str] | None) -> None:
    files = [f"unet/{name}" for name in ("config.json", *offered)]
    expected = ["model_index.json", "unet/config.json", *(f"unet/{name}" for name in chosen or offered if chosen != [])]
    assert wanted_files([*files, "other/model.safetensors"], {"unet"}) == expected
