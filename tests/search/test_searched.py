"""Which space is searched is known without asking the database, for as long as it is so."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, event

from clonegallery import changes
from clonegallery.db import get_engine, unit_of_work
from clonegallery.inference.embedders import EmbeddingModel
from clonegallery.search import searched
from clonegallery.search.repository import spaces
from clonegallery.search.searched import searched_space
from tests.conftest import Services, both_databases

pytestmark = [both_databases, pytest.mark.usefixtures("nothing_remembered")]


@pytest.fixture
def asked(database: Services) -> list[str]:
    """The questions about spaces that the database is asked."""
    found: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT") and "FROM embedding_spaces" in statement:
            found.append(statement)

    event.listen(get_engine().sync_engine, "before_cursor_execute", note)
    return found


async def _searched(name: str) -> int:
    """A space by that name that is searched from now on."""
    async with unit_of_work() as work:
        model = EmbeddingModel(name, name, name)
        space = await spaces.make(work.session, model, dimensions=4, yardstick="")
        await spaces.activate(work.session, space.id)
    return int(space.id)


async def _id() -> int | None:
    space = await searched_space()
    return None if space is None else int(space.id)


async def test_it_is_asked_for_once_until_another_is_searched(asked: list[str]) -> None:
    assert [await _id(), await _id()] == [None, None]
    assert len(asked) == 1
    first = await _searched("one")
    asked.clear()
    assert [await _id(), await _id()] == [first, first]
    assert len(asked) == 1
    second = await _searched("two")
    asked.clear()
    assert [await _id(), await _id()] == [second, second]
    assert len(asked) == 1
    assert len(searched._remembered) == 1, "of what is over nothing is kept"


async def test_what_was_asked_during_the_change_is_not_remembered_after_it(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is from before the change, and comes after it."""
    first, active = await _searched("one"), spaces.active

    async def late(reader: spaces.Reader) -> object:
        found = await active(reader)
        patch.undo()
        await _searched("two")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(spaces, "active", late)
        assert await _id() == first
    assert await _id() not in (first, None)


async def test_after_a_minute_it_is_asked_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that lost its last second may say a version of before."""
    await _searched("one")
    await _id()
    asked.clear()
    now = time.monotonic()
    for later, expected in ((59, 0), (61, 1)):
        monkeypatch.setattr(searched, "time", SimpleNamespace(monotonic=lambda later=later: now + later))
        await _id()
        assert len(asked) == expected


async def test_without_a_version_it_is_asked_each_time(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = await _searched("one")
    asked.clear()
    monkeypatch.setattr(changes.ledger, "_owed", {changes.EVERYBODY: object()})
    monkeypatch.setattr(changes.ledger, "_retry", lambda: None)
    assert [await _id(), await _id()] == [first, first]
    assert len(asked) == 2
