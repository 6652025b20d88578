"""The websocket of the pages without a page: Engine.IO 4 and Socket.IO 5 by hand, so that anything can be sent.

Protocols: https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from reflex.state import BaseState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from clonegallery.ui.session import SessionState

_SPACE = "/_event"
_SECONDS = 20


class Refused(Exception):
    """The server does not talk to whoever connects like this."""


class RawSocket:
    """One connected tab, as the server sees it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0

    async def send(
        self, kind: type[BaseState], handler: str, path: str = "/", arguments: Mapping[str, Any] | None = None
    ) -> str:
        """Everything that the server says until it has handled this event of `kind`, as one JSON text."""
        return await self.send_raw(
            {
                "name": f"{kind.get_full_name()}.{handler}",
                "payload": dict(arguments or {}),
                "router_data": {"pathname": path.partition("?")[0], "asPath": path},
            }
        )

    async def send_raw(self, event: Any) -> str:
        """As `send`, for whatever is called an event.

        The server marks no end, but it handles one event of a tab after the other: an event that goes to a place of
        its own follows, and its answer names that place.
        """
        self._sent += 1
        mark = f"/mark-{self._sent}"
        router = {"pathname": mark, "asPath": mark}
        await self._emit(event)
        await self._emit({"name": f"{SessionState.get_full_name()}.load", "payload": {}, "router_data": router})
        heard: list[str] = []
        async with asyncio.timeout(_SECONDS):
            while not heard or f'"path":"{mark}"' not in heard[-1]:
                heard.append((await self._receive()).partition(",")[2])
        return "\n".join(heard)

    async def _emit(self, event: Any) -> None:
        await self._socket.send(f"42{_SPACE},{json.dumps(['event', event])}")

    async def _receive(self) -> str:
        while True:
            packet = str(await self._socket.recv())
            if packet != "2":
                return packet
            await self._socket.send("3")


async def _greet(socket: ClientConnection) -> None:
    """Wait for the server's greeting, and enter the namespace of the events."""
    while not str(await socket.recv()).startswith("0{"):
        continue
    await socket.send(f"40{_SPACE},")
    answer = str(await socket.recv())
    if not answer.startswith(f"40{_SPACE}"):
        raise Refused(answer)


@asynccontextmanager
async def raw_socket(url: str, *, cookie: str = "", origin: str | None = None) -> AsyncIterator[RawSocket]:
    """A tab of whoever has this `Cookie` header, at the gallery at `url`. Raises `Refused`."""
    headers = {"Cookie": cookie} if cookie else {}
    address = f"{url.replace('http', 'ws', 1)}{_SPACE}/?EIO=4&transport=websocket&token={uuid4()}"
    try:
        async with (
            asyncio.timeout(_SECONDS) as opening,
            connect(address, origin=Origin(origin or url), additional_headers=headers, max_size=None) as socket,
        ):
            await _greet(socket)
            opening.reschedule(None)
            yield RawSocket(socket)
    except WebSocketException as error:
        raise Refused(str(error)) from error
