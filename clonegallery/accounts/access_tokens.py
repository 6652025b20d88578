"""Access tokens of programs: JSON Web Tokens (RFC 7519) of one algorithm, short-lived, with every claim required.

A token says who signed in and by which sign-in, never what they may do: the role that clients find in it is news, and
the database is asked at each request. Keys rotate by `kid`: put the new one into `JWT_SECRET`, the old one into
`JWT_PREVIOUS_SECRETS` until its last token has ended.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypedDict
from uuid import UUID

import jwt

from clonegallery.accounts.schemas import Role
from clonegallery.clock import utcnow
from clonegallery.errors import NotSignedIn
from clonegallery.settings import get_settings

ALGORITHM = "HS256"
TOKEN_USE = "access"  # noqa: S105 A claim's value, not a secret.
_LEEWAY_SECONDS = 10  # For `iat` and `nbf`, since the clocks of two hosts differ; a token's end is its end.
_MAX_LENGTH = 4096
_REQUIRED = ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "token_use"]
_REFUSED = "This access token is not valid."

_jwt = jwt.PyJWT(options={"enforce_minimum_key_length": True})


class AccessClaims(TypedDict):
    """What a valid token says: whose it is, which sign-in it came from, its own id, and its end in Unix seconds."""

    user_id: UUID
    session_id: UUID
    role: str
    jti: str
    exp: int


def create_access_token(user_id: UUID, role: Role, session_id: UUID) -> str:
    """A token for this sign-in, good for `ACCESS_TOKEN_SECONDS`; `role` goes along for the client's own use."""
    settings, now = get_settings(), utcnow()
    claims = {
        "iss": settings.origin,
        "aud": audience(),
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + timedelta(seconds=settings.access_token_seconds),
        "token_use": TOKEN_USE,
        "role": role,
    }
    kid, key = next(iter(_keys().items()))
    return _jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})


def verify_token(token: str) -> AccessClaims:
    """What `token` says, once its signature, algorithm, issuer, audience, times and use are right.

    Raises `NotSignedIn` for every other token, in the same words.
    """
    try:
        claims = _decoded(token)
        return AccessClaims(
            user_id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            role=str(claims.get("role", "")),
            jti=claims["jti"],
            exp=claims["exp"],
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise NotSignedIn(_REFUSED) from error


def audience() -> str:
    """Whom tokens are meant for: this gallery's API."""
    return f"{get_settings().origin}/api"


def _decoded(token: str) -> dict[str, Any]:
    if len(token) > _MAX_LENGTH or not token.isascii():
        raise NotSignedIn(_REFUSED)
    kid = jwt.get_unverified_header(token).get("kid")
    # The key comes from our own map, whatever else the header names (`jku`, `jwk`, `x5u`).
    key = _keys().get(kid) if isinstance(kid, str) else None
    if key is None:
        raise NotSignedIn(_REFUSED)
    claims = _jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=audience(),
        issuer=get_settings().origin,
        leeway=_LEEWAY_SECONDS,
        options={"require": _REQUIRED, "strict_aud": True},
    )
    if claims["token_use"] != TOKEN_USE or claims["exp"] <= utcnow().timestamp():
        raise NotSignedIn(_REFUSED)
    return claims


def _keys() -> Mapping[str, bytes]:
    """The keys by `kid`, the one that signs first."""
    return _named(tuple(get_settings().jwt_keys()))


@lru_cache(maxsize=8)
def _named(keys: tuple[bytes, ...]) -> Mapping[str, bytes]:
    """A key's name is made from it by HMAC, so that rotating needs no second setting and tells nothing of the key."""
    return {hmac.digest(key, b"kid", "sha256").hex()[:16]: key for key in keys}
