"""Pictures of this machine: real pipelines of each family, tiny and with random weights, loaded as real ones are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from clonegallery.errors import Cancelled, GenerationFailed, PromptRefused
from clonegallery.inference.diffusers import Diffusers
from clonegallery.inference.port import Provider
from tests.inference.asking import FAMILIES, STEPS, make_all, make_one, pipeline_of, settings_of, spec_of, until_idle
from tests.inference.watching import Onlooker


@pytest.mark.parametrize("family", FAMILIES)
async def test_each_family_makes_pictures_of_the_size_asked_for(local: Diffusers, family: str) -> None:
    made = await make_one(local, family, width=96, height=64, guidance_scale=3.0)
    with Image.open(BytesIO(made.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (96, 64))
    assert (made.position, made.provider, made.model) == (0, Provider.LOCAL, family)
    assert (made.seed, made.steps, made.guidance_scale, made.cost) == (7, STEPS, 3.0, None)
    assert made.seconds > 0


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_seed_gives_the_same_picture_again_and_another_seed_another(local: Diffusers, family: str) -> None:
    first, again, other = [await make_one(local, family, seed=seed) for seed in (7, 7, 8)]
    assert first.content == again.content
    assert first.content != other.content


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_picture_does_not_depend_on_its_neighbours(tiny_models: Path, family: str) -> None:
    alone = Diffusers(settings_of(tiny_models, family), at_once=1)
    together = Diffusers(settings_of(tiny_models, family), at_once=3)
    batch = await make_all(together, spec_of(together, family, count=3))
    assert [(made.position, made.seed) for made in batch] == [(0, 7), (1, 8), (2, 9)]
    single = await make_one(alone, family, seed=9)
    # A batch is summed in another order, which may move a shade by one.
    assert np.abs(_pixels(batch[2].content) - _pixels(single.content)).max() <= 2
    one_by_one = await make_all(alone, spec_of(alone, family, count=3))
    assert one_by_one[2].content == single.content


async def test_it_goes_on_where_another_worker_stopped(local: Diffusers) -> None:
    watcher = Onlooker()
    made = await make_all(local, spec_of(local, "sd1", count=3, first=1), watcher)
    assert [(picture.position, picture.seed) for picture in made] == [(1, 8), (2, 9)]
    assert watcher.steps[-1] == (3 * STEPS, 3 * STEPS)
    assert min(step for step, _steps in watcher.steps) > STEPS


@pytest.mark.parametrize("family", FAMILIES)
async def test_little_strength_keeps_a_picture_and_much_changes_it(local: Diffusers, family: str) -> None:
    given = (await make_one(local, family, seed=1)).content
    made = {
        strength: await make_one(local, family, init_image=given, strength=strength, steps=10, guidance_scale=1.0)
        for strength in (0.1, 0.9)
    }
    changed = {strength: np.abs(_pixels(one.content) - _pixels(given)).mean() for strength, one in made.items()}
    assert changed[0.1] < changed[0.9]
    assert (made[0.1].steps, made[0.9].steps) == (1, 9)


@pytest.mark.parametrize("strength", [0.0, 0.01, 1.0])
async def test_every_strength_makes_a_picture(local: Diffusers, strength: float) -> None:
    given = (await make_one(local, "sd1", seed=1)).content
    made = await make_one(local, "sd1", init_image=given, strength=strength)
    assert made.steps == (STEPS if strength == 1.0 else 1)
    assert Image.open(BytesIO(made.content)).size == (64, 64)


async def test_guidance_and_negative_prompt_count(local: Diffusers) -> None:
    plain = await make_one(local, "sd1")
    assert (await make_one(local, "sd1", guidance_scale=1.0)).content != plain.content
    assert (await make_one(local, "sd1", negative_prompt="fog")).content != plain.content


async def test_a_negative_prompt_is_left_out_where_none_is_taken(local: Diffusers) -> None:
    assert (await make_one(local, "flux", negative_prompt="fog")).content == (await make_one(local, "flux")).content


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_scheduler_that_is_offered_works_both_ways(local: Diffusers, family: str) -> None:
    given = (await make_one(local, family, seed=1)).content
    offered = next(model for model in local.models() if model.id == family).schedulers
    assert len(offered) >= 2
    made = {name: await make_one(local, family, scheduler=name) for name in offered}
    assert [picture.scheduler for picture in made.values()] == list(offered)
    assert made[offered[0]].content == (await make_one(local, family)).content
    assert len({picture.content for picture in made.values()}) > len(offered) // 2
    for name in offered:
        assert (await make_one(local, family, scheduler=name, init_image=given, strength=0.5)).scheduler == name


async def test_a_scheduler_that_does_not_fit_is_refused(local: Diffusers) -> None:
    with pytest.raises(GenerationFailed, match="The scheduler Euler a does not fit the model flux"):
        await make_one(local, "flux", scheduler="Euler a")


async def test_steps_and_previews_arrive_over_all_pictures(local: Diffusers) -> None:
    watcher = Onlooker()
    async for made in local.generate(spec_of(local, "sd1", count=2, steps=6, scheduler="Heun"), watcher):
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
    local = Diffusers(settings_of(tiny_models, family))
    spec = spec_of(local, family, steps=150, count=8)
    await make_all(local, spec_of(local, family))
    called = _count_calls(local, lambda pipeline: pipeline.unet if family == "sd1" else pipeline.transformer)
    watcher = Onlooker(at_step=lambda onlooker: onlooker.cancelled.set())
    with pytest.raises(Cancelled):
        await make_all(local, spec, watcher)
    seen = len(called)
    await until_idle(local)
    assert len(called) <= seen + 1
    assert len(watcher.steps) == 1
    assert len(await make_all(local, spec_of(local, family))) == 1


async def test_cancelling_between_two_pictures_makes_no_more(local: Diffusers) -> None:
    watcher = Onlooker()
    pictures = local.generate(spec_of(local, "sd1", count=5), watcher)
    assert (await anext(pictures)).position == 0
    watcher.cancelled.set()
    with pytest.raises(Cancelled):
        await anext(pictures)


async def test_whoever_stops_listening_stops_the_pipeline(local: Diffusers) -> None:
    await make_one(local, "sd1")
    called = _count_calls(local, lambda pipeline: pipeline.unet)
    pictures = local.generate(spec_of(local, "sd1", count=8, steps=100), Onlooker())
    assert isinstance(pictures, AsyncIterator)
    await anext(pictures)
    await pictures.aclose()  # type: ignore[attr-defined] # The port promises an iterator only; this one is closable.
    await until_idle(local)
    assert len(called) < 8 * 100


async def test_the_event_loop_stays_free(local: Diffusers) -> None:
    turns = 0

    async def spin() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    spinning = asyncio.ensure_future(spin())
    await make_one(local, "sd1", steps=20)
    spinning.cancel()
    assert turns > 100


async def test_a_picture_that_the_safety_checker_flags_is_refused(tiny_models: Path) -> None:
    local = Diffusers(settings_of(tiny_models, "checked"))
    assert (await make_one(local, "checked")).content
    pipeline_of(local).safety_checker.concept_embeds_weights.data.fill_(-2.0)
    with pytest.raises(PromptRefused, match="unsafe"):
        await make_one(local, "checked")


async def test_what_a_pipeline_raises_is_said_in_plain_words(local: Diffusers) -> None:
    with pytest.raises(GenerationFailed) as failed:
        await make_one(local, "sd1", width=63)
    assert failed.value.detail == "The model sd1 could not make this picture; the worker's log says why."


def _pixels(content: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"), dtype=np.int16)


def _count_calls(local: Diffusers, part: Callable[[Any], torch.nn.Module]) -> list[None]:
    """A list that grows by one whenever `part` of the loaded pipeline is run."""
    called: list[None] = []
    part(pipeline_of(local)).register_forward_pre_hook(lambda *_args: called.append(None))
    return called
