"""One transaction, one commit, and hooks that run only after it."""

import pytest
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.models import Tag

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
