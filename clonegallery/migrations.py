"""Alembic both ways: `migrate`, `status`, `rollback`, one migrator at a time, giving up on locks instead of queueing.

The lock between migrators is polled on a session of its own: waiting inside `pg_advisory_lock` would hold a
transaction open and deadlock `CREATE INDEX CONCURRENTLY`. On SQLite it is the lock of a file beside the database.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from alembic import command
from clonegallery.db import migration_engine
from clonegallery.errors import Invalid, Unavailable
from clonegallery.settings import ROOT

_LOCK_ID = 0x436C6F6E65  # "Clone": any number that nothing else in the database takes.
LOCK_TIMEOUT = "4s"


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of the schema: its number, what it does, and whether the database has it."""

    version: str
    message: str
    applied: bool


def status(url: str) -> list[Revision]:
    """Every revision, oldest first."""
    with migration_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    known = list(reversed(list(script.walk_revisions())))
    reached = [revision.revision for revision in known].index(current) if current else -1
    return [Revision(r.revision, (r.doc or "").strip(), index <= reached) for index, r in enumerate(known)]


def migrate(url: str, *, wait: float = 60.0) -> list[str]:
    """Bring the schema to the newest revision; returns the versions applied. `wait` is seconds for another migrator."""
    return _moved(url, wait, lambda config: command.upgrade(config, "head"))


def rollback(url: str, version: str, *, wait: float = 60.0) -> list[str]:
    """Go back until `version` is the newest one applied (`base` = an empty schema); returns the versions undone."""
    known = {revision.version for revision in status(url)}
    if version not in known | {"base"}:
        raise Invalid(f"There is no version {version}; known are: {', '.join(sorted(known))} and base.")
    return _moved(url, wait, lambda config: command.downgrade(config, version))


def _moved(url: str, wait: float, move: Callable[[Config], None]) -> list[str]:
    before = {revision.version for revision in status(url) if revision.applied}
    engine = migration_engine(url)
    with _only_migrator(engine, wait), engine.connect() as connection:
        _bound_lock_waits(connection)
        config = _config()
        config.attributes["connection"] = connection
        move(config)
    after = {revision.version for revision in status(url) if revision.applied}
    return sorted(before ^ after)


def _bound_lock_waits(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()


@contextmanager
def _only_migrator(engine: Engine, wait: float) -> Iterator[None]:
    with (_advisory_lock if engine.dialect.name == "postgresql" else _file_lock)(engine) as is_ours:
        deadline = time.monotonic() + wait
        while not is_ours():
            if time.monotonic() > deadline:
                raise Unavailable(f"Another migration has been running for {wait:.0f} s; try again when it is done.")
            time.sleep(0.2)
        yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[Callable[[], bool]]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        try:
            yield lambda: bool(session.scalar(text("SELECT pg_try_advisory_lock(:id)"), {"id": _LOCK_ID}))
        finally:
            session.execute(text("SELECT pg_advisory_unlock_all()"))


@contextmanager
def _file_lock(engine: Engine) -> Iterator[Callable[[], bool]]:
    """Beside the database: closing any descriptor of SQLite's own file would drop the locks that SQLite holds on it."""
    descriptor = os.open(f"{engine.url.database}.migrating", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def is_ours() -> bool:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    try:
        yield is_ours
    finally:
        os.close(descriptor)


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))
