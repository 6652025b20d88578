"""SQLite as the gallery opens it: what its connections can do, how values lie in it, and whose turn it is to write."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.db import autocommitting, reading, unit_of_work
from clonegallery.errors import Conflict
from clonegallery.ids import new_id
from clonegallery.models import Tag
from clonegallery.models.audit import AuditEntry
from clonegallery.settings import ROOT
from clonegallery.sqlite import _open, path_of
from tests.conftest import Services, on_sqlite
from tests.factories import PASSWORD

pytestmark = [pytest.mark.usefixtures("database"), on_sqlite]


async def _value(query: str, **values: object) -> Any:
    async with reading() as connection:
        return (await connection.execute(text(query), values)).scalar_one()


async def _tag(name: str) -> None:
    async with unit_of_work() as work:
        work.session.add(Tag(name=name))


def test_a_relative_path_begins_at_the_project(database: Services) -> None:
    assert path_of("sqlite:///var/dev.db") == ROOT / "var" / "dev.db"
    assert path_of("sqlite:////srv/dev.db") == Path("/srv/dev.db")


async def test_every_connection_measures_vectors_and_keeps_references() -> None:
    here, there = (np.array(numbers, "<f4").tobytes() for numbers in ([1, 0], [0.6, 0.8]))
    assert await _value("SELECT vec_distance_cosine(:here, :there)", here=here, there=there) == pytest.approx(0.4)
    assert await _value("PRAGMA journal_mode") == "wal"
    async with unit_of_work() as work:
        for pragma in ("foreign_keys", "recursive_triggers"):
            assert (await work.session.execute(text(f"PRAGMA {pragma}"))).scalar_one() == 1


async def test_text_has_a_lower_case_beyond_ascii() -> None:
    assert await _value("SELECT lower('ÄÖ') || coalesce(lower(NULL), '') || lower(7)") == "äö7"
    await service.create_user(email="jürgen@example.org", username="jurgen", password=PASSWORD)
    with pytest.raises(Conflict):
        await service.create_user(email="JÜRGEN@example.org", username="another", password=PASSWORD)


async def test_moments_are_compared_as_moments_however_they_were_given() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    given = [noon + timedelta(microseconds=1), noon, noon - timedelta(days=700_000), noon + timedelta(seconds=1)]
    async with unit_of_work() as work:
        work.session.add_all(AuditEntry(action=str(n), at=moment) for n, moment in enumerate(given))
    async with reading() as connection:
        found = (await connection.execute(select(col(AuditEntry.at)).order_by(col(AuditEntry.at)))).scalars().all()
    assert list(found) == sorted(given)
    elsewhere = noon.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert await _value("SELECT action FROM audit_log WHERE at = :moment", moment=elsewhere) == "1"


async def test_ids_are_found_by_plain_sql_as_well() -> None:
    tag = Tag(id=new_id(), name="sea")
    async with unit_of_work() as work:
        work.session.add(tag)
    assert await _value("SELECT name FROM tags WHERE id = :id", id=tag.id) == "sea"


async def test_whoever_reads_waits_for_nobody_and_sees_what_was_committed() -> None:
    async with unit_of_work() as work:
        work.session.add(Tag(name="sea"))
        await work.session.flush()
        assert await _value("SELECT count(*) FROM tags") == 0
    assert await _value("SELECT count(*) FROM tags") == 1


def test_who_open_a_new_file_at_once_wait_for_one_another(tmp_path: Path) -> None:
    """Whether SQLite waits by itself hangs on who comes when; of so many some would fail."""
    open_it = partial(_open, timeout=30, foreign_keys=True, check_same_thread=False)
    with ThreadPoolExecutor(8) as pool:
        for number in range(60):
            path = str(tmp_path / f"{number}.db")
            opened = list(pool.map(open_it, [path] * 8))
            assert {one.execute("PRAGMA journal_mode").fetchone() for one in opened} == {("wal",)}
            for one in opened:
                one.close()


async def test_each_statement_by_itself_is_committed_where_that_was_asked_for() -> None:
    async with autocommitting() as connection:
        line = "INSERT INTO audit_log (id, at, action, address, user_agent, detail) VALUES ('a', '', 'b', '', '', '')"
        await connection.execute(text(line))
        await _tag("sky")
    assert await _value("SELECT (SELECT count(*) FROM audit_log) + count(*) FROM tags") == 2


async def test_who_is_cancelled_while_waiting_for_a_turn_takes_none() -> None:
    async with unit_of_work() as work:
        work.session.add(Tag(name="sea"))
        await work.session.flush()
        waiting = [asyncio.create_task(_tag(f"late {number}")) for number in range(3)]
        await asyncio.sleep(0.1)
        for task in waiting:
            task.cancel()
    await _tag("sky")
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    assert await _value("SELECT count(*) FROM tags") == 2
