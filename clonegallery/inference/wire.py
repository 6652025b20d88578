"""HTTP as the remote adapters speak it: every answer capped while it arrives, every failure one of two exceptions.

The services' own clients are given this transport, so that what failed, and how long the service wants to be left
alone, is known before a client turns it into an exception of its own or asks again by itself.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx

from clonegallery.errors import GenerationFailed

TOO_LARGE = "The provider's answer is too large."
NOT_PLAIN = "The provider's answer is packed in a way that was not asked for."

_MAX_ERROR_BYTES = 64 << 10
_MAX_SECONDS = 1e9
# As text that no proxy has to unpack: a packed answer could be far larger than it looks.
_PLAIN = "identity"


class ProviderAnswer(Exception):
    """An error that a provider answered: its status, its own words and code, and the seconds it asked us to wait."""

    def __init__(self, status: int, words: str = "", code: str = "", retry_after: float | None = None) -> None:
        super().__init__(status)  # The words may hold anything, and whoever logs this must not print them.
        self.status = status
        self.words = words
        self.code = code
        self.retry_after = retry_after


class NoAnswer(Exception):
    """A provider that could not be reached or fell silent.

    `sent` is true where the request may have been carried out nevertheless, `begun` where an answer had begun.
    """

    def __init__(self, *, sent: bool, begun: bool = False) -> None:
        super().__init__("no answer")
        self.sent = sent
        self.begun = begun


class Wire(httpx.AsyncBaseTransport):
    """A transport whose answers have at most `max_bytes` and a status below 400.

    Raises `ProviderAnswer`, `NoAnswer`, and `GenerationFailed` for an answer that is too large.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = _PLAIN
        with _translated(begun=False):
            response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 What an asynchronous transport returns.
        if response.status_code >= 400:
            raise await _answer_of(response)
        if response.headers.get("Content-Encoding", _PLAIN) != _PLAIN:
            await response.stream.aclose()
            raise GenerationFailed(NOT_PLAIN)
        response.stream = _Capped(response.stream, self._max_bytes)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(exc_type, exc_value, traceback)


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated(begun=True):
            async for chunk in self._stream:
                self._left -= len(chunk)
                if self._left < 0:
                    raise GenerationFailed(TOO_LARGE)
                yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


@contextmanager
def _translated(*, begun: bool) -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        raise NoAnswer(sent=False) from None
    except httpx.TransportError:
        raise NoAnswer(sent=True, begun=begun) from None


async def _answer_of(response: httpx.Response) -> ProviderAnswer:
    body = b""
    try:
        with _translated(begun=True):
            async for chunk in response.aiter_raw(8192):
                body += chunk
                if len(body) > _MAX_ERROR_BYTES:
                    break
    except NoAnswer:
        pass  # The status has arrived and says enough.
    finally:
        await response.aclose()
    told = _told(body)
    asked = seconds_of(response.headers.get("Retry-After", ""))
    return ProviderAnswer(
        response.status_code,
        words_of(told),
        code_of(told),
        asked if asked is not None else _number(told, "retry_after"),
    )


def _told(body: bytes) -> dict[str, Any]:
    """The error object of an answer: OpenAI wraps it in `error`, the others answer with it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    told = told.get("error", told) if isinstance(told, dict) else {}
    return told if isinstance(told, dict) else {"message": told}


def words_of(told: dict[str, Any]) -> str:
    """What a service says about its error: OpenAI in `message`, Replicate in `detail`, Stability AI in `errors`."""
    for name in ("message", "detail", "title"):
        if isinstance(told.get(name), str) and told[name]:
            return str(told[name])
    errors = told.get("errors")
    return "; ".join(str(one) for one in errors) if isinstance(errors, list) else ""


def code_of(told: dict[str, Any]) -> str:
    """The name a machine knows the error by: OpenAI's `code` or else `type`, Stability AI's `name`."""
    return next((str(told[name]) for name in ("code", "name", "type") if isinstance(told.get(name), str)), "")


def seconds_of(retry_after: str) -> float | None:
    """How long `Retry-After` asks to wait: seconds, or a date (RFC 9110, 10.2.3). None where it says neither."""
    if retry_after.strip().isdecimal():
        return min(float(retry_after), _MAX_SECONDS)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _number(told: dict[str, Any], name: str) -> float | None:
    found = told.get(name)
    return float(found) if isinstance(found, int | float) and 0 <= found <= _MAX_SECONDS else None
