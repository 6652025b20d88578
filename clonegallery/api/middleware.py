"""What surrounds every request, pages included: its id, one log line, safe headers, and an answer even to a defect.

Plain ASGI, because Starlette's `BaseHTTPMiddleware` costs a task per request and breaks streams.
"""

import re
import secrets
import time
from collections.abc import Collection, Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clonegallery.api.problems import problem_for, problem_of
from clonegallery.errors import Invalid, TooLarge
from clonegallery.log import get_logger

log = get_logger("clonegallery.access")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_CUT_OFF = "The body of this request was cut off."
_TOO_LARGE = "The body of this request is too large."
_QUIET = ("/health/live",)
_PRIVATE = ("/api/", "/auth/", "/health")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_SAFE: Sequence[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class RequestLog:
    """Gives each request an id (`X-Request-ID`, taken over from a proxy), logs it, and turns a defect into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        exchange = _Exchange(send, request_id)
        tokens = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self._answer(scope, receive, exchange)
        finally:
            exchange.log(scope)
            structlog.contextvars.reset_contextvars(**tokens)

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            log.info("client went away", path=scope["path"])
            if not exchange.status:
                # Who only stopped sending may still read; without an answer of ours the server would make it a 500.
                await problem_of(Invalid(_CUT_OFF)).response()(scope, receive, exchange.send)
        except Exception as error:
            # The last stop: whatever no route expected is logged and answered here.
            response = problem_for(error).response()
            if exchange.status:
                raise
            await response(scope, receive, exchange.send)


class _Exchange:
    """One request being answered."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self._started = time.perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._request_id)]
        await self._send(message)

    def log(self, scope: Scope) -> None:
        milliseconds = round((time.perf_counter() - self._started) * 1000, 1)
        write = log.debug if scope["path"] in _QUIET else log.info
        write("request", method=scope["method"], path=scope["path"], status=self.status, ms=milliseconds)


class SafeHeaders:
    """Adds the headers that keep browsers careful, wherever the answer does not set its own."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._safe = [*_SAFE, _HSTS] if secure else list(_SAFE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith(_PRIVATE)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(message.get("headers", ()), private)
            await send(message)

        await self._app(scope, receive, send_safely)

    def _completed(self, headers: Sequence[tuple[bytes, bytes]], private: bool) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        added = [pair for pair in self._safe if pair[0] not in present]
        if private and b"cache-control" not in present:
            added.append((b"cache-control", b"private, no-cache"))
        return [*headers, *added]


class BodyLimit:
    """Refuses a body that is larger than any route of the API expects, before and while it is read.

    `unlimited` names the routes (method, path) that stream their body and count for themselves.
    """

    def __init__(self, app: ASGIApp, *, limit: int, unlimited: Collection[tuple[str, str]]) -> None:
        self._app = app
        self._limit = limit
        self._unlimited = frozenset(unlimited)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._applies(scope):
            await self._app(scope, receive, send)
        elif _declared_length(scope) > self._limit:
            await problem_of(TooLarge(_TOO_LARGE)).response()(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _applies(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return False
        path: str = scope["path"]
        return path.startswith(_PRIVATE) and (scope["method"], path.rstrip("/")) not in self._unlimited

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(413)
            return message

        return receive_counted


def _declared_length(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return int(declared) if declared.isdigit() else 0


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(8)
