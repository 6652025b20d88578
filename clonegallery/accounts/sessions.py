"""The secrets of browser sessions: an opaque id in the cookie, its SHA-256 in the database, a token against CSRF."""

import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes | None:
    """What the database stores for `token`: 32 bytes, or None for text that `new_token` cannot have made.

    A plain SHA-256 is enough, without salt or stretching, because the token itself has 256 random bits.
    """
    return hashlib.sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None


def same_secret(given: str, expected: str) -> bool:
    """Whether the two are equal and not empty, in constant time."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def cookie_name(*, secure: bool) -> str:
    """The session cookie's name; under https the `__Host-` prefix makes browsers refuse it from anywhere else."""
    return "__Host-cg_session" if secure else "cg_session"
