"""News of one's pictures as server-sent events."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request

from clonegallery.api import image_events
from clonegallery.api.app import create_api
from clonegallery.events import hub, publish, user_channel
from tests.factories import alice, bob, sign_in
from tests.hearing import until_heard
from tests.images.shared import id_of, run_jobs, send


@pytest.fixture
async def listening(database: object) -> AsyncIterator[None]:
    await hub.start()
    await until_heard(hub)
    yield
    await hub.stop()


def asking(client: httpx.AsyncClient) -> Request:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Request({"type": "http", "headers": [(b"cookie", cookies.encode())], "app": create_api()})


async def test_a_stranger_is_told_to_sign_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/images/events")).status_code == 401


async def test_only_ones_own_pictures_are_told_of(client: httpx.AsyncClient, listening: None) -> None:
    person, other = await bob(), await alice()
    write = await sign_in(client, person)
    stream = image_events.news(asking(client))
    assert await anext(stream) == b"retry: 3000\n\n"
    await publish(user_channel(other.id), {"type": "image", "id": "not mine", "status": "ready"})
    image_id = id_of(await send(client, write))
    await run_jobs()
    told = await _after_silence(stream)
    assert told == b'event: image\ndata: {"id":"%s","status":"ready"}\n\n' % str(image_id).encode()
    await stream.aclose()  # type: ignore[attr-defined] # It is a generator, typed as what it is used for.


async def _after_silence(stream: AsyncIterator[bytes]) -> bytes:
    """The next news; on a busy machine the decoding takes longer than the silence between two heartbeats."""
    async with asyncio.timeout(120):
        while (told := await anext(stream)) == b": still here\n\n":
            pass
    return told


async def test_the_stream_beats_and_ends_with_the_session(
    client: httpx.AsyncClient, listening: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_events, "HEARTBEAT_SECONDS", 0.1)
    write = await sign_in(client, await bob())
    stream = image_events.news(asking(client))
    await anext(stream)
    assert await anext(stream) == b": still here\n\n"
    await client.post("/auth/logout", headers=write, data={"csrf_token": write["X-CSRF-Token"]})
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
