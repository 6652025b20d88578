"""Likes: the counter is the number of rows whoever comes at once, and nobody likes what is not theirs to see."""

import asyncio
from uuid import UUID, uuid4

import orjson
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clonegallery.accounts.schemas import ANONYMOUS, Scope, Viewer
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import GalleryError, NotAllowed, NotFound, NotSignedIn
from clonegallery.images import service
from clonegallery.images.repository import feed as sql
from clonegallery.images.repository.filters import Clause
from clonegallery.images.schemas import Action, FeedQuery, ImageUpdate, Visibility
from clonegallery.images.views import views
from clonegallery.models.account import Role, User
from tests import factories
from tests.conftest import Services, both_databases
from tests.images.crowd import fill
from tests.ui.pages.pictures import picture_of, viewer_of_person

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call] # SQLAlchemy left it untyped.


async def _visitors(count: int) -> list[Viewer]:
    """People without a password: hashing twenty of them would take longer than all else here."""
    users = [
        User(email=f"v{number}@example.org", username=f"visitor{number}", role=Role.VISITOR) for number in range(count)
    ]
    async with unit_of_work() as work:
        work.session.add_all(users)
    return [Viewer(id=user.id, username=user.username, role=user.role) for user in users]


async def _counted(image_id: UUID) -> tuple[int, int]:
    """The counter, and the rows that it counts."""
    statement = "SELECT likes, (SELECT count(*) FROM image_likes WHERE image_id = images.id) FROM images WHERE id = :id"
    async with reading() as connection:
        counter, rows = (await connection.execute(text(statement), {"id": image_id})).one()
    return counter, rows


async def _liked(viewer: Viewer, **query: object) -> list[UUID]:
    page = orjson.loads(await service.feed(viewer, FeedQuery.model_validate({"liked": True, **query})))
    return [UUID(card["id"]) for card in page["items"]]


@both_databases
async def test_liking_twice_is_as_once_and_so_is_taking_it_back(database: Services) -> None:
    image_id = await picture_of(await factories.bob())
    (visitor,) = await _visitors(1)
    given = [await act(visitor, image_id) for act in (service.like, service.like, service.unlike, service.unlike)]
    assert [(answer.liked, answer.likes) for answer in given] == [(True, 1), (True, 1), (False, 0), (False, 0)]
    assert await _counted(image_id) == (0, 0)


@both_databases
async def test_the_detail_says_it_to_whoever_likes_and_to_nobody_else(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    (visitor,) = await _visitors(1)
    before = await service.detail(visitor, image_id)
    await service.like(visitor, image_id)
    after = await service.detail(visitor, image_id)
    owner = await service.detail(await viewer_of_person(bob), image_id)
    assert [(seen.liked, seen.likes) for seen in (before, after, owner)] == [(False, 0), (True, 1), (False, 1)]
    assert (await service.detail(ANONYMOUS, image_id)).liked is False
    assert after.updated_at == before.updated_at, "a like changes nothing about the picture"


@both_databases
async def test_twenty_people_at_once_are_twenty_likes(database: Services) -> None:
    image_id = await picture_of(await factories.bob())
    answers = await asyncio.gather(*(service.like(visitor, image_id) for visitor in await _visitors(20)))
    assert sorted(answer.likes for answer in answers) == list(range(1, 21))
    assert await _counted(image_id) == (20, 20)


@both_databases
async def test_one_person_in_two_tabs_is_never_counted_twice(database: Services) -> None:
    image_id = await picture_of(await factories.bob())
    (visitor,) = await _visitors(1)
    await asyncio.gather(
        *((service.unlike if turn % 3 == 2 else service.like)(visitor, image_id) for turn in range(20))
    )
    counter, rows = await _counted(image_id)
    assert counter == rows <= 1
    assert (await service.detail(visitor, image_id)).liked is (counter == 1)


@both_databases
async def test_likes_and_looks_of_many_pictures_do_not_lock_each_other_out(database: Services) -> None:
    bob = await factories.bob()
    ids = [await picture_of(bob) for _ in range(6)]
    visitors = await _visitors(3)
    likes = [
        service.like(visitor, image_id)
        for number, visitor in enumerate(visitors)
        for image_id in (ids if number % 2 else ids[::-1])
    ]
    for image_id in ids:
        await service.detail(ANONYMOUS, image_id)
    await asyncio.gather(views.flush(), *likes)
    assert [await _counted(image_id) for image_id in ids] == [(3, 3)] * 6


@both_databases
@pytest.mark.parametrize("act", [service.like, service.unlike])
async def test_what_one_may_not_see_is_not_there_to_be_liked(database: Services, act: object) -> None:
    assert callable(act)
    bob = await factories.bob()
    owner = await viewer_of_person(bob)
    private, trashed = await picture_of(bob, visibility="private"), await picture_of(bob)
    waiting = await picture_of(bob, status="processing")
    await service.trash(owner, trashed)
    (visitor,) = await _visitors(1)
    refusals: list[tuple[Viewer, UUID, type[GalleryError]]] = [
        (visitor, private, NotFound),
        (visitor, trashed, NotFound),
        (visitor, waiting, NotFound),
        (visitor, uuid4(), NotFound),
        (owner, trashed, NotAllowed),
        (owner, waiting, NotAllowed),
        (ANONYMOUS, private, NotFound),
        (ANONYMOUS, await picture_of(bob), NotSignedIn),
        (Viewer(id=owner.id, role=owner.role, scopes=frozenset({Scope.READ})), await picture_of(bob), NotAllowed),
    ]
    for viewer, image_id, error in refusals:
        with pytest.raises(error):
            await act(viewer, image_id)
    assert Action.LIKE not in (await service.detail(owner, trashed)).permissions
    assert (await act(owner, private)).likes <= 1


@both_databases
async def test_favourites_are_one_s_own_and_only_what_one_still_may_see(database: Services) -> None:
    bob = await factories.bob()
    owner = await viewer_of_person(bob)
    kept, hidden, trashed, unlisted, plain = [await picture_of(bob) for _ in range(5)]
    ann, ben = await _visitors(2)
    for image_id in (kept, hidden, trashed, unlisted):
        await service.like(ann, image_id)
    await service.like(ben, plain)
    await service.like(owner, hidden)
    await service.update(owner, hidden, ImageUpdate(visibility=Visibility.PRIVATE))
    await service.update(owner, unlisted, ImageUpdate(visibility=Visibility.UNLISTED))
    await service.trash(owner, trashed)

    assert await _liked(ann) == [kept]
    assert await _liked(ben) == [plain]
    assert await _liked(owner) == [hidden]
    assert await _liked(ann, owner=str(ben.id)) == []
    assert await _liked(owner, trashed=True) == []
    with pytest.raises(NotSignedIn):
        await _liked(ANONYMOUS)
    with pytest.raises(NotFound):
        await service.unlike(ann, hidden)


@both_databases
async def test_favourites_come_in_pages(database: Services) -> None:
    bob = await factories.bob()
    ids = [await picture_of(bob) for _ in range(5)]
    (visitor,) = await _visitors(1)
    for image_id in ids:
        await service.like(visitor, image_id)
    first = orjson.loads(await service.feed(visitor, FeedQuery(liked=True, limit=3, count=True)))
    second = orjson.loads(await service.feed(visitor, FeedQuery(liked=True, limit=3, cursor=first["next_cursor"])))
    shown = [UUID(card["id"]) for page in (first, second) for card in page["items"]]
    assert (shown, first["total"], second["next_cursor"]) == (ids[::-1], 5, None)
    around = await service.neighbours(visitor, ids[2], filters=FeedQuery(liked=True))
    assert (around.previous, around.next) == (ids[3], ids[1])


async def test_favourites_are_found_by_the_person_not_by_reading_the_gallery(database: Services) -> None:
    fill(database.database_url, 30_000)
    viewer = Viewer(id=UUID("00000000-0000-7000-8000-000000000003"), username="person3", role=Role.VISITOR)
    with psycopg.connect(database.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO image_likes (user_id, image_id, created_at)"
            " SELECT users.id, images.id, now() FROM images CROSS JOIN users"
            " WHERE images.views < 20 AND users.username < 'person2'"
        )
        connection.execute("INSERT INTO image_likes SELECT %s, id, now() FROM images WHERE views = 999", [viewer.id])
        connection.execute("VACUUM ANALYZE")
        compiled = sql.explain(sql.Shape("newest", (Clause("liked", 0),), signed_in=True)).compile(dialect=_DIALECT)
        bound = dict.fromkeys(compiled.params, viewer.id)
        plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {compiled}".encode(), bound).fetchall())
    assert "Seq Scan" not in plan.replace("Seq Scan on users", ""), plan
    assert "image_likes_pkey" in plan, plan
    assert 0 < len(await _liked(viewer)) <= 30
