"""How many one may send, and who may see what is sent without a word: decided before and beside the bytes."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from clonegallery import events
from clonegallery.settings import get_settings
from tests import factories
from tests.api.signing import signed_in
from tests.factories import jpeg_bytes, sign_in
from tests.images.shared import empty_storage, left_behind, send

IMAGES = "/api/v1/images"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.fixture(autouse=True)
def clean_storage(database: object) -> None:
    """Blobs of earlier tests are theirs."""
    empty_storage()


@pytest.fixture
def three_a_minute(database: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("UPLOAD_LIMITS", "3/minute")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.mark.usefixtures("three_a_minute")
async def test_too_many_are_refused_unread_and_told_when(client: httpx.AsyncClient) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    write = await sign_in(client, await factories.bob())
    statuses = [(await send(client, write, jpeg_bytes(seed=seed))).status_code for seed in range(3)]
    before = left_behind()
    answer = await client.post(IMAGES, content=never(), headers=write | FORM)

    assert statuses == [201] * 3
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert left_behind() == before


@pytest.mark.usefixtures("three_a_minute")
async def test_everybody_has_their_own_share(client: httpx.AsyncClient) -> None:
    bob = await signed_in(client, await factories.bob())
    for _ in range(4):
        last = await send(client, bob.write)
    assert last.status_code == 429
    client.cookies.clear()
    alice = await signed_in(client, await factories.alice())
    assert (await send(client, alice.write)).status_code == 201


@pytest.mark.usefixtures("three_a_minute")
async def test_at_once_no_more_get_in_than_one_by_one(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await factories.bob())
    answers = await asyncio.gather(*(send(client, write, jpeg_bytes(seed=seed)) for seed in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 5


@pytest.mark.usefixtures("three_a_minute")
async def test_a_duplicate_is_counted_and_answered_like_any_other(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await factories.bob())
    answers = [await send(client, write) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 429]
    assert len({answer.json()["id"] for answer in answers[:3]}) == 1


@pytest.mark.usefixtures("three_a_minute")
async def test_who_may_not_upload_hears_so_however_often(client: httpx.AsyncClient) -> None:
    visitor = await sign_in(client, await factories.charlie())
    for headers, status in (({}, 403), (visitor, 403)):
        assert [(await send(client, headers)).status_code for _ in range(5)] == [status] * 5


async def test_without_redis_uploads_go_on(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    write = await sign_in(client, await factories.bob())
    monkeypatch.setenv("UPLOAD_LIMITS", "1/minute")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    await events.close_redis()
    try:
        statuses = [(await send(client, write, jpeg_bytes(seed=seed))).status_code for seed in range(2)]
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        await events.close_redis()
    assert statuses == [201, 201]


async def test_without_a_word_a_picture_is_seen_by_whom_its_owner_chose(client: httpx.AsyncClient) -> None:
    bob = await signed_in(client, await factories.bob())
    found = [(await send(client, bob.write, jpeg_bytes(seed=0))).json()["visibility"]]
    for number, chosen in enumerate(("unlisted", "public", "private"), 1):
        changed = await client.patch("/api/v1/me", json={"default_visibility": chosen}, headers=bob.write)
        assert changed.json()["default_visibility"] == chosen
        found.append((await send(client, bob.write, jpeg_bytes(seed=number))).json()["visibility"])
    said = await send(client, bob.write, jpeg_bytes(seed=9), visibility="public")
    assert (found, said.json()["visibility"]) == (["private", "unlisted", "public", "private"], "public")


async def test_another_default_changes_nothing_that_is_there(client: httpx.AsyncClient) -> None:
    bob = await signed_in(client, await factories.bob())
    first = (await send(client, bob.write)).json()
    await client.patch("/api/v1/me", json={"default_visibility": "public"}, headers=bob.write)
    again = await send(client, bob.write)
    assert (again.status_code, again.json()["id"], again.json()["visibility"]) == (200, first["id"], "private")
