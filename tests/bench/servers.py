"""What benchmarks need to serve the gallery: a port of their own, and patience until it answers."""

import socket
import sys
import time

import httpx


def wait_for(url: str) -> None:
    """Returns once `url` answers with 200; ends the benchmark when it does not within 30 s."""
    for _ in range(300):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit("The gallery does not start.")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
