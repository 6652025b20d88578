"""The demo gallery's pictures of the small model: asked for once, each after the one that it begins from."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clonegallery.accounts.schemas import Viewer
from clonegallery.demo.wishes import WISHES
from clonegallery.generations import demo, service
from clonegallery.generations.schemas import GenerationQuery, GenerationRead
from clonegallery.images import service as images
from clonegallery.inference import own_models
from clonegallery.inference.own_models import DIFFUSION
from clonegallery.jobs.runner import Runner
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.factories import alice
from tests.generations.shop import QUICK, run_all, with_models
from tests.ui.pages.pictures import viewer_of_person
from workers.media import KINDS

SOON = timedelta(seconds=1)
CHILDREN = [wish for wish in WISHES if wish.begun_from]


@pytest.fixture(autouse=True)
def its_own(database: Services, tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A gallery whose own small model is a tiny one, and that asks for no other."""
    (tmp_path / "postcard-diffusion").symlink_to(tiny_models / "sd1")
    monkeypatch.setattr(own_models, "OWN_MODELS", tmp_path)
    monkeypatch.setattr(demo, "_LOOK_AGAIN", SOON)
    yield from with_models(monkeypatch, **QUICK)


async def _look() -> None:
    """Do what waits in the media queue, then once more what was put off meanwhile."""
    runner = Runner("media", KINDS)
    while await runner.run_next():
        pass
    await asyncio.sleep(SOON.total_seconds())
    await runner.run_next()


async def _all(owner: Viewer) -> dict[str, GenerationRead]:
    return {read.prompt: read for read in (await service.listing(owner, GenerationQuery(limit=100))).items}


async def test_pictures_are_asked_for_in_turn_and_once() -> None:
    owner = await viewer_of_person(await alice())
    await demo.begin(owner)
    await _look()
    assert len(await _all(owner)) == len(WISHES) - len(CHILDREN), "what begins from another one waits for it"
    for _ in range(3):
        await run_all()
        await _look()
    await demo.begin(owner)
    await _look()
    made = await _all(owner)
    assert len((await service.listing(owner, GenerationQuery(limit=100))).items) == len(WISHES) == len(made)
    for wish in WISHES:
        read = made[wish.prompt]
        assert (read.status, read.model, read.seed, read.visibility) == ("succeeded", DIFFUSION, wish.seed, "public")
    for wish in CHILDREN:
        before = next(other.prompt for other in WISHES if other.title == wish.begun_from)
        detail = await images.detail(owner, made[wish.prompt].images[0].id)
        assert detail.parent_id == made[before].images[0].id


async def test_what_begins_from_one_that_failed_is_not_waited_for() -> None:
    owner = await viewer_of_person(await alice())
    await demo.begin(owner)
    await Runner("media", KINDS).run_next()
    for read in (await _all(owner)).values():
        await service.cancel(owner, read.id)
    await _look()
    await _look()
    assert not await Runner("media", KINDS).run_next()
    assert len(await _all(owner)) == len(WISHES) - len(CHILDREN)


async def test_nothing_is_asked_for_where_the_small_model_is_not_to_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_PROVIDER", "none")
    get_settings.cache_clear()
    owner = await viewer_of_person(await alice())
    await demo.begin(owner)
    assert not await Runner("media", KINDS).run_next()
