"""From a request to pictures in the gallery, by a real pipeline with tiny weights, and what goes wrong on the way."""

import asyncio
import io
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.db import unit_of_work
from clonegallery.errors import NotFound
from clonegallery.generations import news, service
from clonegallery.generations.schemas import GenerationRequest
from clonegallery.images import service as images
from clonegallery.images.schemas import FileVariant
from clonegallery.inference.denoising import Progress
from clonegallery.jobs import service as jobs
from clonegallery.jobs.runner import Runner
from clonegallery.storage.select import get_storage
from tests import factories
from tests.conftest import Services
from tests.factories import sign_in
from tests.generations.shop import editor, ids, made, run_all, with_models
from tests.images.pictures import photograph
from tests.images.shared import ready, run_jobs
from workers import gpu


@pytest.fixture(autouse=True)
def models(database: Services, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from with_models(monkeypatch, tiny_models / "sd1", tiny_models / "sdxl")


async def _change(statement: str, **values: object) -> None:
    async with unit_of_work() as work:
        await work.session.execute(text(statement), values)


async def _begun(generation_id: UUID) -> None:
    """Once the first step was told."""
    async with asyncio.timeout(60):
        while not await news.since(generation_id, None):  # noqa: ASYNC110 Redis sets no event here.
            await asyncio.sleep(0.05)


def _slowly(progress: Progress, *step: Any, told: Callable[..., Any] = Progress.__call__) -> Any:
    """Steps of tiny weights would be over before a cancel is heard."""
    time.sleep(0.05)
    return told(progress, *step)


async def test_pictures_come_with_all_that_was_used() -> None:
    bob = await editor()
    generation = await made(bob, count=2, seed=7, scheduler="DDIM", negative_prompt="fog", guidance_scale=5)
    assert (generation.status, generation.error, len(generation.images)) == ("succeeded", None, 2)
    await run_jobs()
    first, second = [await images.detail(bob, image_id) for image_id in ids(generation)]
    assert first.generation is not None
    assert second.generation is not None
    used = first.generation
    assert (used.provider, used.prompt, used.negative_prompt, used.steps) == ("local", "a sea", "fog", 4)
    assert (used.scheduler, used.guidance_scale, used.seed, second.generation.seed) == ("DDIM", 5, 7, 8)
    assert (used.width, used.height) == (first.width, first.height) == (generation.width, generation.height)
    assert (used.seconds or 0) > 0
    assert (first.status, first.source, first.visibility, first.title) == ("ready", "generation", "private", "a sea")
    with pytest.raises(NotFound):
        await images.detail(ANONYMOUS, first.id)


async def test_the_same_seed_gives_the_same_picture_and_another_one_another() -> None:
    bob = await editor()
    pixels = []
    for seed in (1, 1, 2):
        generation = await made(bob, seed=seed)
        (image_id,) = ids(generation)
        served = await images.file_of(bob, image_id, FileVariant.ORIGINAL)
        content = b"".join([piece async for piece in await get_storage().open(served.key)])
        pixels.append(np.asarray(Image.open(io.BytesIO(content))))
        assert b"parameters" in content[:400]
    assert (pixels[0] == pixels[1]).all()
    assert (pixels[0] != pixels[2]).any()


async def test_what_forms_is_told_step_by_step_and_kept_for_latecomers() -> None:
    bob = await editor()
    generation = await made(bob, steps=6)
    told = await news.since(generation.id, "0-0")
    assert [one.kind for one in told][-2:] == ["image", "done"]
    (progress,) = [one for one in told if one.kind == "progress"]
    assert (progress.data["step"], progress.data["steps"]) == (6, 6)
    assert told[-1].data == {"status": "succeeded"}
    assert await news.since(generation.id, told[-1].id) == []


async def test_a_picture_begins_from_another_and_keeps_its_parent() -> None:
    bob = await editor()
    parent = await made(bob, seed=3)
    await run_jobs()
    (parent_id,) = ids(parent)
    child = await made(bob, init_image_id=str(parent_id), strength=0.5, model=parent.model)
    assert child.status == "succeeded", child.error
    await run_jobs()
    (child_id,) = ids(child)
    detail = await images.detail(bob, child_id)
    assert detail.parent_id == parent_id
    assert detail.generation is not None
    assert detail.generation.strength == 0.5


async def test_a_cancel_ends_it_within_a_step_and_a_retry_makes_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bob = await editor()
    asked = await service.request(bob, GenerationRequest(prompt="a sea", steps=150, count=3))
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "__call__", _slowly)
        running = asyncio.create_task(run_all())
        await _begun(asked.id)
        await service.cancel(bob, asked.id)
        await running
    cancelled = await service.detail(bob, asked.id)
    assert cancelled.status == "cancelled"
    assert len(cancelled.images) < 3
    before = ids(cancelled)
    await _change("UPDATE generations SET steps = 2")
    await service.retry(bob, asked.id)
    await run_all()
    again = await service.detail(bob, asked.id)
    assert (again.status, len(again.images)) == ("succeeded", 3)
    assert ids(again)[: len(before)] == before


async def test_a_model_that_is_gone_is_a_reason_and_leaves_nothing(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "short-lived"
    shutil.copytree(tiny_models / "sd1", folder)
    for _ in with_models(monkeypatch, folder):
        bob = await editor()
        asked = await service.request(bob, GenerationRequest(prompt="a sea", steps=2))
        shutil.rmtree(folder / "unet")
        await run_all()
        failed = await service.detail(bob, asked.id)
        assert (failed.status, failed.images) == ("failed", [])
        assert "short-lived" in (failed.error or "")
        assert str(tmp_path) not in (failed.error or "")
        assert (await news.since(asked.id, None))[-1].data["status"] == "failed"


async def test_a_worker_that_lost_its_job_keeps_nothing() -> None:
    bob = await editor()
    asked = await service.request(bob, GenerationRequest(prompt="a sea", steps=3))
    run = await jobs.claim("gpu")
    assert run is not None
    await _change("UPDATE jobs SET lease_token = gen_random_uuid() WHERE id = :id", id=run.id)
    await Runner("gpu", gpu.KINDS)._see_through(run)
    assert (await service.detail(bob, asked.id)).images == []


async def test_a_photograph_may_be_begun_from_whatever_its_shape(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await factories.alice())
    photo = await ready(client, write, photograph("gps/DSCN0010.jpg").read_bytes(), visibility="public")
    bob = await editor()
    child = await made(bob, init_image_id=photo["id"], strength=0.4, width=64, height=128)
    assert child.status == "succeeded", child.error
    await run_jobs()
    detail = await images.detail(bob, ids(child)[0])
    assert (str(detail.parent_id), detail.width, detail.height) == (photo["id"], 64, 128)
    served = await images.file_of(bob, detail.id, FileVariant.ORIGINAL)
    content = b"".join([piece async for piece in await get_storage().open(served.key)])
    assert b"compositeWithTrainedAlgorithmicMedia" in content
    assert b"GPS" not in content
