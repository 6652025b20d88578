"""The schema goes both ways, one migrator at a time, and never waits behind a long lock."""

import threading
import time
from collections.abc import Iterator

import pytest
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from alembic import command
from clonegallery import migrations
from clonegallery.db import async_url
from clonegallery.errors import Invalid, Unavailable
from clonegallery.settings import ROOT, get_settings

NAME = "migrations_under_test"


@pytest.fixture
def url(services: object) -> Iterator[str]:
    """An empty database of its own, beside the suite's."""
    base = make_url(get_settings().database_url)
    engine = create_engine(async_url(get_settings().database_url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield base.set(database=NAME).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))


def _applied(url: str) -> list[str]:
    return [revision.version for revision in migrations.status(url) if revision.applied]


def _tables(url: str) -> set[str]:
    with create_engine(async_url(url), poolclass=NullPool).connect() as connection:
        rows = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return {row.tablename for row in rows}


def test_up_down_and_up_again(url: str) -> None:
    everything = migrations.migrate(url)
    assert _applied(url) == everything
    assert migrations.migrate(url) == []
    assert migrations.rollback(url, everything[0]) == everything[1:]
    assert migrations.rollback(url, "base") == everything[:1]
    assert _tables(url) == {"alembic_version"}
    assert migrations.migrate(url) == everything


def test_the_migrated_schema_is_the_models_schema(url: str) -> None:
    migrations.migrate(url)
    config = Config(str(ROOT / "alembic.ini"))
    with create_engine(async_url(url), poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    assert set(SQLModel.metadata.tables) <= _tables(url)


def test_no_index_is_left_invalid(url: str) -> None:
    migrations.migrate(url)
    with create_engine(async_url(url), poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")) == 0


def test_an_unknown_version_is_refused_by_name(url: str) -> None:
    with pytest.raises(Invalid, match="no version 999"):
        migrations.rollback(url, "999")


def test_two_migrators_at_once_share_the_work(url: str) -> None:
    outcomes: list[list[str]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(migrations.migrate(url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 2
    assert _applied(url) == max(outcomes)


def test_a_second_migrator_gives_up_in_plain_words(url: str) -> None:
    engine = create_engine(async_url(url), poolclass=NullPool)
    with migrations._only_migrator(engine, 1.0), pytest.raises(Unavailable, match="Another migration"):
        migrations.migrate(url, wait=0.5)


def test_behind_a_long_lock_it_gives_up_and_can_be_rerun(url: str) -> None:
    migrations.migrate(url)
    migrations.rollback(url, "004")  # That one altered the table that is held here.
    before = _applied(url)
    with create_engine(async_url(url), poolclass=NullPool).connect() as holder:
        holder.execute(text("LOCK TABLE users IN ACCESS SHARE MODE"))
        started = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            migrations.rollback(url, "003")
        assert time.monotonic() - started < 30, "the lock was held for good: only giving up can end this"
    assert _applied(url) == before
    assert migrations.rollback(url, "003") == ["004"]


def test_a_user_who_may_not_create_extensions_is_told_who_may(url: str) -> None:
    admin = create_engine(async_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    plain = make_url(url).set(username="plain").render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text("DROP ROLE IF EXISTS plain"))
        connection.execute(text("CREATE ROLE plain LOGIN"))
        connection.execute(text(f"ALTER DATABASE {NAME} OWNER TO plain"))
    try:
        with pytest.raises(Unavailable, match="CREATE EXTENSION vector"):
            migrations.migrate(plain)
        assert _applied(plain)[-1] == "007", "what came before it is there"
        with admin.connect() as connection:
            connection.execute(text("CREATE EXTENSION vector"))
        assert migrations.migrate(plain)[0] == "008"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {NAME} OWNER TO postgres"))
            connection.execute(text("REASSIGN OWNED BY plain TO postgres"))
            connection.execute(text("DROP OWNED BY plain"))
            connection.execute(text("DROP ROLE plain"))


def test_the_search_goes_both_ways_with_something_in_it(url: str) -> None:
    migrations.migrate(url)
    engine = create_engine(async_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    spaces = "INSERT INTO embedding_spaces (model, fingerprint, source, dimensions, status, created_at) VALUES "
    with engine.connect() as connection:
        connection.execute(text(f"{spaces} ('m', 'a', 'm', 3, 'active', now()), ('m', 'b', 'm', 3, 'building', now())"))
        connection.execute(
            text("CREATE INDEX ix_image_embeddings_space_2 ON image_embeddings (image_id) WHERE space_id = 2")
        )
    migrations.rollback(url, "008")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM embedding_spaces")).scalars().all() == [1]
        gone = text("SELECT to_regclass('ix_image_embeddings_space_2')")
        assert connection.execute(gone).scalar_one() is None
    migrations.migrate(url)
