"""A busy port is a sentence, before anything else happens."""

import socket

import pytest

from clonegallery.errors import Conflict, Invalid
from clonegallery.runtime.port import require_free_port


def test_a_busy_port_is_named_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Conflict, match=rf"Port {port} is in use .*: make run PORT=\d+$"):
            require_free_port("127.0.0.1", port)


def test_a_port_busy_for_ipv6_only_is_busy_too() -> None:
    """Browsers ask for localhost under ::1 first, and would show the other program."""
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        with pytest.raises(Conflict, match="is in use"):
            require_free_port("127.0.0.1", other.getsockname()[1])


def test_a_free_port_is_fine() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    require_free_port("127.0.0.1", port)


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(Invalid, match=r"HOST=192\.0\.2\.1 is no address of this machine"):
        require_free_port("192.0.2.1", 8000)
