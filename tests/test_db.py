"""One transaction, one commit, and hooks that run only after it."""

from contextlib import AsyncExitStack

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url, reading, unit_of_work
from clonegallery.models import Tag
from tests.conftest import Services

pytestmark = pytest.mark.usefixtures("database")


async def _count() -> int:
    async with reading() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM tags"))).scalar_one())


async def test_hooks_run_after_the_commit_and_see_the_row() -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(await _count())

    async with unit_of_work() as work:
        work.session.add(Tag(name="sea"))
        work.after_commit(look)
        assert seen == []
    assert seen == [1]


async def test_a_roll_back_forgets_rows_and_hooks() -> None:
    called: list[str] = []

    async def call() -> None:
        called.append("called")

    async def give_up() -> None:
        async with unit_of_work() as work:
            work.session.add(Tag(name="sea"))
            work.after_commit(call)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await give_up()
    assert (await _count(), called) == (0, [])


async def test_a_failing_hook_is_logged_and_the_next_still_runs() -> None:
    called: list[str] = []

    async def fail() -> None:
        raise ConnectionError("redis is away")

    async def call() -> None:
        called.append("called")

    async with unit_of_work() as work:
        work.session.add(Tag(name="sea"))
        work.after_commit(fail)
        work.after_commit(call)
    assert (await _count(), called) == (1, ["called"])


async def test_times_come_back_in_utc() -> None:
    async with reading() as connection:
        moment = (await connection.execute(text("SELECT now()"))).scalar_one()
    assert moment.utcoffset().total_seconds() == 0


async def test_connections_walk_an_index_of_vectors_on_while_too_few_pass() -> None:
    async with reading() as connection:
        await connection.execute(
            text("SELECT '[1]'::vector")
        )  # The settings are the extension's, known once it is used.
        for name, value in {"hnsw.iterative_scan": "relaxed_order", "hnsw.ef_search": "300", "jit": "off"}.items():
            assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value


_OWN = "SELECT pg_backend_pid()"


async def _fill_the_pool(connections: int) -> set[int]:
    """The server's processes behind that many connections, which are all back in the pool."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(reading()) for _ in range(connections)]
        return {(await connection.execute(text(_OWN))).scalar_one() for connection in opened}


async def test_connections_that_the_server_closed_are_replaced_before_use(database: Services) -> None:
    dead = await _fill_the_pool(5)
    assert len(dead) == 5
    with create_engine(async_url(database.database_url), poolclass=NullPool).connect() as other:
        # Waits until each has ended, as after a restart of the server.
        ended = text("SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM unnest(:pids) AS pid")
        assert other.execute(ended, {"pids": list(dead)}).scalar_one() == 5
    assert await _fill_the_pool(5) & dead == set()


async def test_connections_that_live_are_used_again() -> None:
    living = await _fill_the_pool(3)
    assert [await _fill_the_pool(3) for _ in range(3)] == [living] * 3
