"""Forms that no honest client sends: refused with a reason, whatever the parser underneath thinks of them."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from clonegallery.api import multipart
from tests.factories import bob, jpeg_bytes, sign_in
from tests.images.shared import left_behind, send

IMAGES = "/api/v1/images"


async def test_a_boundary_too_long_for_the_parser_is_refused(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    kind = {"Content-Type": "multipart/form-data; boundary=" + "B" * 1000}
    answer = await client.post(IMAGES, content=b"--" + b"B" * 1000, headers=write | kind)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")


async def test_who_stalls_in_the_middle_does_not_keep_their_place(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "_IDLE_SECONDS", 0.05)

    async def stalling() -> AsyncIterator[bytes]:
        yield b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8'
        await asyncio.Event().wait()

    write = await sign_in(client, await bob())
    kind = {"Content-Type": "multipart/form-data; boundary=B"}
    answer = await client.post(IMAGES, content=stalling(), headers=write | kind)
    assert answer.status_code == 422
    assert "Nothing came" in answer.json()["detail"]
    assert [path for path in left_behind() if path.suffix == ".part"] == []
    assert (await send(client, write, jpeg_bytes())).status_code == 201
