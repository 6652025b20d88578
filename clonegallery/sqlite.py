"""SQLite in PostgreSQL's place, for development: one file, many readers, one writer at a time.

The gallery brings its SQLite (the package `sqlean.py`) as it brings its PostgreSQL: Python's own may be of any age, and
in many builds cannot load sqlite-vec, which measures how far apart two pictures lie.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import aiosqlite
import sqlite_vec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlean import dbapi2

from clonegallery.settings import ROOT

MIGRATION_WAIT = 4.0
"""Seconds that a migration waits for a writer, as it does for PostgreSQL's locks."""
_AGAIN_SECONDS = 0.01


def is_sqlite(url: str) -> bool:
    """Whether this database is a file of SQLite's."""
    return url.startswith("sqlite")


def path_of(url: str) -> Path:
    """Where the file is; a relative path begins at the project's root, wherever the process was started."""
    return ROOT / str(make_url(url).database)


def async_engine(url: str, *, pool_size: int, timeout: float) -> AsyncEngine:
    """The engine of a process. `timeout` is the seconds that are waited for a connection, and for whoever writes."""
    engine = create_async_engine(
        _url(url, "aiosqlite"),
        module=_async_driver(),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=timeout,
        hide_parameters=True,
        connect_args={"timeout": timeout, "foreign_keys": True},
    )
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def sync_engine(url: str) -> Engine:
    """An engine for migrations. They make tables anew, so that foreign keys must hold at their end, not on the way."""
    path = path_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # It holds the hashes of passwords; what SQLite puts beside it is as closed.
    engine = create_engine(
        _url(url, "pysqlite"),
        module=dbapi2,
        creator=lambda: _open(str(path), timeout=MIGRATION_WAIT, foreign_keys=False),
        poolclass=NullPool,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _url(url: str, driver: str) -> URL:
    return make_url(url).set(drivername=f"sqlite+{driver}", database=str(path_of(url)))


def _open(path: str, *, timeout: float, foreign_keys: bool, **options: Any) -> Any:
    """A connection of the driver's, without the driver's own notion of where transactions begin."""
    connection = dbapi2.connect(path, timeout=timeout, isolation_level=None, **options)
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    connection.enable_load_extension(False)
    connection.create_function("lower", 1, _lower, deterministic=True)
    _write_ahead(connection, timeout)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA recursive_triggers = ON")  # Or a REPLACE would pass by what keeps the audit log whole.
    connection.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
    return connection


def _write_ahead(connection: Any, timeout: float) -> None:
    """Whoever reads waits for nobody. While another connection does the same to a new file SQLite waits for nobody
    either, but says at once that it is locked."""
    until = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except dbapi2.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(_AGAIN_SECONDS)


def _lower(value: Any) -> str | None:
    """SQLite's own knows ASCII only; PostgreSQL's all letters."""
    return None if value is None else str(value).lower()


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# What raw SQL is given lies in the tables as columns write it, so that it can be compared with them.
dbapi2.register_adapter(datetime, _as_text)
dbapi2.register_adapter(UUID, lambda id_: id_.hex)


def _begin(connection: Connection) -> None:
    """Who begins a transaction will write, and waits for its turn here: later there would be no way but to fail."""
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    driver: Any = connection.connection.dbapi_connection
    driver.isolation_level = None  # SQLAlchemy takes the driver's notion up again after each AUTOCOMMIT.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _async_driver() -> AsyncAdapt_aiosqlite_dbapi:
    """aiosqlite, a thread for each connection, over our SQLite in place of Python's; errors are those of the former."""
    module = ModuleType("aiosqlite over sqlean")
    vars(module).update(vars(dbapi2), Connection=aiosqlite.Connection, connect=_connect)
    return AsyncAdapt_aiosqlite_dbapi(module, dbapi2)


def _connect(path: str, **options: Any) -> aiosqlite.Connection:
    return aiosqlite.Connection(lambda: _open(path, **options), iter_chunk_size=64)
