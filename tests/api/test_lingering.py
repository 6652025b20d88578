"""A refusal reaches whoever is still sending, over real connections, and nobody can make it wait for ever."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from clonegallery.api import lingering
from clonegallery.api.lingering import ReadToTheEnd
from clonegallery.settings import ROOT
from tests.bench.servers import free_port, wait_for

_BODY = {"type": "http.request", "body": b"x" * 1000, "more_body": True}


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without a look at the body."""
    if scope["type"] == "http":
        status = 200 if scope["method"] == "GET" else 403
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})


served = ReadToTheEnd(refusing)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """`refusing` under the gallery's own server, where the reset comes from."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), f"{__name__}:served"]
    with (tmp_path / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("size", [10_000, 300_000, 5_000_000])
async def test_the_refusal_arrives_whatever_is_being_sent(origin: str, size: int) -> None:
    async with httpx.AsyncClient(base_url=origin) as client:
        for _ in range(10):
            assert (await client.get("/")).status_code == 200
            assert (await client.post("/", content=b"x" * size)).status_code == 403
            assert (await client.post("/", content=_pieces(size))).status_code == 403


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(10):
        yield b"x" * (size // 10)


async def _answered(receive: Receive, **headers: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await served({"type": "http", "method": "POST", "headers": named}, receive, send)
    return sent


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def test_whoever_falls_silent_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering, "_SILENCE_SECONDS", 0.01)
    assert (await _answered(_never, content_length="10"))[0]["status"] == 403


@pytest.mark.parametrize(("limit", "value"), [("_LONGEST_SECONDS", 0.02), ("_MOST_BYTES", 5000)])
async def test_whoever_never_stops_is_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    monkeypatch.setattr(lingering, limit, value)

    async def endless() -> Message:
        await asyncio.sleep(0)
        return _BODY

    assert (await _answered(endless, transfer_encoding="chunked"))[0]["status"] == 403


@pytest.mark.parametrize("headers", [{}, {"content_length": "0"}, {"content_length": "10", "expect": "100-continue"}])
async def test_whoever_sends_nothing_is_not_waited_for(headers: dict[str, str]) -> None:
    assert (await _answered(_never, **headers))[0]["status"] == 403
