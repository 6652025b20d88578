"""Pictures of this machine: real pipelines of each family, tiny and with random weights, loaded as real ones are."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from functools import wraps
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.auto_pipeline import AUTO_TEXT2IMAGE_PIPELINES_MAPPING
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image

from clonegallery.errors import Cancelled, GalleryError, GenerationFailed, OutOfMemory, PromptRefused
from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.port import GenerationSpec, Made, Provider
from clonegallery.settings import Settings
from tests.inference import tiny
from tests.inference.watching import Onlooker

FAMILIES = list(tiny.FAMILIES)
STEPS = 4


def _settings(folder: Path, *names: str, **more: Any) -> Settings:
    sources = ",".join(str(folder / name) for name in names)
    return Settings(ai_model=sources, ai_device="cpu", preview_interval_seconds=0.25, **more)


@pytest.fixture
def local(tiny_models: Path) -> Diffusers:
    """The adapter over all the tiny models; nothing is loaded yet."""
    return Diffusers(_settings(tiny_models, *FAMILIES))


def _spec(local: Diffusers, model_id: str, **asked: Any) -> GenerationSpec:
    model = next(model for model in local.models() if model.id == model_id)
    usual: dict[str, Any] = {"prompt": "a castle", "width": 64, "height": 64, "seed": 7, "steps": STEPS}
    return GenerationSpec(model=model, **{**usual, **asked})


async def _all(local: Diffusers, spec: GenerationSpec, watcher: Onlooker | None = None) -> list[Made]:
    return [made async for made in local.generate(spec, watcher or Onlooker())]


async def _one(local: Diffusers, model_id: str, **asked: Any) -> Made:
    (made,) = await _all(local, _spec(local, model_id, **asked))
    return made


def _pixels(content: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"), dtype=np.int16)


@pytest.mark.parametrize("family", FAMILIES)
async def test_each_family_makes_pictures_of_the_size_asked_for(local: Diffusers, family: str) -> None:
    made = await _one(local, family, width=96, height=64, guidance_scale=3.0)
    with Image.open(BytesIO(made.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (96, 64))
    assert (made.position, made.provider, made.model) == (0, Provider.LOCAL, family)
    assert (made.seed, made.steps, made.guidance_scale, made.cost) == (7, STEPS, 3.0, None)
    assert made.seconds > 0


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_seed_gives_the_same_picture_again_and_another_seed_another(local: Diffusers, family: str) -> None:
    first, again, other = [await _one(local, family, seed=seed) for seed in (7, 7, 8)]
    assert first.content == again.content
    assert first.content != other.content


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_picture_does_not_depend_on_its_neighbours(tiny_models: Path, family: str) -> None:
    alone = Diffusers(_settings(tiny_models, family), at_once=1)
    together = Diffusers(_settings(tiny_models, family), at_once=3)
    batch = await _all(together, _spec(together, family, count=3))
    assert [(made.position, made.seed) for made in batch] == [(0, 7), (1, 8), (2, 9)]
    single = await _one(alone, family, seed=9)
    # A batch is summed in another order, which may move a shade by one.
    assert np.abs(_pixels(batch[2].content) - _pixels(single.content)).max() <= 2
    one_by_one = await _all(alone, _spec(alone, family, count=3))
    assert one_by_one[2].content == single.content


async def test_it_goes_on_where_another_worker_stopped(local: Diffusers) -> None:
    watcher = Onlooker()
    made = await _all(local, _spec(local, "sd1", count=3, first=1), watcher)
    assert [(picture.position, picture.seed) for picture in made] == [(1, 8), (2, 9)]
    assert watcher.steps[-1] == (3 * STEPS, 3 * STEPS)
    assert min(step for step, _steps in watcher.steps) > STEPS


@pytest.mark.parametrize("family", FAMILIES)
async def test_little_strength_keeps_a_picture_and_much_changes_it(local: Diffusers, family: str) -> None:
    given = (await _one(local, family, seed=1)).content
    made = {
        strength: await _one(local, family, init_image=given, strength=strength, steps=10, guidance_scale=1.0)
        for strength in (0.1, 0.9)
    }
    changed = {strength: np.abs(_pixels(one.content) - _pixels(given)).mean() for strength, one in made.items()}
    assert changed[0.1] < changed[0.9]
    assert (made[0.1].steps, made[0.9].steps) == (1, 9)


@pytest.mark.parametrize("strength", [0.0, 0.01, 1.0])
async def test_every_strength_makes_a_picture(local: Diffusers, strength: float) -> None:
    given = (await _one(local, "sd1", seed=1)).content
    made = await _one(local, "sd1", init_image=given, strength=strength)
    assert made.steps == (STEPS if strength == 1.0 else 1)
    assert Image.open(BytesIO(made.content)).size == (64, 64)


async def test_guidance_and_negative_prompt_count(local: Diffusers) -> None:
    plain = await _one(local, "sd1")
    assert (await _one(local, "sd1", guidance_scale=1.0)).content != plain.content
    assert (await _one(local, "sd1", negative_prompt="fog")).content != plain.content


async def test_a_negative_prompt_is_left_out_where_none_is_taken(local: Diffusers) -> None:
    assert (await _one(local, "flux", negative_prompt="fog")).content == (await _one(local, "flux")).content


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_scheduler_that_is_offered_works_both_ways(local: Diffusers, family: str) -> None:
    given = (await _one(local, family, seed=1)).content
    offered = next(model for model in local.models() if model.id == family).schedulers
    assert len(offered) >= 2
    made = {name: await _one(local, family, scheduler=name) for name in offered}
    assert [picture.scheduler for picture in made.values()] == list(offered)
    assert made[offered[0]].content == (await _one(local, family)).content
    assert len({picture.content for picture in made.values()}) > len(offered) // 2
    for name in offered:
        assert (await _one(local, family, scheduler=name, init_image=given, strength=0.5)).scheduler == name


async def test_a_scheduler_that_does_not_fit_is_refused(local: Diffusers) -> None:
    with pytest.raises(GenerationFailed, match="The scheduler Euler a does not fit the model flux"):
        await _one(local, "flux", scheduler="Euler a")


async def test_steps_and_previews_arrive_over_all_pictures(local: Diffusers) -> None:
    watcher = Onlooker()
    async for made in local.generate(_spec(local, "sd1", count=2, steps=6, scheduler="Heun"), watcher):
        # Told in order: what belongs to a picture comes before it.
        assert watcher.steps[-1] == (6 * (made.position + 1), 12)
    steps = [step for step, _steps in watcher.steps]
    assert all(before < after for before, after in pairwise(steps))
    assert len(watcher.previews) >= 2
    assert len(set(watcher.previews)) == len(watcher.previews)
    for preview in watcher.previews:
        with Image.open(BytesIO(preview)) as picture:
            assert (picture.format, max(picture.size) <= 256) == ("JPEG", True)


@pytest.mark.parametrize("family", ["sd1", "flux"])
async def test_cancelling_ends_it_within_one_step(tiny_models: Path, family: str) -> None:
    local = Diffusers(_settings(tiny_models, family))
    spec = _spec(local, family, steps=150, count=8)
    await _all(local, _spec(local, family))
    called = _count_calls(local, lambda pipeline: pipeline.unet if family == "sd1" else pipeline.transformer)
    watcher = Onlooker(at_step=lambda onlooker: onlooker.cancelled.set())
    with pytest.raises(Cancelled):
        await _all(local, spec, watcher)
    seen = len(called)
    await _idle(local)
    assert len(called) <= seen + 1
    assert len(watcher.steps) == 1
    assert len(await _all(local, _spec(local, family))) == 1


async def test_cancelling_between_two_pictures_makes_no_more(local: Diffusers) -> None:
    watcher = Onlooker()
    pictures = local.generate(_spec(local, "sd1", count=5), watcher)
    assert (await anext(pictures)).position == 0
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await anext(pictures)


async def test_whoever_stops_listening_stops_the_pipeline(local: Diffusers) -> None:
    await _one(local, "sd1")
    called = _count_calls(local, lambda pipeline: pipeline.unet)
    pictures = local.generate(_spec(local, "sd1", count=8, steps=100), Onlooker())
    assert isinstance(pictures, AsyncIterator)
    await anext(pictures)
    await pictures.aclose()  # type: ignore[attr-defined] # The port promises an iterator only; this one is closable.
    await _idle(local)
    assert len(called) < 8 * 100


async def test_the_event_loop_stays_free(local: Diffusers) -> None:
    turns = 0

    async def spin() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    spinning = asyncio.ensure_future(spin())
    await _one(local, "sd1", steps=20)
    spinning.cancel()
    assert turns > 100


async def test_one_model_is_in_memory_at_a_time(local: Diffusers) -> None:
    assert local.describe()["loaded"] is None
    await _one(local, "sd1")
    first = _pipeline(local)
    await _one(local, "sd1")
    assert _pipeline(local) is first
    await _one(local, "sdxl")
    assert local.describe() == {"loaded": "sdxl", "device": "cpu", "dtype": "float32", "memory_bytes": None}
    assert type(_pipeline(local)).__name__ == "StableDiffusionXLPipeline"
    weights = [weights for part in (first.unet, first.vae, first.text_encoder) for weights in part.parameters()]
    held = [part for part in _pipeline(local).components.values() if isinstance(part, torch.nn.Module)]
    assert not {id(one) for one in weights} & {id(one) for part in held for one in part.parameters()}


async def test_image_to_image_takes_no_second_copy_of_the_weights(local: Diffusers) -> None:
    given = (await _one(local, "sd1")).content
    await _one(local, "sd1", init_image=given, strength=0.5)
    loaded = local._resident._loaded
    assert loaded is not None
    assert loaded.image_pipeline.unet is loaded.pipeline.unet


class Cramped(StableDiffusionPipeline):
    """A device that has memory for so many pictures at once."""

    fits = 1

    @wraps(StableDiffusionPipeline.__call__)
    def __call__(self, *args: Any, **asked: Any) -> Any:
        if asked["num_images_per_prompt"] > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return super().__call__(*args, **asked)


@pytest.fixture
def cramped(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Diffusers]:
    def make(fits: int) -> Diffusers:
        monkeypatch.setattr(Cramped, "fits", fits)
        monkeypatch.setitem(AUTO_TEXT2IMAGE_PIPELINES_MAPPING, "stable-diffusion", Cramped)
        return Diffusers(_settings(tiny_models, "cramped"), at_once=4)

    folder = tiny_models / "cramped"
    if not folder.exists():
        shutil.copytree(tiny_models / "sd1", folder)
        index = json.loads((folder / "model_index.json").read_text())
        (folder / "model_index.json").write_text(json.dumps({**index, "_class_name": "Cramped"}))
    return make


async def test_too_little_memory_means_smaller_batches(cramped: Callable[[int], Diffusers], tiny_models: Path) -> None:
    local = cramped(2)
    made = await _all(local, _spec(local, "cramped", count=5))
    assert [picture.position for picture in made] == [0, 1, 2, 3, 4]
    Cramped.fits = 4
    roomy = Diffusers(_settings(tiny_models, "cramped"), at_once=2)
    same = await _all(roomy, _spec(roomy, "cramped", count=5))
    assert [picture.content for picture in made] == [picture.content for picture in same]


async def test_no_memory_for_even_one_picture_is_said_and_the_model_unloaded(
    cramped: Callable[[int], Diffusers],
) -> None:
    local = cramped(0)
    with pytest.raises(OutOfMemory, match="not enough memory for 64 x 64 pixels"):
        await _all(local, _spec(local, "cramped", count=4))
    assert local.describe()["loaded"] is None
    Cramped.fits = 4
    assert len(await _all(local, _spec(local, "cramped", count=4))) == 4


async def test_too_little_memory_of_the_processor_is_out_of_memory_too(local: Diffusers) -> None:
    await _one(local, "sd1")

    def fail(*_args: Any) -> None:
        torch.empty(2**60, dtype=torch.uint8)

    _pipeline(local).unet.register_forward_pre_hook(fail)
    # The model is loaded anew for a second try of several pictures, but one alone is not tried again.
    with pytest.raises(OutOfMemory):
        await _one(local, "sd1")


async def test_a_picture_that_the_safety_checker_flags_is_refused(tiny_models: Path) -> None:
    local = Diffusers(_settings(tiny_models, "checked"))
    assert (await _one(local, "checked")).content
    _pipeline(local).safety_checker.concept_embeds_weights.data.fill_(-2.0)
    with pytest.raises(PromptRefused, match="unsafe"):
        await _one(local, "checked")


async def test_the_safety_checker_may_be_left_out(tiny_models: Path) -> None:
    local = Diffusers(_settings(tiny_models, "checked", ai_safety_checker=False))
    assert (await _one(local, "checked")).content
    assert _pipeline(local).safety_checker is None


async def test_what_a_pipeline_raises_is_said_in_plain_words(local: Diffusers) -> None:
    with pytest.raises(GenerationFailed) as failed:
        await _one(local, "sd1", width=63)
    assert failed.value.detail == "The model sd1 could not make this picture; the worker's log says why."


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
    local = Diffusers(_settings(tmp_path, "broken"))
    spec = _spec(local, "broken")
    harm(folder)
    with pytest.raises(GalleryError) as failed:
        await _all(local, spec)
    assert type(failed.value) is GenerationFailed
    assert reason in failed.value.detail
    assert failed.value.detail.startswith("The model broken cannot be loaded")
    assert str(tmp_path) not in failed.value.detail


async def test_a_model_that_cannot_be_fetched_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    local = Diffusers(Settings(ai_model="nobody/nothing", ai_device="cpu", model_cache_dir=tmp_path))
    with pytest.raises(GenerationFailed, match="The model nobody/nothing cannot be loaded: it is not on this machine"):
        await _one(local, "nobody/nothing")


async def test_it_says_whether_it_can_work(tiny_models: Path, tmp_path: Path) -> None:
    assert (await Diffusers(_settings(tiny_models, "sd1")).reach()).reachable
    assert not (await Diffusers(Settings(ai_model="", ai_device="cpu")).reach()).reachable
    shutil.copytree(tiny_models / "sd1", tmp_path / "cut")
    _cut(tmp_path / "cut")
    found = await Diffusers(_settings(tmp_path, "cut")).reach()
    assert (found.reachable, "incomplete" in found.detail, str(tmp_path) in found.detail) == (False, True, False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without a CUDA device")
async def test_a_missing_device_is_said(tiny_models: Path) -> None:
    local = Diffusers(Settings(ai_model=str(tiny_models / "sd1"), ai_device="cuda"))
    assert "no CUDA device" in (await local.reach()).detail
    assert local.describe()["loaded"] is None
    with pytest.raises(GalleryError, match="no CUDA device"):
        await _one(local, "sd1")


def _pipeline(local: Diffusers) -> Any:
    loaded = local._resident._loaded
    assert loaded is not None
    return loaded.pipeline


def _count_calls(local: Diffusers, part: Callable[[Any], torch.nn.Module]) -> list[None]:
    """A list that grows by one whenever `part` of the loaded pipeline is run."""
    called: list[None] = []
    part(_pipeline(local)).register_forward_pre_hook(lambda *_args: called.append(None))
    return called


async def _idle(local: Diffusers) -> None:
    """Until the thread has done everything that it was given."""
    await asyncio.wrap_future(local._thread.submit(lambda: None))
