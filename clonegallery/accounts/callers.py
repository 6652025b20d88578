"""From where somebody asks, behind as many proxies as are trusted. Pure."""

import ipaddress
from collections.abc import Sequence


def client_address(peer: str, forwarded: Sequence[str], hops: int) -> str:
    """The address that the outermost of `hops` trusted proxies saw; `peer` is who connected to us.

    Each proxy adds on the right of `X-Forwarded-For` whom it heard from, so only the last `hops` entries can be
    believed: whatever stands further left, the client may have made up. Too few entries, or no address: `peer`.
    """
    if hops == 0:
        return peer
    entries = [entry.strip() for line in forwarded for entry in line.split(",")]
    if len(entries) < hops:
        return peer
    try:
        return str(ipaddress.ip_address(entries[-hops]))
    except ValueError:
        return peer
