"""Whatever a list shows renews a version when it is written, however it is written, and nothing else does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from clonegallery import changes, events
from clonegallery.changes import EVERYBODY, Ledger, of_person, shows_in_lists
from clonegallery.clock import utcnow
from clonegallery.db import autocommitting, reading, unit_of_work
from clonegallery.models import Role, Tag, User
from clonegallery.models.tables import table_of
from clonegallery.settings import get_settings

pytestmark = pytest.mark.usefixtures("database")

SHOWN = {
    "derivatives", "embedding_spaces", "generated_images", "image_embeddings", "image_likes", "image_tags", "images",
    "instruments", "tags",
}  # fmt: skip
NOT_SHOWN = {
    "api_keys", "audit_log", "generations", "job_turns", "jobs", "login_sessions", "mailed_links", "oauth_identities",
    "refresh_tokens",
}  # fmt: skip
PEOPLE = {"users"}
TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables}
_WRITES: list[Callable[[Table], Any]] = [
    lambda table: insert(table).from_select([next(iter(table.c)).name], select(text("NULL")).where(text("false"))),
    lambda table: update(table).values({next(iter(table.c)).name: None}).where(text("false")),
    lambda table: delete(table).where(text("false")),
    lambda table: text(f"DELETE FROM {table.name} WHERE false"),
    lambda table: text(f"WITH gone AS (DELETE FROM {table.name} WHERE false RETURNING 1) SELECT * FROM gone"),
]


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """One that owes nothing, whatever other tests have done to theirs."""
    found = Ledger()
    monkeypatch.setattr(changes, "ledger", found)
    return found


async def versions(*people: UUID) -> list[bytes | None]:
    found: list[bytes | None] = await events.get_redis().mget([EVERYBODY, *map(of_person, people)])
    return found


def test_every_table_is_known() -> None:
    """A new table counts as shown until it is named in `changes`; decide here what it is."""
    assert set(TABLES) == SHOWN | NOT_SHOWN | PEOPLE


@pytest.mark.parametrize("table", sorted(SHOWN | NOT_SHOWN))
async def test_every_way_to_write_a_table_that_lists_show_is_noticed(table: str) -> None:
    for write in _WRITES[:1] if table == "audit_log" else _WRITES:  # Nobody but its first writer may touch the log.
        before = await versions()
        async with unit_of_work() as work:
            await work.session.execute(write(TABLES[table]))
        assert (await versions() != before) == (table in SHOWN), write(TABLES[table])


async def test_what_a_session_flushes_is_noticed_even_by_the_commit() -> None:
    before = await versions()
    async with unit_of_work() as work:
        work.session.add(Tag(name="sea"))
    added = await versions()
    async with unit_of_work() as work:
        tag = (await work.session.execute(select(Tag))).scalar_one()
        tag.name = "sky"
    renamed = await versions()
    async with unit_of_work() as work:
        (await work.session.execute(select(Tag).with_for_update())).scalar_one()
    assert len({*before, *added, *renamed}) == 3
    assert await versions() == renamed, "reading, and locking, is no change"


async def test_of_people_only_the_name_shows() -> None:
    before = await versions()
    async with unit_of_work() as work:
        user = User(email="b@example.org", username="bob", role=Role.EDITOR)
        work.session.add(user)
    async with unit_of_work() as work:
        found = await work.session.get_one(User, user.id)
        found.token_epoch += 1
        users = table_of(User)
        await work.session.execute(update(users).where(users.c.id == user.id).values(last_login_at=utcnow()))
    assert await versions() == before
    async with unit_of_work() as work:
        (await work.session.get_one(User, user.id)).username = "rob"
    assert await versions() != before


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("UPDATE jobs SET a = 1 WHERE id = (SELECT id FROM jobs FOR UPDATE SKIP LOCKED)", False),
        ("INSERT INTO job_turns (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET served_at = 1", False),
        ("WITH held AS (SELECT id FROM images FOR NO KEY UPDATE NOWAIT) UPDATE jobs SET a = 1", False),
        ("SELECT * FROM images FOR UPDATE", False),
        ('insert into "image_tags" values (1)', True),
        ("UPDATE ONLY images SET title = 'UPDATE jobs'", True),
        ("DELETE FROM users", True),
        ("INSERT INTO a_table_of_tomorrow VALUES (1)", True),
    ],
)
def test_sql_is_read_rightly(statement: str, shown: bool) -> None:
    assert shows_in_lists(statement) is shown


async def test_nobody_but_a_unit_of_work_writes_what_lists_show() -> None:
    for connect in (reading, autocommitting):
        async with connect() as connection:
            with pytest.raises((RuntimeError, StatementError), match="unit of work"):
                await connection.execute(text("DELETE FROM images"))
            await connection.execute(text("DELETE FROM jobs"))


async def test_a_unit_may_say_whom_it_concerns() -> None:
    ann, ben = uuid4(), uuid4()
    before = await versions(ann, ben)
    for people in ((ann,), (), (ann, ben)):
        async with unit_of_work() as work:
            await work.session.execute(text("DELETE FROM images"))
            work.changes.concern_only(*people)
        after = await versions(ann, ben)
        assert after[0] == before[0]
        assert [old != new for old, new in zip(before[1:], after[1:], strict=True)] == [ann in people, ben in people]
        before = after


async def test_a_roll_back_renews_nothing_and_a_commit_that_fails_does() -> None:
    before = await versions()
    with pytest.raises(ZeroDivisionError):
        await _give_up()
    assert await versions() == before
    with pytest.raises(IntegrityError):
        # The flush is a part of the commit here: nobody outside can tell how far it came.
        async with unit_of_work() as work:
            work.session.add_all([Tag(name="sea"), Tag(name="sea")])
    assert await versions() != before


async def _give_up() -> None:
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM images"))
        raise ZeroDivisionError


async def test_lists_are_out_of_date_before_anybody_is_told() -> None:
    before, seen = await versions(), []

    async def tell() -> None:
        seen.extend(await versions())

    async with unit_of_work() as work:
        work.after_commit(tell)
        await work.session.execute(text("DELETE FROM images"))
    assert seen == await versions() != before


async def test_a_caller_that_goes_away_does_not_stop_it(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    write, begun, go_on = changes._write, asyncio.Event(), asyncio.Event()

    async def slow(names: Any) -> None:
        begun.set()
        await go_on.wait()
        await write(names)

    monkeypatch.setattr(changes, "_write", slow)
    before = await versions()
    caller = asyncio.create_task(_delete())
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await asyncio.gather(*ledger._tasks)
    assert await versions() != before


async def test_a_commit_that_is_cancelled_may_have_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    before = await versions()
    commit = AsyncSession.begin

    def cancelled(session: AsyncSession) -> Any:
        return _CancelledAtTheEnd(commit(session))

    monkeypatch.setattr(AsyncSession, "begin", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await _delete()
    assert await versions() != before


async def test_whatever_hinders_it_what_is_committed_has_not_failed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    async def fail(_names: Any) -> None:
        raise RuntimeError("the event loop is closed")

    async def tell() -> None:
        told.append(ledger.owes)

    monkeypatch.setattr(changes, "_write", fail)
    async with unit_of_work() as work:
        work.after_commit(tell)
        await work.session.execute(text("DELETE FROM images"))
    assert told == [True]
    assert ledger._retrying is not None
    ledger._retrying.cancel()


class _CancelledAtTheEnd:
    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction

    async def __aenter__(self) -> None:
        await self._transaction.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        await self._transaction.__aexit__(*error)
        raise asyncio.CancelledError


async def _delete() -> None:
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM images"))


@pytest.fixture
async def no_redis(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], Any]]:
    """Redis is away, until the function that this is brings it back."""
    here = get_settings().redis_url
    monkeypatch.setattr(changes, "_RETRY_SECONDS", 0.01)

    async def point(url: str) -> None:
        monkeypatch.setenv("REDIS_URL", url)
        get_settings.cache_clear()
        await events.close_redis()

    await point("redis://127.0.0.1:1/0")
    yield lambda: point(here)
    await events.close_redis()
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_what_could_not_be_told_is_told_when_redis_is_back(
    no_redis: Callable[[], Any], ledger: Ledger, services: Any
) -> None:
    redis, ann = Redis.from_url(services.redis_url), uuid4()
    names = [EVERYBODY, of_person(ann)]
    before = await redis.mget(names)
    await _delete()
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM images"))
        work.changes.concern_only(ann)
    assert ledger.owes
    assert await redis.mget(names) == before
    await no_redis()
    assert ledger._retrying is not None
    await ledger._retrying
    assert not ledger.owes
    assert all(old != new for old, new in zip(before, await redis.mget(names), strict=True))
    await redis.aclose()
