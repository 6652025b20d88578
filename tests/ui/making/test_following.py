"""Following one's generations from a page."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from uuid import uuid4

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.events import hub
from clonegallery.generations import news
from clonegallery.generations.schemas import JobStatus
from clonegallery.ui import sockets
from clonegallery.ui.making import following
from clonegallery.ui.making.following import Told
from clonegallery.ui.pages.create.jobs_state import JobsState
from tests import factories
from tests.conftest import Services
from tests.hearing import until_heard
from tests.ui.conftest import Configure
from tests.ui.pages.generating import generation_of
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of


@pytest.fixture(autouse=True)
def _models(configure: Configure) -> None:
    configure(AI_MODEL="/somewhere/a-model")


async def _next_bundle(bundles: object) -> Told:
    # A handler gives its generator away untyped.
    _, told = await asyncio.wait_for(anext(bundles), 10)  # type: ignore[call-overload]
    assert isinstance(told, Told)
    return told


async def test_the_follower_hears_of_steps_and_of_ends(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING)
    state = await (await tab_of(bob)).state(JobsState)
    bundles = following.follow(state, waits=lambda: False)
    first = await _next_bundle(bundles)
    await until_heard(hub)
    await news.tell(bob.id, running.id, "progress", {"step": 4, "steps": 20, "preview": "data:,x"})
    stepped = await _next_bundle(bundles)
    await news.tell(bob.id, running.id, "done", {"status": "succeeded"})
    ended = await _next_bundle(bundles)
    await bundles.aclose()
    await hub.stop()

    assert (first.first, first.rows_changed) == (True, True)
    assert (stepped.rows_changed, stepped.steps[str(running.id)].preview) == (False, "data:,x")
    assert (ended.rows_changed, dict(ended.steps)) == (True, {})


async def test_it_ends_with_the_session_and_where_another_one_begins(database: Services) -> None:
    bob = await factories.bob()
    state = await (await tab_of(bob)).state(JobsState)
    one, other = (following.follow(state, waits=lambda: False) for _ in range(2))
    await _next_bundle(one)
    await _next_bundle(other)
    with suppress(StopAsyncIteration):
        await _next_bundle(one)
        pytest.fail("There are two followers of one tab.")
    await accounts.end_other_sessions(await viewer_of_person(bob))
    await news.tell(bob.id, uuid4(), "progress", {"step": 1, "steps": 2})
    with suppress(StopAsyncIteration):
        await asyncio.wait_for(anext(other), following.LOOK_AGAIN_SECONDS + 5)
        pytest.fail("Somebody whose session has ended is told.")
    await hub.stop()


async def test_it_ends_when_the_socket_is_gone(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    tab.connect("a-socket")
    connected = {"a-socket": "a-tab"}
    app = SimpleNamespace(event_namespace=SimpleNamespace(sid_to_token=connected))
    monkeypatch.setattr(sockets, "_APPS", [app])
    monkeypatch.setattr(following, "LOOK_AGAIN_SECONDS", 0.1)
    bundles = following.follow(await tab.state(JobsState), waits=lambda: False)
    await _next_bundle(bundles)
    await _next_bundle(bundles)
    connected.clear()
    with suppress(StopAsyncIteration):
        await _next_bundle(bundles)
        pytest.fail("Something is told to a tab that is gone.")
    await hub.stop()


async def test_a_stranger_follows_nothing(database: Services) -> None:
    state = await Tab().state(JobsState)
    assert [told async for told in following.follow(state, waits=lambda: False)] == []


def test_a_bundle_holds_the_latest_step_with_the_latest_preview() -> None:
    job = uuid4()

    def event(number: int, data: dict[str, object], kind: str = "progress") -> dict[str, object]:
        return {"type": news.TYPE, "id": str(job), "event": f"{number}-0", "kind": kind, "data": data}

    steps = [event(1, {"step": 1, "steps": 2, "preview": "data:,x"}), event(2, {"step": 2, "steps": 2})]
    told = following.gathered(steps)
    assert [(one.step, one.preview) for one in told.steps.values()] == [(2, "data:,x")]
    assert not told.rows_changed
    assert following.gathered([*steps, event(3, {}, "image")]).rows_changed
    assert following.gathered([{"type": "image", "id": "x"}]).rows_changed
