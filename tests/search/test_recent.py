"""The searches that somebody made last: theirs alone, few, and none that they were only typing."""

import asyncio

import httpx
import pytest

from clonegallery import events
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.errors import NotSignedIn
from clonegallery.events import get_redis
from clonegallery.search import recent, service
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.factories import bob, charlie, sign_in
from tests.images.test_feed import viewer

RECENT = "/api/v1/search/recent"


@pytest.fixture
async def somebody(database: Services) -> Viewer:
    return viewer(await bob())


async def searched(who: Viewer) -> list[str]:
    return [one.text for one in await service.recent(who)]


async def later(who: Viewer, seconds: float) -> None:
    """As if all that was searched for had been so much earlier."""
    key = recent._key(recent._id_of(who))
    for text, at in await get_redis().zrange(key, 0, -1, withscores=True):
        await get_redis().zadd(key, {text: at - seconds})


async def test_the_latest_come_first_each_once_as_it_is_written_shortest(somebody: Viewer) -> None:
    for q in ("tag:Beach", "iso: 100", "boats", "  iso:<=0800   sun ", "tag:beach"):
        await service.note(somebody, q)
    assert await searched(somebody) == ["tag:beach", "iso:<=800 sun", "boats"]
    for unread in (None, "", "   ", "!!!", '"never closed', "colour:red", "\x00", "\ud800", "a" * 3_000):
        await service.note(somebody, unread)
    assert len(await searched(somebody)) == 3


async def test_what_was_only_being_typed_is_replaced(somebody: Viewer) -> None:
    for q in ("boats", "s", "su", "sun", "suns", "sunset ", "sunset tag:beach"):
        await service.note(somebody, q)
    assert await searched(somebody) == ["sunset tag:beach", "boats"]
    await later(somebody, 60)
    for q in ("sunset tag:beach -red", "sun"):
        await service.note(somebody, q)
    assert await searched(somebody) == ["sun", "sunset tag:beach -red", "sunset tag:beach", "boats"]


async def test_twenty_are_kept_for_ninety_days(somebody: Viewer) -> None:
    for number in range(25):
        await service.note(somebody, f"tag:n{number:02}")
    assert await searched(somebody) == [f"tag:n{number:02}" for number in range(24, 4, -1)]
    left = await get_redis().ttl(recent._key(recent._id_of(somebody)))
    assert 89 * 24 * 3600 < left <= 90 * 24 * 3600


async def test_everybody_has_their_own_and_a_stranger_none(somebody: Viewer) -> None:
    other = viewer(await charlie())
    await service.note(somebody, "mine")
    await service.note(other, "theirs")
    await service.note(ANONYMOUS, "nobody's")
    assert (await searched(somebody), await searched(other)) == (["mine"], ["theirs"])
    await service.forget(other)
    assert (await searched(somebody), await searched(other)) == (["mine"], [])
    for ask in (service.recent, service.forget):
        with pytest.raises(NotSignedIn):
            await ask(ANONYMOUS)
    assert await recent.recent_texts(ANONYMOUS) == []


async def test_at_once_is_as_one_by_one(somebody: Viewer) -> None:
    await asyncio.gather(*(service.note(somebody, f"tag:n{number}") for number in range(40)))
    assert len(await searched(somebody)) == 20


async def test_over_http_they_are_listed_and_forgotten(client: httpx.AsyncClient) -> None:
    person = await bob()
    assert [(await client.request(method, RECENT)).status_code for method in ("GET", "DELETE")] == [401, 401]
    write = await sign_in(client, person)
    assert (await client.get(RECENT)).json() == {"items": []}
    await service.note(viewer(person), "sunset")
    (item,) = (await client.get(RECENT)).json()["items"]
    assert (item["q"], item["searched_at"][:2], item["searched_at"][-1]) == ("sunset", "20", "Z")
    assert (await client.delete(RECENT)).status_code == 403, "a write needs the session's own token"
    assert len((await client.get(RECENT)).json()["items"]) == 1
    assert [(await client.delete(RECENT, headers=write)).status_code for _ in range(2)] == [204, 204]
    assert (await client.get(RECENT)).json() == {"items": []}


async def test_without_redis_nothing_is_remembered_and_nothing_is_said_to_be_forgotten(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await bob()
    write = await sign_in(client, person)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    await events.close_redis()
    try:
        await service.note(viewer(person), "sunset")
        suggestions = await client.get("/api/v1/search/suggestions?q=rating:g")
        answers = [await client.get(RECENT), await client.delete(RECENT, headers=write)]
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        await events.close_redis()
    assert [item["term"] for item in suggestions.json()["items"]] == ["rating:general"]
    assert [(answer.status_code, "retry-after" in answer.headers) for answer in answers] == [(503, True)] * 2
