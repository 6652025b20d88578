"""What is remembered between leaving for a provider and coming back: once, for ten minutes, for that browser alone.

It lies in Redis under a key made of the state and of a cookie that only the browser has. So another browser's state, or
one that was used before, finds nothing, and whoever reads Redis's keys can finish nobody's sign-in.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from clonegallery.accounts.schemas import Provider
from clonegallery.accounts.secrets import new_token, token_hash
from clonegallery.api.oauth_clients import Begun
from clonegallery.events import get_redis

LIFETIME_SECONDS = 600
_PREFIX = "cg:oauth"


@dataclass(frozen=True, slots=True)
class Flow:
    """Somebody on the way to a provider: what was begun, where to go afterwards, and who links (else empty)."""

    begun: Begun
    target: str = "/"
    user_id: str = ""


def cookie_name(*, secure: bool) -> str:
    """The cookie that tells browsers apart, bound to the host under https."""
    return "__Host-cg_oauth" if secure else "cg_oauth"


def browser_of(cookie: str) -> str:
    """What the browser is known by: its cookie's value, so that two tabs do not disturb each other, or a new one."""
    return cookie if token_hash(cookie) else new_token()


async def keep(provider: Provider, browser: str, flow: Flow) -> None:
    """Remember `flow` until `take`."""
    await get_redis().set(_key(provider, browser, flow.begun.state), orjson.dumps(flow), ex=LIFETIME_SECONDS)


async def take(provider: Provider, browser: str, state: str) -> Flow | None:
    """What this browser began with `state`, which is forgotten with this; None where there is nothing, or no more."""
    kept = await get_redis().getdel(_key(provider, browser, state))
    if not kept:
        return None
    read: dict[str, Any] = orjson.loads(kept)
    return Flow(Begun(**read["begun"]), read["target"], read["user_id"])


def _key(provider: Provider, browser: str, state: str) -> str:
    # The state goes in by its own digest: whatever its length and characters, the two cannot run into each other.
    digests = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (browser, state)]
    return f"{_PREFIX}:{provider}:{hashlib.sha256(b''.join(digests)).hexdigest()}"
