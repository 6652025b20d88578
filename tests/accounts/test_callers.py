"""Whose address counts behind proxies: only what the trusted ones wrote, never what the client made up."""

import pytest

from clonegallery.accounts.callers import client_address

PEER = "10.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        ([], 0, PEER),
        (["203.0.113.9"], 0, PEER),
        (["203.0.113.9"], 1, "203.0.113.9"),
        (["198.51.100.66, 203.0.113.9"], 1, "203.0.113.9"),
        (["198.51.100.66, 203.0.113.9, 10.0.0.2"], 2, "203.0.113.9"),
        (["198.51.100.66", "203.0.113.9"], 1, "203.0.113.9"),
        (["2001:db8::7"], 1, "2001:db8::7"),
        ([], 1, PEER),
        (["203.0.113.9"], 2, PEER),
        (["unknown"], 1, PEER),
        (["<script>"], 1, PEER),
        ([" , "], 1, PEER),
    ],
)
def test_the_outermost_trusted_proxy_is_believed_and_nobody_else(forwarded: list[str], hops: int, address: str) -> None:
    assert client_address(PEER, forwarded, hops) == address
