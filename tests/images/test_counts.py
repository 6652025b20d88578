"""What the pictures of a list have, how many of them, and by whom it may be known."""

from datetime import UTC, datetime

import pytest

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.images import service
from clonegallery.images.repository import counting
from clonegallery.images.schemas import Filters, Sort
from tests.conftest import Services, both_databases
from tests.factories import bob
from tests.images.test_feed import picture, viewer


@both_databases
async def test_the_most_common_come_first_and_hidden_ones_count_for_their_owner_alone(database: Services) -> None:
    owner = await bob()
    makes = ["NIKON CORPORATION", "Nikon", "Canon", "SONY", "Sony", "SONY CORPORATION"]
    for number, make in enumerate(makes):
        taken = datetime(2020 + number % 2, 5, 1, tzinfo=UTC)
        await picture(owner, visibility="public", camera_make=make, camera_model="X", taken_at=taken, sort_at=taken)
    await picture(owner, visibility="private", camera_make="Leica", camera_model="Q2")
    found = await service.facets(ANONYMOUS, Filters())
    assert (found.total, found.is_estimate) == (6, False)
    cameras = [(facet.label, facet.count) for facet in found.facets if facet.name == "camera"]
    assert cameras == [("Sony X", 3), ("Nikon X", 2), ("Canon X", 1)]
    assert [(facet.label, facet.count) for facet in found.facets if facet.name == "year"] == [("2020", 3), ("2021", 3)]
    mine = await service.facets(viewer(owner), Filters())
    assert mine.total == 7
    assert ("Leica Q2", 1) in [(facet.label, facet.count) for facet in mine.facets]
    months = await service.timeline(ANONYMOUS, Filters(), sort=Sort.TAKEN)
    assert [(month.month, month.count) for month in months] == [("2021-05", 3), ("2020-05", 3)]


async def test_of_very_many_a_sample_is_counted_and_says_so(
    database: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def half(*_: object) -> float:
        return 50.0

    owner = await bob()
    for number in range(8):
        await picture(owner, visibility="public", camera_make="Canon" if number % 2 else "Sony", camera_model="X")
    monkeypatch.setattr(counting, "_percent", half)
    found = await service.facets(ANONYMOUS, Filters())
    assert found.is_estimate
    assert found.total in (0, 16), "the pictures lie in one block, which is in the sample or is not"
