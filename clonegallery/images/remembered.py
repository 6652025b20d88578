"""Small lists that are asked for often, remembered in Redis for as long as nothing that they show has changed.

What is remembered carries the versions of `clonegallery.changes` as they were before it was made, and is shown only
while they are the same: a list that was made during a change is never shown after it. Without Redis each is made anew.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import orjson
from redis.exceptions import RedisError

from clonegallery import changes
from clonegallery.accounts.schemas import Viewer
from clonegallery.events import get_redis
from clonegallery.log import get_logger
from clonegallery.settings import get_settings

log = get_logger(__name__)

Compute = Callable[[], Awaitable[bytes]]

MOST_SECONDS: Final = 60
MOST_BYTES: Final = 256 * 1024
SHELF_BYTES: Final = 32 * 1024 * 1024
_ASK_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 5.0
_WARN_SECONDS: Final = 60.0


class Fleeting(bytes):
    """A list that is shown to those who ask now and not remembered: it lacks what may be there in a moment."""


async def remembered(viewer: Viewer, scope: str, asked: str, compute: Compute) -> bytes:
    """What `compute` makes for this viewer who asked this; made once for all who ask at once, and then remembered.

    `scope` names what is made, `asked` is everything that it depends on beside the viewer and the tables. Nobody with
    other rights is shown it, nobody at all after a change that it could show; only the count of looks, by which
    `popular` decides between equals, may lag by `MOST_SECONDS`. Raises what `compute` raises.
    """
    key = _key(viewer, scope, asked)
    found = await _look(changes.versions_for(viewer.id), key)
    if found is None:
        return bytes(await compute())
    if found.body is not None:
        return found.body
    return await _together((key, found.versions), lambda: _made(key, found.versions, compute))


async def version() -> bytes | None:
    """Of what everybody's lists are made from: as long as it stays the same, nothing of that has changed.

    None where Redis cannot be asked or believed.
    """
    found = await _look([changes.EVERYBODY])
    return found and found.versions


class _Found(NamedTuple):
    """The versions now, and what is remembered of them."""

    versions: bytes
    body: bytes | None


class Shelf:
    """How many bytes this process has put into Redis that are still there: there is a most, whatever people ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._total = 0
        self._lying: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str, size: int, seconds: float, now: float) -> bool:
        """Whether there is room for so many bytes for so long, in place of what lies under the key; takes it, then."""
        while self._lying and next(iter(self._lying.values()))[0] <= now:
            self._total -= self._lying.popitem(last=False)[1][1]
        before = self._lying.get(key, (now, 0))[1]
        if self._total - before + size > self._most:
            return False
        self._total += size - before
        self._lying[key] = (now + seconds, size)
        self._lying.move_to_end(key)
        return True


class _Absence:
    """Whether Redis is worth asking: one that hangs holds up one list every few seconds, not all of them."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._warned = -_WARN_SECONDS

    def is_over(self) -> bool:
        """Whether to ask; of those who come after the pause only the first one tries."""
        now = time.monotonic()
        if self._until is None:
            return True
        if now < self._until:
            return False
        self._until = now + _PAUSE_SECONDS
        return True

    def end(self) -> None:
        self._until = None

    def begin(self) -> None:
        now = time.monotonic()
        self._until = now + _PAUSE_SECONDS
        if now - self._warned >= _WARN_SECONDS:
            self._warned = now
            log.warning("lists are not remembered: Redis does not answer")


_shelf = Shelf(SHELF_BYTES)
_absence = _Absence()
_flights: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}


def _key(viewer: Viewer, scope: str, asked: str) -> str:
    scopes = None if viewer.scopes is None else sorted(viewer.scopes)
    said = orjson.dumps([scope, asked, viewer.id, viewer.role, scopes])
    return f"cg:lists:{scope}:{hashlib.sha256(said).hexdigest()}"


async def _look(names: Sequence[str], *keys: str) -> _Found | None:
    """The versions of these names, and what lies under a key, if there is one, as long as they hold.

    One round trip, but for the first one after a long while. None where Redis cannot be asked or believed.
    """
    if changes.ledger.owes or not _absence.is_over():
        return None
    async with _redis_may_fail():
        found = await get_redis().mget(*names, *keys)
        versions, lying = found[: len(names)], found[len(names) :]
        if None in versions:
            versions, lying = await changes.ledger.started(names), []
        if None not in versions:
            return _of(b"".join(versions), lying[0] if lying else None)
    return None


def _of(versions: bytes, lying: bytes | None) -> _Found:
    is_of_now = lying is not None and lying.startswith(versions)
    return _Found(versions, lying[len(versions) :] if lying and is_of_now else None)


async def _together(which: tuple[str, bytes], make: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
    """What one of those makes who ask for the same at once; that one of them goes away disturbs none of the others."""
    flight = _flights.get(which)
    if flight is None:
        flight = _flights[which] = asyncio.create_task(make(), name="a list for many")
        flight.add_done_callback(lambda done: _landed(which, done))
    return await asyncio.shield(flight)


def _landed(which: tuple[str, bytes], flight: "asyncio.Task[bytes]") -> None:
    _flights.pop(which, None)
    if not flight.cancelled():
        flight.exception()  # Everybody may have gone; then nobody else asks for it.


async def _made(key: str, versions: bytes, compute: Compute) -> bytes:
    body = await compute()
    seconds = min(MOST_SECONDS, get_settings().signed_url_seconds // 4)
    if len(body) <= MOST_BYTES and seconds > 0 and not isinstance(body, Fleeting):
        kept = versions + body
        if _shelf.take(key, len(kept), seconds, time.monotonic()):
            async with _redis_may_fail():
                await get_redis().set(key, kept, ex=seconds)
    return bytes(body)


@asynccontextmanager
async def _redis_may_fail() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            yield
        _absence.end()
    except (RedisError, OSError):
        _absence.begin()
