"""Lists: who sees what, by which index they are read, and what they leave out."""

from itertools import product
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import NotFound, NotSignedIn
from clonegallery.images import service
from clonegallery.images.repository import documents, writes
from clonegallery.images.repository import feed as sql
from clonegallery.images.schemas import FeedQuery, ImageStatus, Sort, Visibility
from clonegallery.images.views import views
from clonegallery.models.image import Image
from clonegallery.storage.keys import original_key
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, alice, bob, charlie
from tests.images.crowd import fill

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call] # SQLAlchemy left it untyped.


def viewer(person: TestPerson) -> Viewer:
    return Viewer(id=person.id, username=person.username, role=person.role)


async def picture(owner: TestPerson, **columns: Any) -> UUID:
    """A row without bytes."""
    image = Image(
        owner_id=owner.id, title="A", sha256=b"", mime="image/jpeg", byte_size=1, width=3, height=2, storage_key=""
    )
    digest = image.id.hex + image.id.hex
    image.sha256 = bytes.fromhex(digest)
    image.storage_key = original_key(image.id, digest, "jpg")
    image.status = ImageStatus.READY
    for name, value in columns.items():
        setattr(image, name, value)
    async with unit_of_work() as work:
        work.session.add(image)
        await work.session.flush()
        await documents.keep_words(work.session, [image.id])
    return image.id


async def listed(asker: Viewer, **query: Any) -> list[UUID]:
    page = orjson.loads(await service.feed(asker, FeedQuery(**query)))
    return [UUID(card["id"]) for card in page["items"]]


@both_databases
async def test_lists_and_single_pictures_follow_one_rule(database: Services) -> None:
    owner, other, visitor = await bob(), await alice(), await charlie()
    made = {
        (status, visibility): await picture(owner, status=status, visibility=visibility)
        for status, visibility in product(ImageStatus, Visibility)
    }
    for asker in (ANONYMOUS, viewer(visitor), viewer(other), viewer(owner)):
        in_list = set(await listed(asker)) | set(await listed(asker, status="failed"))
        for (status, visibility), image_id in made.items():
            mine = asker.id == owner.id
            public = (status, visibility) == (ImageStatus.READY, Visibility.PUBLIC)
            open_to_all = status == ImageStatus.READY and visibility != Visibility.PRIVATE
            assert (image_id in in_list) == (mine or (public and asker.id != owner.id)), (asker.username, status)
            if mine or open_to_all:
                assert (await service.detail(asker, image_id)).id == image_id
            else:
                with pytest.raises(NotFound):
                    await service.detail(asker, image_id)


@both_databases
async def test_filters_narrow_the_list(database: Services) -> None:
    owner, other = await bob(), await alice()
    canon = await picture(owner, visibility="public", camera_make="Canon", iso=400, aperture=2.8)
    sony = await picture(other, visibility="public", camera_make="SONY", iso=100, aperture=8.0, rating="sensitive")
    hidden = await picture(owner, visibility="private", camera_make="Canon")
    asker = viewer(owner)
    for query, expected in (
        ({}, {canon, sony, hidden}),
        ({"owner": "me"}, {canon, hidden}),
        ({"owner": "ALICE"}, {sony}),
        ({"owner": str(owner.id)}, {canon, hidden}),
        ({"owner": "nobody"}, set()),
        ({"camera_make": "canon"}, {canon, hidden}),
        ({"iso_min": 200}, {canon}),
        ({"aperture_max": 8}, {canon, sony}),
        ({"rating": "sensitive"}, {sony}),
        ({"visibility": "private"}, {hidden}),
        ({"visibility": "public"}, {canon, sony}),
        ({"tag": ["none"]}, set()),
    ):
        assert set(await listed(asker, **query)) == expected, query
    assert set(await listed(ANONYMOUS, visibility="private")) == set()
    with pytest.raises(NotSignedIn):
        await listed(ANONYMOUS, trashed=True)


@both_databases
async def test_tags_must_all_be_carried(database: Services) -> None:
    owner = await bob()
    both, one = await picture(owner), await picture(owner)
    async with unit_of_work() as work:
        await writes.set_tags(work.session, both, ["sea", "sky"])
        await writes.set_tags(work.session, one, ["sea"])
        await documents.keep_words(work.session, [both, one])
    assert await listed(viewer(owner), tag=["Sea", "sky"]) == [both]
    assert set(await listed(viewer(owner), tag=["sea"])) == {both, one}


async def test_a_large_list_is_read_from_its_indexes_and_counted_by_estimate(database: Services) -> None:
    fill(database.database_url, 30_000)
    person = Viewer(id=UUID("00000000-0000-7000-8000-000000000003"), username="person3")
    place = orjson.loads(await service.feed(person, FeedQuery(limit=1)))["next_cursor"]
    for sort in (Sort.NEWEST, Sort.OLDEST, Sort.TAKEN, Sort.POPULAR):
        for signed_in in (False, True):
            plan = _plan(database.database_url, sql.Shape(sort, signed_in=signed_in), person.id)
            assert "Seq Scan on images" not in plan, plan
            assert f"ix_images_listed_{_index(sort)}" in plan, plan
            assert not signed_in or f"ix_images_own_{_index(sort)}" in plan, plan
            # Sorting is fine for the rows of the page, never for those of the table.
            assert all(
                int(line.split("rows=")[1].split()[0]) <= 122 for line in plan.splitlines() if "Sort  " in line
            ), plan
    page = orjson.loads(await service.feed(ANONYMOUS, FeedQuery(limit=1, count=True, cursor=place)))
    assert page["total_is_estimate"] is True
    assert 20_000 < page["total"] < 40_000


def _index(sort: Sort) -> str:
    return {Sort.TAKEN: "taken", Sort.POPULAR: "popular"}.get(sort, "created")


def _plan(url: str, shape: sql.Shape, viewer_id: UUID | None) -> str:
    compiled = sql.explain(shape).compile(dialect=_DIALECT)
    values = {"viewer_id": viewer_id}
    with psycopg.connect(url) as connection:
        bound = {name: values[name] for name in compiled.params}
        rows = connection.execute(f"EXPLAIN {compiled}".encode(), bound).fetchall()
    return "\n".join(row[0] for row in rows)


@both_databases
async def test_the_counter_of_views_is_written_in_batches(database: Services) -> None:
    owner = await bob()
    image_id = await picture(owner, visibility="public")
    for asker in (ANONYMOUS, ANONYMOUS, viewer(owner)):
        await service.detail(asker, image_id)
    await views.flush()
    async with reading() as connection:
        assert (await connection.execute(text("SELECT views FROM images"))).scalar_one() == 2
