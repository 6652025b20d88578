"""Makers and models are suggested by what they find, to whoever finds it."""

import pytest

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.images import camera_parts, names
from clonegallery.images.repository import naming
from clonegallery.images.schemas import Visibility
from clonegallery.search import service
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, bob, charlie
from tests.images.test_feed import picture, viewer
from tests.search.test_finding import page

pytestmark = both_databases

CAMERAS = (
    ("Canon", "EOS R5"), ("Canon", "EOS R5"), ("Canon", "EOS R5 Mark II"), (None, "EOS R5"), ("SONY", "ILCE-7M3"),
    ("Sony Ericsson", "K800i"), ("Home made Ltd.", "Pinhole"), (None, "Scanner"), ("Canon", None), ("NIKON", "Z 6_2"),
)  # fmt: skip


@pytest.fixture
async def owner(database: Services) -> TestPerson:
    person = await bob()
    for make, model in CAMERAS:
        await picture(person, camera_make=make, camera_model=model, visibility=Visibility.PUBLIC)
    await picture(person, camera_make="Leica", camera_model="Secret", visibility=Visibility.PRIVATE)
    return person


async def shown(asker: Viewer, typed: str) -> list[tuple[str, str, int | None]]:
    return [(one.term, one.label, one.count) for one in await service.suggest(asker, typed, 20)]


async def test_makers_are_completed(owner: TestPerson) -> None:
    assert await shown(ANONYMOUS, "make:son") == [
        ("make:sony", "Sony", 1),
        ('make:"sony ericsson"', "Sony Ericsson", 1),
    ]
    assert await shown(ANONYMOUS, "-camera_make:eric") == [('-make:"sony ericsson"', "Sony Ericsson", 1)]
    assert (await shown(ANONYMOUS, "make:"))[0] == ("make:canon", "Canon", 4)


async def test_models_are_completed_without_their_makers(owner: TestPerson) -> None:
    assert await shown(ANONYMOUS, "camera_model:r5") == [
        ('camera_model:"eos r5"', "EOS R5", 3),
        ('camera_model:"eos r5 mark ii"', "EOS R5 Mark II", 1),
    ]
    assert await shown(ANONYMOUS, 'camera_model:"z 6') == [('camera_model:"z 6 2"', "Z 6_2", 1)]
    assert await shown(ANONYMOUS, "camera_model:%") == []


async def test_each_finds_as_many_as_it_says_and_some(owner: TestPerson) -> None:
    for asker in (ANONYMOUS, viewer(owner)):
        for typed in ("make:", "camera_model:"):
            suggested = await shown(asker, typed)
            assert len(suggested) > 4
            for term, _, count in suggested:
                assert (await page(asker, term, count=True))["total"] == count, term


async def test_what_one_does_not_find_is_not_suggested(owner: TestPerson) -> None:
    other = viewer(await charlie())
    for typed, term in (("make:lei", "make:leica"), ("camera_model:sec", "camera_model:secret")):
        assert [one[0] for one in await shown(viewer(owner), typed)] == [term]
        for asker in (ANONYMOUS, other):
            assert await shown(asker, typed) == []


async def test_very_many_are_not_counted_out(owner: TestPerson, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (naming, names, camera_parts):
        monkeypatch.setattr(module, "COUNTED", 3)
    naming._counted.cache_clear()
    counts = {label: count for _, label, count in await shown(ANONYMOUS, "make:")}
    naming._counted.cache_clear()
    assert (counts["Canon"], counts["Sony"]) == (None, 1)
