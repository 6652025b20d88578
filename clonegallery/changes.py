"""What lists are made from has changed: versions in Redis, renewed by each unit of work that wrote such a thing.

Whoever remembers a list remembers it together with the versions as they were before it was made, and shows it only
while they are the same. A version is a random value that nobody ever has again: not even a Redis that has forgotten
some of its keys makes an old list look new.
"""

import asyncio
import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

from redis.exceptions import RedisError

from clonegallery.events import get_redis
from clonegallery.log import get_logger

log = get_logger(__name__)

EVERYBODY: Final = "cg:lists:version:everybody"
VERSION_SECONDS: Final = 3600
"""Far longer than any list is remembered, so that a version never comes to its end before the lists made with it."""
_TELL_SECONDS: Final = 2.0
"""How long a Redis that does not answer may hold up whoever has changed something."""
_RETRY_SECONDS: Final = 1.0

_NEVER_SHOWN = frozenset({
    "api_keys", "audit_log", "generations", "job_turns", "jobs", "login_sessions", "mailed_links", "oauth_identities",
    "refresh_tokens",
})  # fmt: skip
"""Tables that no list shows anything of. All others count, so that a new one is not forgotten here."""
_WRITE = re.compile(r"\b(INSERT INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE|DELETE FROM)\s+(?:ONLY\s+)?\"?(\w+)", re.I)
_RENAMES = re.compile(r"\bSET\b.*\busername\b", re.I | re.S)


def of_person(person_id: UUID) -> str:
    """The version of what shows in this person's lists only."""
    return f"cg:lists:version:person:{person_id}"


def versions_for(person_id: UUID | None) -> list[str]:
    """The versions that the lists of this person, or of a stranger, depend on."""
    return [EVERYBODY] if person_id is None else [EVERYBODY, of_person(person_id)]


@lru_cache(maxsize=1024)
def shows_in_lists(statement: str) -> bool:
    """Whether this SQL writes something that a list shows or is chosen by."""
    if statement.lstrip()[:6].upper() == "SELECT":
        return False
    return any(_counts(verb.upper(), table.lower(), statement) for verb, table in _WRITE.findall(statement))


def _counts(verb: str, table: str, statement: str) -> bool:
    if table == "users":  # Of people lists show the names only; a new account has no pictures yet.
        return verb == "DELETE FROM" or (verb == "UPDATE" and _RENAMES.search(statement) is not None)
    return table not in _NEVER_SHOWN


class Changes:
    """What one unit of work writes, as far as lists can show it."""

    def __init__(self) -> None:
        self._wrote = False
        self._people: set[UUID] | None = None

    def note(self, statement: str) -> None:
        """See a statement on its way to the database."""
        self._wrote = self._wrote or shows_in_lists(statement)

    def concern_only(self, *people: UUID) -> None:
        """What this unit writes shows in these people's lists only, before and after; in nobody's where there are none.

        For whoever opened the unit and holds the rows that decide it. Where nothing is said it concerns everybody.
        """
        self._people = (self._people or set()) | set(people)

    async def announce(self) -> None:
        """Let lists be made anew, for all processes: none that was made before is shown once this has returned."""
        if self._wrote:
            names = [EVERYBODY] if self._people is None else [of_person(person) for person in self._people]
            await ledger.renew(names)


class Ledger:
    """This process's hand on the versions; it knows those that it could not renew because Redis was away."""

    def __init__(self) -> None:
        self._owed: dict[str, UUID] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._retrying: asyncio.Task[None] | None = None

    @property
    def owes(self) -> bool:
        """Whether lists that are out of date may look as if they were not."""
        if self._owed:
            self._retry()
        return bool(self._owed)

    async def renew(self, names: Collection[str]) -> None:
        """Renew these versions: before it returns where Redis answers, else as soon as it does again.

        A caller that is cancelled meanwhile does not stop it: what has been committed must be told.
        """
        if self._owed:
            self._owe(names)  # Redis is known to be away: nobody waits for it a second time.
        elif names:
            task = asyncio.create_task(self._renew(names), name="versions of lists")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.shield(task)

    async def started(self, names: Collection[str]) -> list[Any]:
        """These versions, where some were missing: those get a value now. Raises what Redis raises."""
        async with get_redis().pipeline(transaction=False) as pipe:
            for name in names:
                pipe.set(name, uuid4().bytes, ex=VERSION_SECONDS, nx=True)
            pipe.mget(*names)
            answers = await pipe.execute()
        found: list[Any] = answers[-1]
        return found

    async def _renew(self, names: Collection[str]) -> None:
        try:
            await _write(names)
        except Exception as error:
            # Whatever it was: what has been committed must not look as if it had failed.
            log.warning("lists that are out of date may be shown for a while", exc_info=not _is_absence(error))
            self._owe(names)

    def _owe(self, names: Collection[str]) -> None:
        self._owed |= {name: uuid4() for name in names}
        self._retry()

    def _retry(self) -> None:
        if self._retrying is None or self._retrying.done():
            self._retrying = asyncio.create_task(self._until_told(), name="versions of lists, again")

    async def _until_told(self) -> None:
        while owed := dict(self._owed):
            await asyncio.sleep(_RETRY_SECONDS)
            try:
                await _write(owed)
            except (RedisError, OSError):
                continue
            # What came to be owed again while this was on its way still is.
            self._owed = {name: since for name, since in self._owed.items() if owed.get(name) != since}


def _is_absence(error: Exception) -> bool:
    """Whether Redis is away, of which a trace tells nothing."""
    return isinstance(error, RedisError | OSError)


async def _write(names: Collection[str]) -> None:
    async with asyncio.timeout(_TELL_SECONDS), get_redis().pipeline(transaction=False) as pipe:
        for name in names:
            pipe.set(name, uuid4().bytes, ex=VERSION_SECONDS)
        await pipe.execute()


ledger = Ledger()
