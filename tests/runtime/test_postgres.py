"""The embedded PostgreSQL: made, stopped, taken over and recovered, wherever its folder is."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import psutil
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from clonegallery.errors import Unavailable
from clonegallery.runtime.postgres import Postgres


@pytest.fixture(params=["it's here", "deep/" * 25 + "down"], ids=["quote and space", "too long for a socket"])
def postgres(scratch: Path, request: pytest.FixtureRequest) -> Iterator[Postgres]:
    server = Postgres(scratch / str(request.param) / "postgres")
    yield server
    server.stop()


def _ask(url: str, sql: str) -> object:
    engine = create_engine(async_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(sql))
        return result.scalar() if result.returns_rows else None


def _postmaster(cluster: Path) -> int:
    return int((cluster / "postmaster.pid").read_text().split()[0])


def test_what_was_committed_survives_a_kill(postgres: Postgres) -> None:
    url = postgres.start()
    _ask(url, "CREATE TABLE kept AS SELECT 42 AS number")
    assert _ask(url, "SHOW listen_addresses") == ""
    assert postgres.start() == url  # Taken over, as after a kill of the starter alone.
    cluster = Path(str(_ask(url, "SHOW data_directory")))
    os.kill(_postmaster(cluster), signal.SIGKILL)
    assert _ask(postgres.start(), "SELECT number FROM kept") == 42
    postgres.stop()
    assert not (cluster / "postmaster.pid").exists()
    # After a reboot the number in a file left behind may be any process, this one for instance.
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n5432\n{cluster}\n\n  1  2\nready\n")
    assert _ask(postgres.start(), "SELECT number FROM kept") == 42


def test_a_server_that_dies_while_it_is_taken_over_is_started_again(scratch: Path) -> None:
    server = Postgres(scratch / "dying" / "postgres")
    url = server.start()
    _ask(url, "CREATE TABLE kept AS SELECT 42 AS number")
    process = _postmaster(scratch / "dying" / "postgres")
    os.kill(process, signal.SIGSTOP)  # Still there to be taken over, but it answers nobody.
    death = Timer(0.5, os.kill, (process, signal.SIGKILL))
    death.start()
    assert _ask(server.start(), "SELECT number FROM kept") == 42
    death.join()
    server.stop()


@pytest.mark.parametrize(
    ("memory", "held", "cached"), [(512, "128MB", "256MB"), (8192, "1GB", "4GB"), (65536, "2GB", "32GB")]
)
def test_it_uses_a_part_of_the_memory_there_is(
    memory: int, held: str, cached: str, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clonegallery.runtime.postgres.memory_mb", lambda: memory)
    cluster = scratch / "memory" / "postgres"
    server = Postgres(cluster)
    url = server.start()
    try:
        assert (_ask(url, "SHOW shared_buffers"), _ask(url, "SHOW effective_cache_size")) == (held, cached)
        # What a process used for one statement it keeps for the next.
        assert "MALLOC_TRIM_THRESHOLD_" in psutil.Process(_postmaster(cluster)).environ()
    finally:
        server.stop()


def test_letters_fold_alike_on_every_machine(postgres: Postgres) -> None:
    assert _ask(postgres.start(), "SELECT lower('ÄÖÉ')") == "äöé"


def test_a_cluster_that_was_half_made_is_made_again(scratch: Path) -> None:
    (scratch / "half" / "postgres.new").mkdir(parents=True)
    (scratch / "half" / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = Postgres(scratch / "half" / "postgres")
    assert _ask(server.start(), "SELECT 1") == 1
    server.stop()


def test_why_it_does_not_start_is_said(scratch: Path) -> None:
    (scratch / "other").mkdir()
    (scratch / "other" / "PG_VERSION").write_text("16\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL did not start.*16"):
        Postgres(scratch / "other").start()
