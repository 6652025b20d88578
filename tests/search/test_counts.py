"""Whatever is counted can be asked for, and is found as often as it was counted."""

from typing import Any
from uuid import UUID

import pytest

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import unit_of_work
from clonegallery.images.cameras import named
from clonegallery.images.repository import instruments, writes
from clonegallery.images.schemas import Filters, Visibility
from clonegallery.images.texts import clean_tags
from clonegallery.models.instrument import InstrumentKind
from clonegallery.search import service
from clonegallery.search.schemas import FacetValue
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, bob
from tests.images.test_feed import viewer
from tests.search.test_finding import page, worded

pytestmark = both_databases

# Each is the beginning of another, or is written nearly as it.
CAMERAS = (
    ("Canon", "Canon EOS R5"), ("Canon", "EOS R5"), ("Canon", "EOS R5 Mark II"), ("Canon", "EOS R50"), ("Canon", "R5"),
    (None, "EOS R5"), ("NIKON CORPORATION", "NIKON Z 6"), ("Nikon", "Z 6_2"), ("Nikon", "Z 62"), ("富士", "写ルンです"),
)  # fmt: skip
LENSES = (
    "RF 50mm F1.2L",
    "RF 50mm F1.2L USM",
    "RF50mm F1.2L",
    "50mm",
    "F1.2L",
    "EF 50mm f/1.2",
    None,
    "50",
    "--",
    "mm",
)
MODELS = ("SDXL", "SDXL Turbo", "sdxl turbo", "Turbo", "sd", None, "sdxl-1.0", "sdxl 1.0 (fp16)", "1.0", "x")

TAGS = ('say "hi"', "5\u201c disk", '"', "\\", '\\"', "it's", "=x", "//x", "100%", "-*")


@pytest.fixture
async def owner(database: Services) -> TestPerson:
    """Of a gallery with names of many kinds, half of which only its owner knows."""
    person = await bob()
    for number, (make, model) in enumerate(CAMERAS):
        shown = Visibility.PRIVATE if number % 2 else Visibility.PUBLIC
        columns: dict[str, Any] = {
            "camera_make": make,
            "camera_model": model,
            "lens": LENSES[number],
            "visibility": shown,
        }
        tags = ["blue", f"blue {number}", TAGS[number]]
        image_id = await worded(person, "A", tags=tags, **columns)
        await _made_with(image_id, MODELS[number])
    return person


async def _made_with(image_id: UUID, model: str | None) -> None:
    if (name := named(model)) is None:
        return
    async with unit_of_work() as work:
        ids = await instruments.ids_of(work.session, [(InstrumentKind.MODEL, name)])
        await writes.change(work.session, image_id, {"model_id": ids[InstrumentKind.MODEL, name.folded]})


async def _values(asker: Viewer, q: str = "") -> list[FacetValue]:
    found = await service.facets(asker, Filters(), q)
    assert not found.is_estimate
    lists = (found.camera, found.lens, found.tag, found.year, found.source, found.model)
    return [value for values in lists for value in values]


async def test_every_value_finds_as_many_pictures_as_it_says(owner: TestPerson) -> None:
    for asker in (ANONYMOUS, viewer(owner)):
        values = await _values(asker)
        assert len(values) > 15
        for value in values:
            found = await page(asker, value.term, count=True)
            assert found["total"] == value.count, value


async def test_of_what_is_left_too(owner: TestPerson) -> None:
    for q in ("camera:r5 ", 'camera:="canon eos r5" ', '-camera:="canon eos r5" '):
        for value in await _values(viewer(owner), q):
            found = await page(viewer(owner), q + value.term, count=True)
            assert found["total"] == value.count, (q, value)


async def test_one_camera_can_be_chosen_alone_and_others_by_what_they_begin_with(owner: TestPerson) -> None:
    counted = {}
    for term in ('camera:="canon eos r5"', 'camera:="Canon  EOS-R5"', 'camera:"canon eos r5"', 'camera:="canon eos"'):
        counted[term] = (await page(viewer(owner), term, count=True))["total"]
    assert list(counted.values()) == [2, 2, 4, 0]


async def test_the_longest_names_can_be_asked_for(database: Services) -> None:
    person = await bob()
    longest = {"camera_make": "m" * 100, "camera_model": "n" * 100, "lens": "\ufdfa" * 200}
    image_id = await worded(person, "A", tags=clean_tags(["\u0130" * 25, "t" * 50]), **longest)
    await _made_with(image_id, "x " * 200)
    values = await _values(ANONYMOUS)
    assert len(values) == 6
    for value in values:
        assert (await page(ANONYMOUS, value.term, count=True))["total"] == value.count, value


async def test_a_maker_whose_name_begins_with_anothers_is_told_apart(database: Services) -> None:
    person = await bob()
    for make, model in (("Sony Ericsson", "K800i"), ("SONY", "ILCE-7M3"), ("Sony Ericsson Mobile AB", "W800")):
        await worded(person, "A", camera_make=make, camera_model=model)
    for make, number in (("sony", 1), ("Sony Ericsson", 2), ("ericsson", 0)):
        assert (await page(ANONYMOUS, f'make:"{make}"', count=True))["total"] == number, make
        assert (await page(ANONYMOUS, "", camera_make=make, count=True))["total"] == number, make
