"""The transport: answers that break off, are packed, or are too large, and what errors say about waiting."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from clonegallery.errors import GenerationFailed
from clonegallery.inference.wire import NOT_PLAIN, TOO_LARGE, NoAnswer, ProviderAnswer, Wire, seconds_of


@asynccontextmanager
async def _answering(raw: bytes) -> AsyncIterator[str]:
    """The address of a server that answers with these bytes and closes the connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def _get(raw: bytes, max_bytes: int = 1000) -> httpx.Response:
    async with _answering(raw) as url, httpx.AsyncClient(transport=Wire(max_bytes)) as http:
        return await http.get(url)


def _head(status: str, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_an_answer_within_its_size_comes_through() -> None:
    assert (await _get(_head("200 OK", Content_Length="5") + b"hello")).content == b"hello"


async def test_an_answer_that_never_ends_is_not_read_to_its_end() -> None:
    with pytest.raises(GenerationFailed, match=TOO_LARGE):
        await _get(_head("200 OK") + b"x" * 100_000)


async def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    with pytest.raises(GenerationFailed, match=NOT_PLAIN):
        await _get(_head("200 OK", Content_Encoding="gzip", Content_Length=str(len(bomb))) + bomb, 1 << 20)


@pytest.mark.parametrize(
    ("raw", "begun"),
    [(b"", False), (b"nonsense\r\n\r\n", False), (_head("200 OK", Content_Length="50") + b"cut", True)],
)
async def test_silence_after_the_request_was_sent_says_so(raw: bytes, begun: bool) -> None:
    with pytest.raises(NoAnswer) as raised:
        await _get(raw)
    assert (raised.value.sent, raised.value.begun) == (True, begun)


async def test_a_service_that_is_not_there_was_never_asked() -> None:
    async with httpx.AsyncClient(transport=Wire(1000)) as http:
        with pytest.raises(NoAnswer) as raised:
            await http.get("http://127.0.0.1:9/")
    assert not raised.value.sent


@pytest.mark.parametrize(
    ("body", "words", "code", "retry_after"),
    [
        (b'{"error": {"message": "No.", "code": "bad", "type": "t"}}', "No.", "bad", None),
        (b'{"error": {"message": "No.", "code": null, "type": "t"}}', "No.", "t", None),
        (b'{"title": "Throttled", "detail": "Later.", "status": 429, "retry_after": 5}', "Later.", "", 5.0),
        (b'{"id": "1", "name": "bad_request", "errors": ["one", "two"]}', "one; two", "bad_request", None),
        (b'{"error": "plain"}', "plain", "", None),
        (b"[]", "", "", None),
        (b"<html>", "", "", None),
        (b'{"message": 5, "retry_after": -1}', "", "", None),
    ],
)
async def test_errors_are_read_in_every_services_shape(
    body: bytes, words: str, code: str, retry_after: float | None
) -> None:
    with pytest.raises(ProviderAnswer) as raised:
        await _get(_head("429 Too Many", Content_Length=str(len(body))) + body)
    found = raised.value
    assert (found.status, found.words, found.code, found.retry_after) == (429, words, code, retry_after)


async def test_an_endless_error_is_not_read_to_its_end() -> None:
    with pytest.raises(ProviderAnswer) as raised:
        await _get(_head("503 Busy", Retry_After="3") + b"x" * 1_000_000)
    assert (raised.value.status, raised.value.retry_after) == (503, 3.0)


def test_an_error_never_prints_its_words() -> None:
    assert "secret" not in str(ProviderAnswer(500, "a secret"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (" 0 ", 0.0), ("9" * 400, 1e9), ("", None), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert seconds_of(header) == seconds


def test_retry_after_of_a_date_to_come_is_the_time_until_then() -> None:
    ahead = datetime.now(UTC) + timedelta(hours=10)
    assert 35_000 < (seconds_of(format_datetime(ahead, usegmt=True)) or 0) <= 36_000
