"""The panel of filters: what can be chosen, what is chosen, and where its ranges lead."""

import pytest

from clonegallery.search.query import MAX_TERMS
from clonegallery.search.schemas import Facets, FacetValue
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.pages.gallery_facets_state import FacetsState, Narrowed, groups_of
from tests.conftest import Services
from tests.ui.tab import tab_of

CANON = FacetValue(label="Canon EOS R5", count=1234, term='camera:="canon eos r5"')
NIKON = FacetValue(label="Nikon Z 6", count=2000, term='camera:="nikon z 6"')
YEARS = [FacetValue(label=str(year), count=count, term=f"taken:{year}") for year, count in ((2023, 9), (2025, 1))]


def _facets(*, is_estimate: bool = False) -> Facets:
    found = {"camera": [CANON, NIKON], "year": YEARS}
    empty: dict[str, list[FacetValue]] = {name: [] for name in ("lens", "tag", "source", "model")}
    return Facets.model_validate({**found, **empty, "total": 3, "is_estimate": is_estimate})


def test_only_what_there_is_can_be_chosen_the_commonest_and_the_latest_first() -> None:
    groups = groups_of(_facets(), Address("sea"))
    assert [group.title for group in groups] == ["Camera", "Year"]
    assert [[choice.label for choice in group.choices] for group in groups] == [
        ["Nikon Z 6", "Canon EOS R5"],
        ["2025", "2023"],
    ]
    assert groups[0].choices[1].count == "1,234"


def test_a_choice_is_added_and_what_is_chosen_is_taken_away() -> None:
    camera, year = groups_of(_facets(), address_in("/?q=camera:%3D%22canon+eos+r5%22+sea&sort=taken"))
    nikon, canon = camera.choices
    assert (canon.pressed, nikon.pressed) == (True, False)
    assert canon.conditions == ""
    beginning = groups_of(_facets(), address_in("/?q=camera:%22canon+eos+r5%22"))[0].choices[1]
    assert not beginning.pressed, "others begin so too"
    assert year.choices[0].conditions == 'camera:="canon eos r5" taken:2025'


def test_counts_of_a_sample_say_so() -> None:
    assert groups_of(_facets(is_estimate=True), Address())[0].choices[0].count == "≈2,000"


def test_a_choice_too_many_leads_nowhere_else() -> None:
    full = " ".join(["iso:100", *(f"w{number}" for number in range(1, MAX_TERMS))])
    choice = groups_of(_facets(), Address(full))[0].choices[0]
    assert (choice.pressed, choice.conditions) == (False, "iso:100")


async def test_the_fields_hold_the_ranges_of_the_address(database: Services) -> None:
    tab = await tab_of(None, "/?q=iso:%3C%3D400+taken:2024")
    state = await tab.send(FacetsState, "load")
    assert state.has_ranges
    assert state.fields["iso_to"] == "400"
    assert (state.fields["taken_from"], state.fields["taken_to"]) == ("2024-01-01", "2024-12-31")
    drawn = state.shown
    tab.go("/?q=iso:%3C%3D400+taken:2024+sea")
    assert (await tab.send(FacetsState, "load")).shown == drawn, "what is being typed into them would be lost"

    tab.go("/?q=iso:many")
    state = await tab.send(FacetsState, "load")
    assert not any(state.fields.values())
    assert not state.has_ranges


@pytest.mark.parametrize(
    ("url", "form", "there"),
    [
        ("/?q=sea&sort=taken", {"iso_from": "100", "iso_to": "800"}, "iso:100..800"),
        ("/?q=iso:100+-dog+sea", {}, "-dog"),
        ("/?q=sea", {}, None),
        ("/?q=sea", {"iso_from": "many"}, None),
        ("/?q=iso:many", {"f_from": "2"}, None),
        ("/?q=sea", {"f_from": ["2"], "f_to": None}, None),
    ],
)
async def test_the_form_leads_to_the_search_with_its_ranges(
    database: Services, url: str, form: dict[str, object], there: str | None
) -> None:
    narrowed = (await (await tab_of(None, url)).send(FacetsState, "narrow", {**form, "turn": "1"})).narrowed
    assert narrowed == (Narrowed() if there is None else Narrowed("1", there))


async def test_a_wrong_field_says_why_until_the_next_search(database: Services) -> None:
    tab = await tab_of(None, "/?q=sea")
    assert (await tab.send(FacetsState, "narrow", {"iso_from": "many"})).errors["iso"] == "This is no number."
    assert not any((await tab.send(FacetsState, "load")).errors.values())
