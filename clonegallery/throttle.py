"""How often somebody may try: rate limits of the library `limits`, counted in Redis for all processes together.

Each bucket has limits of its own in the settings, several of which hold at once: the more one tried, the longer the
window that refuses, so the waits grow. Without Redis whoever takes from a bucket gets its `RedisError`, so what needs
the limit to be safe is refused then; `take_if_possible` is for what is not.
"""

import hashlib
import ipaddress
import math
import time
from enum import StrEnum
from functools import lru_cache

from limits import RateLimitItem, parse_many
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from clonegallery.errors import TooManyRequests
from clonegallery.events import get_redis
from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

_PREFIX = "cg:limits"
_NEWS_SECONDS = 60
_KNOWN_SECONDS = 180 * 24 * 3600


class Bucket(StrEnum):
    """What is counted apart from everything else; each is the name of its setting without `_limits`."""

    SIGN_IN = "sign_in"
    SIGN_IN_ADDRESS = "sign_in_address"
    SIGN_IN_ACCOUNT = "sign_in_account"
    REGISTER = "register"
    MAIL = "mail"
    UPLOAD = "upload"
    GENERATION = "generation"
    LOOK = "look"


_REFUSALS = {
    Bucket.SIGN_IN: "Too many tries to sign in.",
    Bucket.SIGN_IN_ADDRESS: "Too many tries to sign in from this address.",
    Bucket.SIGN_IN_ACCOUNT: "Too many tries to sign in to this account.",
    Bucket.REGISTER: "Too many accounts were made from this address.",
    Bucket.MAIL: "Too many messages were asked for.",
    Bucket.UPLOAD: "Too many uploads at once.",
    Bucket.GENERATION: "Too many generations at once.",
    Bucket.LOOK: "Too many pictures to search by.",
}


async def take(bucket: Bucket, *who: str) -> None:
    """Count one try of `who`. Raises `TooManyRequests`, which says when the next may be, when there were too many."""
    for limit in _limits(bucket):
        if not await _limiter().hit(limit, bucket, *who):
            raise await _refusal(bucket, who)


async def take_if_possible(bucket: Bucket, *who: str) -> None:
    """As `take`, but nobody is counted or refused while Redis is gone: a limit that only keeps the peace can wait."""
    try:
        await take(bucket, *who)
    except (RedisError, OSError):
        log.warning("a try was not counted", bucket=bucket)


async def check(bucket: Bucket, *who: str) -> None:
    """Raises what `take` would raise, and counts nothing."""
    for limit in _limits(bucket):
        if not await _limiter().test(limit, bucket, *who):
            raise await _refusal(bucket, who)


async def count(bucket: Bucket, *who: str) -> None:
    """Count one try of `who`, however many there were."""
    for limit in _limits(bucket):
        await _limiter().hit(limit, bucket, *who)


async def is_news(*what: str) -> bool:
    """Whether nobody has said `what` within the last minute; true once for all who ask at once."""
    key = ":".join((_PREFIX, "news", *what))
    return bool(await get_redis().set(key, b"1", nx=True, ex=_NEWS_SECONDS))


async def remember(who: str, network: str) -> None:
    """Note that `who` has proved from `network` who they are."""
    await get_redis().set(_known(who, network), b"1", ex=_KNOWN_SECONDS)


async def is_known(who: str, network: str) -> bool:
    """Whether `who` has proved from `network` who they are within the last half year."""
    return bool(await get_redis().exists(_known(who, network)))


async def forgive(bucket: Bucket, *who: str) -> None:
    """Forget the tries of `who`."""
    for limit in _limits(bucket):
        await _limiter().clear(limit, bucket, *who)


def network_of(address: str) -> str:
    """Whose tries are counted together: an IPv4 address, or the /64 that a site has of IPv6; other text as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address or "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def fingerprint(text: str) -> str:
    """A short name for what somebody typed, whatever its case, characters and length; it tells nothing of the text."""
    return hashlib.sha256(text.strip().lower().encode("utf-8", "replace")).hexdigest()[:32]


def _known(who: str, network: str) -> str:
    return ":".join((_PREFIX, "known", who, network))


async def _refusal(bucket: Bucket, who: tuple[str, ...]) -> TooManyRequests:
    """Says when every limit that is used up lets one more through: coming back earlier would be in vain."""
    stats = [await _limiter().get_window_stats(limit, bucket, *who) for limit in _limits(bucket)]
    latest = max((reset for reset, remaining in stats if remaining == 0), default=0)
    seconds = max(1, math.ceil(latest - time.time()))
    return TooManyRequests(f"{_REFUSALS[bucket]} Try again in {_in_words(seconds)}.", retry_after=seconds)


def _in_words(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{math.ceil(minutes / 60)} hours"


def _limits(bucket: Bucket) -> list[RateLimitItem]:
    return _parsed(getattr(get_settings(), f"{bucket}_limits"))


@lru_cache(maxsize=32)
def _parsed(limits: str) -> list[RateLimitItem]:
    """The shortest window first: it is the one that refuses first."""
    return sorted(parse_many(limits), key=lambda limit: limit.get_expiry())


def _limiter() -> MovingWindowRateLimiter:
    return _limiter_over(get_redis())


@lru_cache(maxsize=1)
def _limiter_over(redis: Redis) -> MovingWindowRateLimiter:
    """Over the connections that this process has to Redis anyway."""
    storage = RedisStorage(
        # Only the scheme counts, where there are connections already: of any but this one `limits` takes the client of
        # another library, which cannot speak over them. The gallery's own address may be that of a Unix socket.
        "async+redis://",
        implementation="redispy",
        key_prefix=_PREFIX,
        connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # `limits` passes its options on untyped.
    )
    return MovingWindowRateLimiter(storage)
