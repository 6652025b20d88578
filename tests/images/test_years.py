"""The years of `taken:` are those that one has pictures of."""

from datetime import UTC, datetime

import pytest

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.clock import utcnow
from clonegallery.images import names
from clonegallery.images.repository import years
from clonegallery.images.schemas import ImageStatus, Visibility
from clonegallery.search import service
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, bob, charlie
from tests.images.test_feed import picture, viewer
from tests.search.test_finding import page

pytestmark = both_databases


async def taken(owner: TestPerson, *moment: int, **columns: object) -> None:
    at = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc] # A year, a month, a day and whatever follows.
    await picture(owner, **{"taken_at": at, "sort_at": at, "visibility": Visibility.PUBLIC, **columns})


@pytest.fixture
async def owner(database: Services) -> TestPerson:
    person = await bob()
    for moment in ((1998, 1, 1), (2023, 12, 31, 23, 59, 59), (2024, 1, 1), (2024, 6, 1), (2024, 12, 31, 23, 59, 59)):
        await taken(person, *moment)
    await taken(person, 2025, 5, 5, visibility=Visibility.PRIVATE)
    await taken(person, 2024, 5, 5, visibility=Visibility.UNLISTED)
    await taken(person, 2026, 5, 5, deleted_at=utcnow())
    await taken(person, 2026, 5, 5, status=ImageStatus.FAILED)
    await picture(person, visibility=Visibility.PUBLIC)
    return person


async def shown(asker: Viewer, typed: str) -> list[tuple[str, int | None]]:
    return [(one.term, one.count) for one in await service.suggest(asker, typed, 20)]


async def test_years_are_completed_the_latest_first(owner: TestPerson) -> None:
    public = [("taken:2024", 3), ("taken:2023", 1), ("taken:1998", 1)]
    assert await shown(ANONYMOUS, "sea taken:") == public
    assert await shown(viewer(await charlie()), "taken:20") == public[:2]
    assert await shown(viewer(owner), "taken:") == [("taken:2025", 1), ("taken:2024", 4), *public[1:]]
    assert await shown(viewer(owner), "-taken:2025") == [("-taken:2025", 1)]
    for typed in ("taken:2026", "taken:2024-", "taken:>20", "taken:x"):
        assert await shown(viewer(owner), typed) == [], typed


async def test_each_finds_as_many_as_it_says(owner: TestPerson) -> None:
    for asker in (ANONYMOUS, viewer(owner)):
        for term, count in await shown(asker, "taken:"):
            assert (await page(asker, term, count=True))["total"] == count, term


async def test_without_a_picture_there_is_no_year(database: Services) -> None:
    person = await bob()
    await picture(person, visibility=Visibility.PUBLIC)
    assert await shown(ANONYMOUS, "taken:") == await shown(viewer(person), "taken:") == []


async def test_very_many_are_not_counted_out(owner: TestPerson, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (names, years):
        monkeypatch.setattr(module, "COUNTED", 2)
    years._counted.cache_clear()
    counts = await shown(ANONYMOUS, "taken:20")
    years._counted.cache_clear()
    assert counts == [("taken:2024", None), ("taken:2023", 1)]
