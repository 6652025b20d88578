"""An answer that is known before its request's body has been read still reaches whoever is sending it.

A server that closes with bytes unread resets the connection, and the reset overtakes the answer: instead of "you may
not" the client sees a broken line. So what is left of the body is read and thrown away before the answer goes out,
within limits like those of nginx's lingering close. Whoever waits for `100 Continue` sends nothing and need not wait.
"""

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LONGEST_SECONDS = 30.0
_SILENCE_SECONDS = 5.0
_MOST_BYTES = 64 * 1024 * 1024


class ReadToTheEnd:
    """Reads the rest of a request's body before its answer begins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_sending(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        body = _Body(receive)

        async def send_when_read(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.throw_away()
            await send(message)

        await self._app(scope, body.receive, send_when_read)


class _Body:
    """The body of one request, as far as it has been read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def throw_away(self) -> None:
        """Read to the end, or until the sender has been silent, has taken too long, or has sent too much."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        read = 0
        try:
            while not self._ended and time.monotonic() < deadline and read < _MOST_BYTES:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    read += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return


def _is_sending(headers: Headers) -> bool:
    if headers.get("expect", "").lower() == "100-continue":
        return False
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() != "0"
