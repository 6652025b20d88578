"""Generations over HTTP: what is refused, and how one is watched."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import Request

from clonegallery.api import generation_events
from clonegallery.api.app import create_api
from clonegallery.events import hub
from clonegallery.generations import news
from clonegallery.settings import get_settings
from tests.factories import bob, charlie, sign_in
from tests.hearing import until_heard

GENERATIONS = "/api/v1/generations"


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pictures could be made, by a service that is not there."""
    for name, value in (("OPENAI_API_KEY", "sk-very-secret"), ("OPENAI_URL", "http://127.0.0.1:9")):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
async def listening(database: object) -> AsyncIterator[None]:
    await hub.start()
    await until_heard(hub)
    yield
    await hub.stop()


async def _asked(client: httpx.AsyncClient, write: dict[str, str], **wanted: Any) -> httpx.Response:
    return await client.post(GENERATIONS, json={"prompt": "a sea"} | wanted, headers=write)


async def test_what_is_asked_for_is_accepted_and_found_again(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    answer = await _asked(client, write, count=2)
    assert answer.status_code == 202, answer.text
    assert (await client.get(answer.headers["location"])).json()["id"] == answer.json()["id"]
    listed = (await client.get(GENERATIONS)).json()
    assert [one["id"] for one in listed["items"]] == [answer.json()["id"]]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [({"prompt": ""}, "prompt"), ({"prompt": "x" * 100_000}, "prompt"), ({"width": 1}, "width"),
     ({"model": "unheard-of"}, "model"), ({"model": "x" * 300}, "model"), ({"provider": "nobody"}, "provider"),
     ({"seed": -1}, "seed"), ({"guidance_scale": "NaN"}, "guidance_scale"), ({"steps": 10**9}, "steps"),
     ({"count": 99}, "count"), ({"init_image_id": "x"}, "init_image_id"), ({"strength": 2}, "strength"),
     ({"visibility": "secret"}, "visibility"), ({"unheard_of": 1}, "unheard_of"), ({"steps": "many"}, "steps")],
)  # fmt: skip
async def test_what_will_not_do_is_422_with_the_field(
    client: httpx.AsyncClient, wanted: dict[str, Any], field: str
) -> None:
    write = await sign_in(client, await bob())
    answer = await _asked(client, write, **wanted)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_nan_as_python_writes_it_is_422(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    body = b'{"prompt": "a sea", "guidance_scale": NaN, "strength": Infinity}'
    answer = await client.post(GENERATIONS, content=body, headers=write | {"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


async def test_over_one_s_caps_it_is_429_and_says_when(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENERATION_QUEUED_MAX", '{"Editor": 1}')
    get_settings.cache_clear()
    write = await sign_in(client, await bob())
    assert [(await _asked(client, write)).status_code for _ in range(2)] == [202, 429]
    assert int((await _asked(client, write)).headers["retry-after"]) > 0


async def test_where_nothing_is_set_up_it_is_503(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_PROVIDER", "none")
    get_settings.cache_clear()
    write = await sign_in(client, await bob())
    answer = await _asked(client, write)
    assert (answer.status_code, bool(answer.headers["retry-after"])) == (503, True)
    assert (await client.get("/health/ai")).json()["status"] == "ok"
    assert (await client.get("/api/v1/models")).json()["items"] == []


async def test_health_and_status_tell_what_is_set_up_and_no_secret(client: httpx.AsyncClient) -> None:
    for address in ("/health/ai", "/models/status", "/api/v1/models/status"):
        answer = await client.get(address)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert "openai" in answer.text
        assert "secret" not in answer.text
        assert "127.0.0.1" not in answer.text


def _asking(client: httpx.AsyncClient) -> Request:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Request({"type": "http", "headers": [(b"cookie", cookies.encode())], "app": create_api()})


def _read(event: bytes) -> tuple[str, str, Any]:
    lines = dict(line.split(b": ", 1) for line in event.strip().split(b"\n"))
    return lines[b"id"].decode(), lines[b"event"].decode(), orjson.loads(lines[b"data"])


async def test_a_latecomer_sees_the_latest_at_once_and_goes_on(client: httpx.AsyncClient, listening: None) -> None:
    person = await bob()
    write = await sign_in(client, person)
    generation_id = UUID((await _asked(client, write)).json()["id"])
    for step in (1, 2, 3):
        await news.tell(person.id, generation_id, "progress", {"step": step, "steps": 9, "preview": f"data:{step}"})
    async with aclosing(generation_events.news_of(_asking(client), generation_id, None)) as stream:
        assert (await anext(stream)).startswith(b"retry:")
        first, kind, data = _read(await anext(stream))
        assert (kind, data["step"], data["preview"]) == ("progress", 3, "data:3")
        await news.tell(person.id, UUID(int=5), "progress", {"step": 1, "steps": 1})
        await news.tell(person.id, generation_id, "image", {"id": "x"})
        assert _read(await asyncio.wait_for(anext(stream), 10))[1] == "image"
        await news.tell(person.id, generation_id, "done", {"status": "succeeded"})
        assert _read(await asyncio.wait_for(anext(stream), 10))[1:] == ("done", {"status": "succeeded"})
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    answer = await client.get(f"{GENERATIONS}/{generation_id}/events", headers={"Last-Event-ID": first})
    told = [_read(event)[1] for event in answer.content.split(b"\n\n") if event.startswith(b"id:")]
    assert told == ["image", "done"]


async def test_whoever_lost_the_news_learns_the_end_from_the_row(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    generation_id = (await _asked(client, write)).json()["id"]
    await client.post(f"{GENERATIONS}/{generation_id}/cancel", headers=write)
    await news.forget(UUID(generation_id))
    for last in ({}, {"Last-Event-ID": "1-1"}, {"Last-Event-ID": "nonsense"}):
        answer = await client.get(f"{GENERATIONS}/{generation_id}/events", headers=last)
        assert _read(answer.content.split(b"\n\n")[1])[1:] == ("done", {"status": "cancelled"})
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_somebody_else_s_is_not_there(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    generation_id = (await _asked(client, write)).json()["id"]
    client.cookies.clear()
    await sign_in(client, await charlie())
    for address in (f"{GENERATIONS}/{generation_id}", f"{GENERATIONS}/{generation_id}/events"):
        assert (await client.get(address)).status_code == 404
