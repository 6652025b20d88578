"""Real processes that make pictures: killed, cancelled, watched from elsewhere; each picture comes, and comes once."""

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from clonegallery.accounts.schemas import Viewer
from clonegallery.events import hub, user_channel
from clonegallery.generations import news, service, workshop
from clonegallery.generations.schemas import GenerationRequest
from clonegallery.settings import get_settings
from tests import factories
from tests.ui.pages.pictures import viewer_of_person
from tests.workers.conftest import WorkerProcess, rows, until

Start = Callable[..., WorkerProcess]
PATIENCE = 120.0
_TOLD = ("AI_MODEL", "JOB_MAX_ATTEMPTS", "GENERATION_RUNNING_MAX")


@pytest.fixture
def makers(start_worker: Start, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], WorkerProcess]:
    """Starts a keeper of so many processes that make pictures with a tiny model."""
    monkeypatch.setenv("AI_MODEL", str(tiny_models / "sd1"))
    get_settings.cache_clear()

    def start(processes: int = 1) -> WorkerProcess:
        arguments = ("--queue", "gpu", "--handlers", "workers.gpu", "--processes", str(processes))
        environment = {name: os.environ[name] for name in _TOLD if name in os.environ}
        return start_worker(*arguments, JOB_LEASE_SECONDS="3", OMP_NUM_THREADS="1", **environment)

    return start


async def _editor() -> Viewer:
    return await viewer_of_person(await factories.bob())


async def _ask(viewer: Viewer, **wanted: object) -> UUID:
    return (await service.request(viewer, GenerationRequest.model_validate({"prompt": "a sea"} | wanted))).id


async def _status(viewer: Viewer, generation_id: UUID) -> str:
    return str((await service.detail(viewer, generation_id)).status)


async def test_workers_that_are_killed_cost_no_picture_and_make_none_twice(
    makers: Callable[[int], WorkerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENERATION_RUNNING_MAX", "{}")
    monkeypatch.setenv("JOB_MAX_ATTEMPTS", "20")
    get_settings.cache_clear()
    bob = await _editor()
    asked = [await _ask(bob, steps=8, count=2) for _ in range(10)]
    worker = makers(2)

    async def some_made() -> object:
        return (await rows("SELECT count(*) FROM generated_images"))[0][0]

    chance, seen = random.Random(7), 0
    for _ in range(3):

        async def more_made(before: int = seen) -> bool:
            return int(str(await some_made())) > before or await all_of("gpu")

        await until(more_made, within=PATIENCE)
        seen = int(str(await some_made()))
        chance.choice(worker.children()).kill()

    await until(lambda: all_of("gpu"), within=PATIENCE * 2)
    assert [await _status(bob, one) for one in asked] == ["succeeded"] * 10
    made = await rows("SELECT generation_id, position, count(*) FROM generated_images GROUP BY 1, 2")
    assert sorted(made, key=str) == sorted([(one, place, 1) for one in asked for place in (0, 1)], key=str)
    assert await rows("SELECT count(*) FROM images") == [(20,)]


async def all_of(queue: str) -> bool:
    unended = "SELECT count(*) FROM jobs WHERE queue = :queue AND status IN ('queued', 'running')"
    return (await rows(unended, queue=queue))[0][0] == 0


async def test_what_forms_is_seen_in_another_process_and_a_cancel_reaches_it(
    makers: Callable[[int], WorkerProcess],
) -> None:
    bob = await _editor()
    assert bob.id is not None
    makers(1)
    await hub.start()
    previews: set[str] = set()
    async with hub.listen(user_channel(bob.id)) as queue:
        asked = await _ask(bob, steps=150, count=8, width=64, height=64)
        async with asyncio.timeout(PATIENCE):
            while len(previews) < 3:
                found = news.news_in(await queue.get())
                if found is not None and found[0] == asked and "preview" in found[1].data:
                    previews.add(found[1].data["preview"])
    await service.cancel(bob, asked)
    await until(lambda: all_of("gpu"), within=PATIENCE)
    await hub.stop()
    assert await _status(bob, asked) == "cancelled"
    assert all(one.startswith("data:image/jpeg;base64,/9j/") for one in previews)
    assert len((await service.detail(bob, asked)).images) < 8


async def test_a_worker_says_that_it_lives_and_what_it_holds(makers: Callable[[int], WorkerProcess]) -> None:
    bob = await _editor()
    makers(1)
    asked = await _ask(bob, steps=2)
    await until(lambda: all_of("gpu"), within=PATIENCE)
    assert await _status(bob, asked) == "succeeded"

    async def loaded() -> bool:
        return any(worker.loaded for worker in await workshop.workers())

    await until(loaded, within=PATIENCE)
    (worker,) = await workshop.workers()
    assert (worker.device, worker.threads) == ("cpu", 1)
    assert await workshop.threads_at_work() == 1
