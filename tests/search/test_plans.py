"""Every question that the gallery asks the database is answered from an index: none reads all pictures there are.

Looked at is what is really sent while somebody searches, planned for the values that were sent.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
import pytest
from sqlalchemy import event

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import get_engine
from clonegallery.images.repository import ranking, sifting
from clonegallery.images.schemas import FeedQuery, Filters, Sort
from clonegallery.models.account import Role
from clonegallery.search import counts, finding, service
from tests.conftest import Services
from tests.search.crowd import fill
from tests.search.crowd_names import vocabulary

PICTURES = 30_000
OWNER = Viewer(id=UUID("00000000-0000-7000-8000-000000000001"), username="person1", role=Role.EDITOR)
"""Who has most of the pictures that one person has."""


class Case(NamedTuple):
    """A search, its order, who asks, and an index that must be used for it, by its name or the end of it."""

    q: str
    by: str
    sort: Sort | None = None
    viewer: Viewer = ANONYMOUS


CASES = (
    Case("", "ix_images_listed_created"),
    Case("", "ix_images_own_created", viewer=OWNER),
    Case("", "ix_images_listed_taken", Sort.TAKEN),
    Case("", "ix_images_listed_popular", Sort.POPULAR),
    Case("by:person1", "ix_images_listed_by_owner"),
    Case("iso:>=100", "ix_images_listed_created"),
    Case("iso:>=100", "ix_images_listed_popular", Sort.POPULAR),
    Case("-tag:xyz", "ix_images_listed_created"),
    Case("camera:polaroid", "_camera_id"),
    Case('lens:"lumix g vario 105mm"', "_lens_id"),
    Case('model:"dall e 3"', "_model_id"),
    Case("iso:>=51200", "ix_images_iso"),
    Case("f:>16", "ix_images_aperture"),
    Case("s:>20", "ix_images_exposure"),
    Case("mm:>=500", "ix_images_focal_length"),
    Case("taken:2016-12-24", "_taken_at"),
    Case("seed:4", "ix_generated_images_seed"),
    Case("near:46.95,7.45,1km", "ix_images_gps", viewer=OWNER),
    Case("bbox:7,46.5,8,47", "ix_images_gps", viewer=OWNER),
    Case("rating:explicit", "ix_images_rating", Sort.POPULAR),
    Case("source:generation f:<2", "ix_images_source", Sort.TAKEN),
    Case('tag:"nothing has this"', "ix_images_document"),
    Case("zygote", "ix_images_document"),
    Case("zygote", "ix_images_document", Sort.NEWEST),
    Case('"zygote parallax" -near', "ix_images_document", Sort.OLDEST),
    Case("prompt:zygote", "ix_images_document"),
    Case("zygote camera:canon taken:2020 iso:>=100", "ix_images_document"),
)


@pytest.fixture
async def crowd(database: Services, no_index: None) -> Services:
    await asyncio.to_thread(fill, database.database_url, PICTURES)
    return database


async def test_every_search_is_read_from_its_index(crowd: Services) -> None:
    wrong = {}
    for case in CASES:
        with _sent() as statements:
            await finding.find(case.viewer, FeedQuery(q=case.q, sort=case.sort))
            if case.q and case.sort is None and case.by not in ("ix_images_listed_created", "ix_images_own_created"):
                await counts.facets(case.viewer, Filters(), case.q)
                await counts.timeline(case.viewer, Filters(), case.q, Sort.TAKEN)
        plans = _plans(crowd.database_url, statements)
        if case.by not in plans or "Seq Scan on images" in plans:
            wrong[case] = plans
    assert not wrong, "\n\n".join(f"{case}\n{plans}" for case, plans in wrong.items())


async def test_a_year_is_a_stretch_of_the_list_by_when_pictures_were_taken(crowd: Services) -> None:
    """Nobody walks there from the newest picture."""
    with _sent() as statements:
        await finding.find(ANONYMOUS, FeedQuery(q="taken:2018..2022", sort=Sort.TAKEN, limit=10))
    plans = _plans(crowd.database_url, statements)
    assert len(statements) == 1, "whatever the first year's pictures are, they are found at once"
    assert "ix_images_listed_taken on images" in plans, plans
    assert "Index Cond: ((sort_at >= '2018-01-01" in plans, plans


async def test_nobody_walks_through_years_before_the_one_that_is_asked_for(crowd: Services) -> None:
    with _sent() as statements:
        await finding.find(ANONYMOUS, FeedQuery(q="taken:2025", sort=Sort.OLDEST, limit=10))
    plans = _plans(crowd.database_url, statements)
    assert len(statements) == 1
    assert "_taken_at on images" in plans, plans


async def test_a_page_by_likes_begins_within_what_was_gathered(crowd: Services) -> None:
    """Most pictures have no likes, and of what comes after one of them the planner expects nothing: it would walk
    through all of these."""
    query = FeedQuery(q="camera:polaroid", sort=Sort.POPULAR, limit=10)
    found = orjson.loads(await finding.find(ANONYMOUS, query))
    while found["items"][-1]["likes"]:
        query = query.model_copy(update={"cursor": found["next_cursor"]})
        found = orjson.loads(await finding.find(ANONYMOUS, query))
    with _sent() as statements:
        following = await finding.find(ANONYMOUS, query.model_copy(update={"cursor": found["next_cursor"]}))
    assert orjson.loads(following)["items"]
    plans = _plans(crowd.database_url, statements)
    assert "_camera_id" in plans, plans
    assert "_popular" not in plans, plans


async def test_what_is_rare_is_not_looked_for_among_the_newest(
    crowd: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "ALL_RANKED", 0)
    for word, walked in ((vocabulary()[0], True), (vocabulary()[2_000], False)):
        with _sent() as statements:
            assert orjson.loads(await finding.find(ANONYMOUS, FeedQuery(q=f"{word} ", limit=10)))["items"]
        assert ("ix_images_listed_created" in _plans(crowd.database_url, statements)) is walked, word


async def test_a_word_in_prompts_is_expected_to_be_as_common_as_it_is_there(
    crowd: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the index of words alone it would be as common as it is anywhere, eight times as much."""
    query = FeedQuery(q=f"prompt:{vocabulary()[0]}", limit=10, count=True)
    exact = orjson.loads(await finding.find(ANONYMOUS, query))
    monkeypatch.setattr(sifting, "EXACT", 0)
    expected = orjson.loads(await finding.find(ANONYMOUS, query))
    assert (exact["total_is_estimate"], expected["total_is_estimate"]) == (False, True)
    assert exact["total"] / 2 < expected["total"] < exact["total"] * 2


async def test_the_months_of_the_whole_list_are_read_from_its_index(crowd: Services) -> None:
    with _sent() as statements:
        await counts.timeline(ANONYMOUS, Filters(), None, Sort.TAKEN)
    plans = _plans(crowd.database_url, statements)
    assert "ix_images_listed_taken" in plans
    assert "Seq Scan on images" not in plans


@pytest.mark.parametrize(
    ("viewer", "indexes"),
    [(ANONYMOUS, ["ix_images_listed_taken_at"]), (OWNER, ["ix_images_listed_taken_at", "ix_images_own_taken"])],
)
async def test_years_are_suggested_from_the_indexes_of_the_lists(
    crowd: Services, viewer: Viewer, indexes: list[str]
) -> None:
    with _sent() as statements:
        assert await service.suggest(viewer, "taken:", 20)
    plans = _plans(crowd.database_url, statements)
    assert all(index in plans for index in indexes), plans
    assert "Seq Scan on images" not in plans, plans
    assert "on ix_images_taken_at" not in plans, plans


async def test_a_scan_would_be_seen(crowd: Services) -> None:
    statement = "SELECT count(*) FROM images WHERE caption LIKE %(some)s"
    assert "Seq Scan on images" in _plans(crowd.database_url, [(statement, {"some": "%a%"})])


Sent = list[tuple[str, Any]]


@contextmanager
def _sent() -> Iterator[Sent]:
    """The questions about pictures that are sent while the block lasts, with what is bound in each."""
    found: Sent = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if " images" in statement and not statement.startswith("EXPLAIN"):
            found.append((statement, parameters))

    engine = get_engine().sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _plans(database_url: str, statements: Sent) -> str:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET jit = off")
        found = [connection.execute(f"EXPLAIN {one}".encode(), bound).fetchall() for one, bound in statements]
    return "\n".join(row[0] for rows in found for row in rows)
