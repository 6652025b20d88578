"""A list is made once and remembered, for whom it was made, until something changes; and nobody depends on Redis."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from sqlalchemy import text

from clonegallery import changes, events
from clonegallery.accounts import people
from clonegallery.accounts.schemas import ANONYMOUS, Scope, Viewer
from clonegallery.changes import EVERYBODY
from clonegallery.db import unit_of_work
from clonegallery.errors import Unavailable
from clonegallery.images import remembered as module
from clonegallery.images.remembered import Shelf, remembered
from clonegallery.images.schemas import FeedQuery
from clonegallery.models.account import Role
from clonegallery.search import service as search
from clonegallery.settings import get_settings
from tests.factories import alice, bob, charlie, sign_in
from tests.search.lists import person, somebody
from tests.statements import statements
from tests.ui.pages.pictures import picture_of

pytestmark = pytest.mark.usefixtures("database", "nothing_remembered")

IMAGES = "/api/v1/images"


class Maker:
    """Makes lists, each other than the one before, and waits at its gate while that is closed."""

    def __init__(self) -> None:
        self.made = 0
        self.begun = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bytes:
        self.made += 1
        body = b"list %d" % self.made
        self.begun.release()
        await self.gate.wait()
        return body


async def ask(make: Callable[[], Any], viewer: Viewer = ANONYMOUS, asked: str = "all") -> bytes:
    return await remembered(viewer, "test", asked, make)


async def change(*whose: UUID) -> None:
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM images"))
        if whose:
            work.changes.concern_only(*whose)


async def lying() -> dict[bytes, bytes]:
    """What is remembered, by its key."""
    redis = events.get_redis()
    keys = [key async for key in redis.scan_iter("cg:lists:*") if b":version:" not in key]
    return {key: await redis.get(key) or b"" for key in keys}


async def test_the_second_page_comes_out_of_redis_and_the_first_out_of_the_database() -> None:
    bob = await somebody("bob")
    await picture_of(person(bob))
    with statements() as first:
        body = await search.find(bob, FeedQuery(count=True))
    with statements() as second:
        assert await search.find(bob, FeedQuery(count=True)) == body
    assert (len(first), second) == (2, [])
    ((key, kept),) = (await lying()).items()
    assert kept.endswith(body)
    await events.get_redis().delete(key)
    with statements() as third:
        assert await search.find(bob, FeedQuery(count=True)) == body
    assert len(third) == 2


async def test_only_first_pages_are_remembered() -> None:
    bob = await somebody("bob")
    for _ in range(2):
        await picture_of(person(bob))
    place = orjson.loads(await search.find(bob, FeedQuery(limit=1)))["next_cursor"]
    for _ in range(2):
        with statements() as sent:
            await search.find(bob, FeedQuery(limit=1, cursor=place))
        assert len(sent) == 1
    assert len(await lying()) == 1


async def test_what_one_sees_nobody_with_other_rights_is_shown() -> None:
    one = Viewer(id=uuid4(), username="ann", role=Role.EDITOR)
    askers = [
        ANONYMOUS,
        one,
        replace(one, id=uuid4()),
        replace(one, role=Role.VISITOR),
        replace(one, scopes=frozenset()),
        replace(one, scopes=frozenset({Scope.READ})),
    ]
    make = Maker()
    bodies = [await ask(make, asker) for asker in askers]
    assert all(first != second for first, second in combinations(bodies, 2))
    assert [await ask(make, asker) for asker in reversed(askers)] == bodies[::-1]
    assert await ask(make, replace(one, session_id=uuid4(), csrf_token="new")) == bodies[1]
    others = [await remembered(one, *what, make) for what in (("test", "all "), ("test2", "all"), ("te", "stall"))]
    assert len({*bodies, *others}) == len(bodies) + 3


async def test_a_private_picture_is_in_no_other_list_though_its_owner_asked_the_same(client: httpx.AsyncClient) -> None:
    owner, visitor, admin = await bob(), await charlie(), await alice()
    secret = str(await picture_of(owner, visibility="private"))

    async def seen(asker: Any) -> bool:
        client.cookies.clear()
        if asker is not None:
            await sign_in(client, asker)
        return secret in (await client.get(f"{IMAGES}?sort=newest")).text

    assert [await seen(asker) for asker in (owner, None, visitor, admin, owner, None)] == [
        True,
        *[False] * 3,
        True,
        False,
    ]


async def test_who_is_shut_out_or_demoted_is_so_at_the_next_question(client: httpx.AsyncClient) -> None:
    owner = await bob()
    secret = str(await picture_of(owner, visibility="private"))
    await sign_in(client, owner)
    for _ in range(2):
        assert secret in (await client.get(IMAGES)).text
    await people.set_role(owner.id, Role.VISITOR)
    assert secret in (await client.get(IMAGES)).text, "it is still their own"
    await people.disable(owner.id)
    for question in (IMAGES, f"{IMAGES}?owner=me"):
        assert secret not in (await client.get(question)).text


async def test_a_list_that_was_begun_before_a_change_is_not_shown_after_it() -> None:
    make = Maker()
    make.gate.clear()
    early = asyncio.create_task(ask(make))
    await asyncio.wait_for(make.begun.acquire(), 30)
    await change()
    late = asyncio.create_task(ask(make))
    await asyncio.wait_for(make.begun.acquire(), 30)
    make.gate.set()
    assert await early == b"list 1", "who asked before may see what was before"
    assert await late == b"list 2", "who asks afterwards does not wait for what was begun before"
    assert await ask(make) == b"list 2"


async def test_what_is_one_s_own_is_made_anew_for_nobody_else() -> None:
    ann, ben = await somebody("ann"), await somebody("ben")
    make = Maker()
    for asker in (ANONYMOUS, ann, ben):
        await ask(make, asker)
    assert ann.id is not None
    await change(ann.id)
    assert [await ask(make, asker) for asker in (ANONYMOUS, ann, ben)] == [b"list 1", b"list 4", b"list 3"]
    await change()
    assert [await ask(make, asker) for asker in (ANONYMOUS, ann, ben)] == [b"list 5", b"list 6", b"list 7"]


async def test_another_process_that_changes_something_is_seen_at_once() -> None:
    bob = await somebody("bob")
    image_id = await picture_of(person(bob))
    assert str(image_id).encode() in await search.find(ANONYMOUS, FeedQuery())
    hide = f"""
from uuid import UUID
from clonegallery.accounts.schemas import Role, Viewer
from clonegallery.images import service
from clonegallery.images.schemas import ImageUpdate
from clonegallery.runtime.loop import run
bob = Viewer(id=UUID("{bob.id}"), role=Role.EDITOR)
run(service.update(bob, UUID("{image_id}"), ImageUpdate(visibility="private")))
"""
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", hide], check=True)
    assert str(image_id).encode() not in await search.find(ANONYMOUS, FeedQuery())


async def test_a_version_that_redis_has_lost_makes_no_old_list_new() -> None:
    make = Maker()
    assert [await ask(make), await ask(make)] == [b"list 1"] * 2
    await events.get_redis().delete(EVERYBODY)
    assert [await ask(make), await ask(make)] == [b"list 2"] * 2


async def test_a_process_that_owes_redis_a_change_believes_nothing_that_lies_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "_RETRY_SECONDS", 60)
    make = Maker()
    await ask(make)
    changes.ledger._owe([EVERYBODY])
    assert [await ask(make), await ask(make)] == [b"list 2", b"list 3"]


async def test_fifty_who_ask_at_once_have_one_list_made(monkeypatch: pytest.MonkeyPatch) -> None:
    together, waiting, make = module._together, asyncio.Semaphore(0), Maker()

    async def noted(*which: Any) -> bytes:
        waiting.release()
        return await together(*which)

    monkeypatch.setattr(module, "_together", noted)
    make.gate.clear()
    first = asyncio.create_task(ask(make))
    await asyncio.wait_for(make.begun.acquire(), 30)
    others = [asyncio.create_task(ask(make)) for _ in range(49)]
    for _ in range(50):
        await waiting.acquire()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    make.gate.set()
    assert await asyncio.gather(*others) == [b"list 1"] * 49, "though the first of them has gone away"
    assert make.made == 1


async def test_what_cannot_be_made_is_not_remembered() -> None:
    async def fail() -> bytes:
        await asyncio.sleep(0)
        raise Unavailable

    failed = await asyncio.gather(*(ask(fail) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in failed] == [Unavailable] * 3
    assert await ask(Maker()) == b"list 1"


@pytest.mark.parametrize(("size", "kept"), [(module.MOST_BYTES, 1), (module.MOST_BYTES + 1, 0)])
async def test_what_is_large_is_not_remembered(size: int, kept: int) -> None:
    async def make() -> bytes:
        return b"x" * size

    for _ in range(2):
        assert len(await ask(make)) == size
    assert len(await lying()) == kept


@pytest.mark.parametrize(("lifetime", "most"), [(3600, 60), (40, 10), (3, 0)])
async def test_no_address_in_it_comes_to_its_end_before_it_does(
    lifetime: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNED_URL_SECONDS", str(lifetime))
    get_settings.cache_clear()
    await ask(Maker())
    monkeypatch.undo()
    get_settings.cache_clear()
    times = [await events.get_redis().pttl(key) for key in await lying()]
    assert len(times) == (most > 0)
    assert all(0 < time <= most * 1000 for time in times)


async def test_there_is_a_most_of_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_shelf", Shelf(100))
    make = Maker()
    for number in range(20):
        await ask(make, asked=str(number))
    assert 0 < sum(map(len, (await lying()).values())) <= 100


def test_a_shelf_knows_what_lies_on_it() -> None:
    shelf = Shelf(100)
    assert shelf.take("a", 60, 10, now=0)
    assert not shelf.take("b", 50, 10, now=1)
    assert shelf.take("a", 50, 10, now=2), "it lies in place of the one before"
    assert shelf.take("b", 50, 10, now=3)
    assert not shelf.take("c", 1, 10, now=11.9)
    assert shelf.take("c", 50, 10, now=12)
    assert not shelf.take("d", 1, 10, now=12.9)
    assert shelf.take("d", 50, 10, now=13)
