"""The engine, and `unit_of_work()`: the only place in the codebase that commits."""

import select
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from clonegallery import sqlite
from clonegallery.changes import Changes, shows_in_lists
from clonegallery.log import get_logger
from clonegallery.settings import Settings, get_settings

log = get_logger(__name__)

_PREPARED_AFTER = 1
"""Executions of a statement that has one good plan; the driver by itself waits for five, and then the server plans the
next five anew."""

_POSTGRES: Final = {
    "timezone": "UTC",
    "jit": "off",
    # How an index of vectors is walked (https://github.com/pgvector/pgvector#iterative-index-scans): on, while too few
    # pass the conditions, and in a relaxed order, which finds more of the nearest in the same time.
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "300",
    # So far that a hundredth passing is enough for a few hundred, and memory for it, in units of `work_mem`.
    "hnsw.max_scan_tuples": "200000",
    "hnsw.scan_mem_multiplier": "8",
}

AfterCommit = Callable[[], Awaitable[None]]
_CHANGES = "clonegallery_changes"
_USED_BEFORE = "clonegallery_used_before"


def async_url(url: str) -> URL:
    """`postgresql://…`, as operators write it, with the driver that the gallery uses (psycopg 3)."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


@lru_cache(maxsize=1)
def get_engine() -> AsyncEngine:
    """The engine of this process; connections that died with a restarted server are dropped together, before use."""
    settings = get_settings()
    engine = _new_engine(settings)
    event.listen(engine.sync_engine, "before_cursor_execute", _see)
    return engine


def _new_engine(settings: Settings) -> AsyncEngine:
    if database_kind() == "sqlite":
        return sqlite.async_engine(settings.database_url, pool_size=settings.db_pool_size, timeout=settings.db_timeout)
    engine = create_async_engine(
        async_url(settings.database_url),
        pool_size=settings.db_pool_size,
        max_overflow=settings.db_pool_size,
        pool_timeout=settings.db_timeout,
        pool_recycle=1800,
        pool_use_lifo=True,  # The one used last knows the statements and has the tables at hand.
        hide_parameters=True,  # An error that is logged must not tell password hashes and addresses.
        connect_args={"connect_timeout": int(settings.db_timeout), "options": postgres_options()},
    )
    event.listen(engine.sync_engine, "checkout", _require_living)
    return engine


def _require_living(_adapted: object, record: ConnectionPoolEntry, _fairy: object) -> None:
    """Have the pool make a new connection in place of one that the server has closed while it lay there.

    Asked of the socket, within microseconds and without the round trip of a ping: a server says nothing unasked but
    that it closes the connection. Others are then dead as well, for with one crashed process it ends all.
    """
    driver: Any = record.driver_connection
    if not record.info.get(_USED_BEFORE):
        record.info[_USED_BEFORE] = True  # A new one is not doubted, whatever a proxy in between may say first.
        return
    if driver.closed or _has_something_to_say(driver.pgconn.socket):
        raise InvalidatePoolError


def _has_something_to_say(descriptor: int) -> bool:
    poll = select.poll()  # Unlike `select`, for any number of descriptors.
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def postgres_options() -> str:
    """What every connection of the gallery's to PostgreSQL is set to, as the server takes it when one begins."""
    return " ".join(f"-c {name}={value}" for name, value in _POSTGRES.items())


def _see(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
    """Show every statement to its unit of work: no write path can forget that lists have changed."""
    changes = connection.get_execution_options().get(_CHANGES)
    if isinstance(changes, Changes):
        changes.note(statement)
    elif shows_in_lists(statement):
        raise RuntimeError("what lists show is written by a unit of work only")


def migration_engine(url: str) -> Engine:
    """A blocking engine that keeps no connection, for migrations."""
    return sqlite.sync_engine(url) if sqlite.is_sqlite(url) else create_engine(async_url(url), poolclass=NullPool)


def database_kind() -> Literal["postgresql", "sqlite"]:
    """Which of the two databases this process uses."""
    return "sqlite" if sqlite.is_sqlite(get_settings().database_url) else "postgresql"


async def dispose_engine() -> None:
    """Close every pooled connection; the next use makes a new engine."""
    if get_engine.cache_info().currsize:
        await get_engine().dispose()
        get_engine.cache_clear()


@dataclass(slots=True)
class UnitOfWork:
    """One transaction and what must happen once it is durable."""

    session: AsyncSession
    changes: Changes = field(default_factory=Changes)
    _hooks: list[AfterCommit] = field(default_factory=list)

    def after_commit(self, hook: AfterCommit) -> None:
        """Run `hook` once the commit has succeeded; a roll-back forgets it. A hook is a hint: its failure is logged."""
        self._hooks.append(hook)

    async def run_hooks(self) -> None:
        for hook in self._hooks:
            try:
                await hook()
            except Exception:
                log.warning("after-commit hook failed", exc_info=True)


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[UnitOfWork]:
    """One transaction: committed when the block ends, rolled back when it raises, its hooks run after the commit.

    Lists are out of date before the first hook runs: whoever is told by one finds what is new.
    """
    changes = Changes()
    engine = get_engine().execution_options(**{_CHANGES: changes})
    async with AsyncExitStack() as at_last, AsyncSession(engine, expire_on_commit=False) as session:
        work = UnitOfWork(session, changes)
        async with session.begin():
            yield work
            # From here on, for a commit that fails or is cancelled may have happened nevertheless.
            at_last.push_async_callback(changes.announce)
    await work.run_hooks()


async def ping() -> None:
    """One round trip to the database; raises what the driver raises when there is none."""
    async with reading() as connection:
        await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def autocommitting() -> AsyncIterator[AsyncConnection]:
    """A connection that commits each statement: for what PostgreSQL does only so, as `CREATE INDEX CONCURRENTLY`."""
    async with get_engine().connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncConnection]:
    """A connection for single SELECTs: autocommit, so that a page of the feed costs one round trip instead of three."""
    async with autocommitting() as connection:
        yield connection


@asynccontextmanager
async def planning() -> AsyncIterator[AsyncConnection]:
    """As `reading`, for statements whose best plan depends on what is asked for: each is planned for its own values.

    A statement that is prepared, as the driver does with what comes often, may get one plan for all values, which knows
    neither how common a word is nor how far a range reaches.
    """
    async with reading() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        if not isinstance(driver, psycopg.AsyncConnection):
            yield connection
            return
        usual, driver.prepare_threshold = driver.prepare_threshold, None
        try:
            yield connection
        finally:
            driver.prepare_threshold = usual


@asynccontextmanager
async def preparing(connection: AsyncConnection) -> AsyncIterator[None]:
    """Within `planning`: what is executed here has one good plan whatever is asked for, and is prepared."""
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        yield
        return
    before, driver.prepare_threshold = driver.prepare_threshold, _PREPARED_AFTER
    try:
        yield
    finally:
        driver.prepare_threshold = before
