"""Addresses of blobs: plain and unchanging for what is public, signed and short-lived for the rest."""

import hmac
import time
from functools import lru_cache

from clonegallery.settings import get_settings


def public_url(key: str) -> str:
    """The address under which everybody may read `key` for as long as its picture is public."""
    return f"/media/{key}"


def signed_url(key: str, *, now: float | None = None) -> str:
    """An address that opens `key` for whoever holds it, for one lifetime (`signed_url_seconds`) at most.

    The expiry is rounded to a quarter of the lifetime, so that the same address comes back for a while and caches hit.
    """
    lifetime = get_settings().signed_url_seconds
    step = max(1, lifetime // 4)
    expires = (int(time.time() if now is None else now) + lifetime) // step * step
    return f"/media/{key}?e={expires}&s={_signature(key, expires)}"


def seconds_left(key: str, expires: str, signature: str, *, now: float | None = None) -> int:
    """For how many more seconds `signature` opens `key`; 0 when it does not, or no longer."""
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12 and signature.isascii()):
        return 0
    if not hmac.compare_digest(_signature(key, int(expires)), signature):
        return 0
    return max(0, int(expires) - int(time.time() if now is None else now))


def _signature(key: str, expires: int) -> str:
    """HMAC-SHA256 over key and expiry. A NUL divides them: no key holds one, so the two cannot be shifted."""
    message = f"media\0{key}\0{expires}".encode()
    return hmac.digest(_secret(), message, "sha256").hex()


@lru_cache(maxsize=1)
def _secret() -> bytes:
    return get_settings().signing_key()
