"""Is the port free? Asked before anything is started, so that the answer comes at once."""

import errno
import socket

from clonegallery.errors import Conflict, GalleryError, Invalid


def require_free_port(host: str, port: int) -> None:
    """Raises `Conflict` when something else listens on `port`, `Invalid` when `host` or `port` cannot be ours."""
    if host == "127.0.0.1":
        _try("::1", port, host)  # Browsers ask for localhost there first.
    _try(host, port, host)


def _try(address: str, port: int, host: str) -> None:
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As the server will: connections that are merely fading out do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if refusal := _refusal(error, address, port, host):
            raise refusal from error


def _refusal(error: OSError, address: str, port: int, host: str) -> GalleryError | None:
    if error.errno == errno.EADDRINUSE:
        free = port + 1 if port < 65535 else 8000
        return Conflict(f"Port {port} is in use by another program. Choose another one: make run PORT={free}")
    if error.errno == errno.EACCES:
        return Invalid(f"Port {port} is reserved for the system. Choose one above 1023: make run PORT=8000")
    if address != host:
        return None  # A machine without IPv6.
    return Invalid(f"HOST={host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of them.")
