"""Opaque secrets: session ids, refresh tokens, API keys, mailed links; in the database is only their SHA-256.

A plain SHA-256 is enough, without salt or stretching, because each of them has 256 random bits.
"""

import base64
import hashlib
import hmac
import re
import secrets

API_KEY_PREFIX = "cg_"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SHOWN_OF_KEY = 7


def new_token() -> str:
    """256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def new_nonce() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


def new_api_key() -> str:
    """A new token behind `cg_`, by which people and secret scanners recognise a key."""
    return API_KEY_PREFIX + new_token()


def shown_prefix(api_key: str) -> str:
    """The beginning of a key, by which its owner tells it from others: 42 of its 256 bits."""
    return api_key[: len(API_KEY_PREFIX) + _SHOWN_OF_KEY]


def token_hash(token: str) -> bytes | None:
    """What the database stores for `token`: 32 bytes, or None for text that `new_token` cannot have made."""
    return hashlib.sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None


def api_key_hash(api_key: str) -> bytes | None:
    """What the database stores for an API key, or None for text that `new_api_key` cannot have made."""
    if not api_key.startswith(API_KEY_PREFIX) or not _TOKEN.fullmatch(api_key[len(API_KEY_PREFIX) :]):
        return None
    return hashlib.sha256(api_key.encode()).digest()


def successor(token: str, nonce: bytes) -> str:
    """The one refresh token that may follow `token`: the same for each who holds it, and made again only with `nonce`.

    Neither a stolen table (which has the nonce) nor a stolen token alone gives the next one.
    """
    digest = hmac.digest(token.encode(), nonce, "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def same_secret(given: str, expected: str) -> bool:
    """Whether the two are equal and not empty, in constant time."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def cookie_name(*, secure: bool) -> str:
    """The session cookie's name; under https the `__Host-` prefix makes browsers refuse it from anywhere else."""
    return "__Host-cg_session" if secure else "cg_session"
