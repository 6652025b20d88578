"""The schema goes both ways, one migrator at a time, and never waits behind a long lock."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from alembic import command
from clonegallery import migrations
from clonegallery.db import async_url, migration_engine
from clonegallery.errors import Invalid, Unavailable
from clonegallery.settings import ROOT, get_settings

NAME = "migrations_under_test"


@pytest.fixture
def url(request: pytest.FixtureRequest, services: object, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own, beside the suite's; where `on_both` asks for it, SQLite's."""
    if getattr(request, "param", "postgresql") == "sqlite":
        yield f"sqlite:///{tmp_path}/migrated.db"
        return
    base = make_url(get_settings().database_url)
    engine = create_engine(async_url(get_settings().database_url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield base.set(database=NAME).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))


on_both = pytest.mark.parametrize("url", ["postgresql", "sqlite"], indirect=True)


def _applied(url: str) -> list[str]:
    return [revision.version for revision in migrations.status(url) if revision.applied]


def _tables(url: str) -> set[str]:
    return set(inspect(migration_engine(url)).get_table_names())


@on_both
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
    with migration_engine(url).connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    assert set(SQLModel.metadata.tables) <= _tables(url)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_it_is_on_sqlite_too_where_alembic_cannot_compare(url: str) -> None:
    """Some migrations make tables anew there, and must not lose a condition, a reference or an index."""
    migrations.migrate(url)
    of_models = migration_engine(f"{url}.models")
    with of_models.begin() as connection:
        SQLModel.metadata.create_all(connection)
    assert _details(migration_engine(url)) == _details(of_models)


def _details(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        named = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        found: dict[str, list[Any]] = {"indexes": sorted((name, sql.replace('"', "").split()) for name, sql in named)}
        for name in SQLModel.metadata.tables:
            columns = connection.execute(text(f"SELECT name, type, [notnull], pk FROM pragma_table_xinfo('{name}')"))
            keys = connection.execute(text(f"SELECT * FROM pragma_foreign_key_list('{name}')"))
            checks = inspect(connection).get_check_constraints(name)
            unique = inspect(connection).get_unique_constraints(name)
            found[name] = [
                sorted(map(tuple, columns)),
                sorted(tuple(key)[2:] for key in keys),
                sorted((check["name"] or "", check["sqltext"]) for check in checks),
                sorted(one["column_names"] for one in unique),
            ]
    return found


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_step_that_would_leave_a_row_without_what_it_points_to_is_not_taken(url: str) -> None:
    migrations.migrate(url)
    with migration_engine(url).begin() as connection:
        connection.execute(text("INSERT INTO image_tags (image_id, tag_id) VALUES ('a', 'b')"))
    with pytest.raises(RuntimeError, match="a row of image_tags"):
        migrations.rollback(url, "009")
    assert _applied(url)[-1] != "009"


def test_no_index_is_left_invalid(url: str) -> None:
    migrations.migrate(url)
    with create_engine(async_url(url), poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")) == 0


@on_both
def test_an_unknown_version_is_refused_by_name(url: str) -> None:
    with pytest.raises(Invalid, match="no version 999"):
        migrations.rollback(url, "999")


@on_both
def test_two_migrators_at_once_share_the_work(url: str) -> None:
    outcomes: list[list[str]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(migrations.migrate(url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 2
    assert _applied(url) == max(outcomes)


@on_both
def test_a_second_migrator_gives_up_in_plain_words(url: str) -> None:
    engine = migration_engine(url)
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


@on_both
def test_the_search_goes_both_ways_with_something_in_it(url: str) -> None:
    migrations.migrate(url)
    spaces = "INSERT INTO embedding_spaces (model, fingerprint, source, dimensions, status, created_at) VALUES "
    with migration_engine(url).begin() as connection:
        row = "('m', '{}', 'm', 3, '{}', CURRENT_TIMESTAMP)"
        connection.execute(text(f"{spaces} {row.format('a', 'active')}, {row.format('b', 'building')}"))
        connection.execute(
            text("CREATE INDEX ix_image_embeddings_space_2 ON image_embeddings (image_id) WHERE space_id = 2")
        )
    migrations.rollback(url, "008")
    with migration_engine(url).connect() as connection:
        assert connection.execute(text("SELECT id FROM embedding_spaces")).scalars().all() == [1]
        left = {index["name"] for index in inspect(connection).get_indexes("image_embeddings")}
        assert "ix_image_embeddings_space_2" not in left
    migrations.migrate(url)
