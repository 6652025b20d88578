"""What the gallery's state says of the search in its address, and to whom."""

import pytest

from clonegallery.ui.pages.gallery_search import SearchState
from tests import factories
from tests.conftest import Services
from tests.images.test_feed import picture
from tests.ui.pages.pictures import picture_of
from tests.ui.tab import tab_of


async def test_words_chips_and_orders_are_those_of_the_address(database: Services) -> None:
    tab = await tab_of(None, "/?q=sun+iso:%3C%3D400+-dog&sort=taken")
    state = await tab.send(SearchState, "load")
    assert (state.read.q, state.read.words) == ("sun iso:<=400 -dog", "sun ")
    assert [chip.label for chip in state.read.chips] == ["ISO up to 400", "not dog"]
    assert state.read.said == "“sun”, ISO up to 400, not dog"
    assert state.read.title == "sun iso:<=400 -dog"
    orders = {link.label: (link.href, link.current) for link in state.sorts}
    assert list(orders) == ["Best match", "Newest", "Oldest", "Taken", "Popular"]
    assert orders["Best match"] == ("/?q=sun+iso:%3C%3D400+-dog", "false")
    assert orders["Taken"][1] == "true"

    tab.go("/")
    state = await tab.send(SearchState, "load")
    assert (state.read.q, state.read.chips) == ("", [])
    assert [link.label for link in state.sorts] == ["Newest", "Oldest", "Taken", "Popular"]


async def test_what_is_wrong_is_said_and_gone_with_the_next_search(database: Services) -> None:
    tab = await tab_of(None, "/?q=sun+iso:many")
    state = await tab.send(SearchState, "load")
    assert (state.read.wrong.before, state.read.wrong.token) == ("sun ", "iso:many")
    assert (state.read.words, state.read.chips) == ("", [])

    tab.go("/?q=sun")
    assert not (await tab.send(SearchState, "load")).read.wrong.reason


@pytest.mark.parametrize(("visibility", "sees"), [("public", "nobody visitor owner"), ("private", "owner")])
@pytest.mark.parametrize("who", ["nobody", "visitor", "owner"])
async def test_the_picture_of_a_chip_is_named_to_whoever_may_see_it(
    database: Services, visibility: str, sees: str, who: str
) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Sunset", visibility=visibility)
    person = {"nobody": None, "visitor": await factories.charlie(), "owner": bob}[who]
    state = await (await tab_of(person, f"/?q=like:{image_id}")).send(SearchState, "load")
    (chip,) = state.read.chips

    assert chip.term == f"like:{image_id}"
    assert (chip.label == "looks like Sunset", bool(chip.thumb)) == (who in sees, who in sees)
    assert state.read.lost == (who not in sees)


async def test_a_camera_is_named_to_whoever_finds_a_picture_by_it(database: Services) -> None:
    owner = await factories.bob()
    for model, visibility in (("Z 6_2", "public"), ("Z 9_x", "private")):
        await picture(owner, camera_make="Nikon", camera_model=model, visibility=visibility)
    for person, labels in (
        (None, ["camera Nikon Z 6_2", "camera nikon z 9 x"]),
        (owner, ["camera Nikon Z 6_2", "camera Nikon Z 9_x"]),
    ):
        tab = await tab_of(person, "/?q=camera:%3D%22nikon+z+6+2%22+camera:%3D%22nikon+z+9+x%22")
        state = await tab.send(SearchState, "load")
        assert [chip.label for chip in state.read.chips] == labels
        assert state.read.said == ", ".join(labels)
