"""A stand-in over real HTTP: in a thread with a loop of its own, so that tests can change its mind while it runs."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

_START_SECONDS = 20


@contextmanager
def serving(app: FastAPI, port: int) -> Iterator[None]:
    """`app` at this port of 127.0.0.1 while the block lasts."""
    loop = asyncio.new_event_loop()
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    try:
        _await_port(port)
        yield
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(_START_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_port(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
