"""What is offered where a search finds nothing: only what finds something, and only to whom."""

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.ui.pages.gallery_address import address_in
from clonegallery.ui.pages.gallery_loosen import looser, offers
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import picture_of, viewer_of_person


def test_each_of_the_first_parts_may_be_left_out() -> None:
    assert looser("sea iso:<=400 -dog") == [
        ("sea", "iso:<=400 -dog"),
        ("ISO up to 400", "sea -dog"),
        ("not dog", "sea iso:<=400"),
    ]
    assert len(looser("a b c d e f g h")) == 6


def test_one_part_alone_is_everything_without_it() -> None:
    assert looser("sea") == looser("") == looser("iso:many") == []


async def test_what_finds_something_is_offered_with_how_much(database: Services) -> None:
    bob = await factories.bob()
    for iso in (100, 200):
        await picture_of(bob, iso=iso)
    await picture_of(bob, iso=100, visibility="private")
    address = address_in("/?q=iso:100..200+iso:%3E=6400&sort=oldest")

    for viewer, count in ((ANONYMOUS, "2 pictures"), (await viewer_of_person(bob), "3 pictures")):
        found = [offer async for offer in offers(viewer, address)]
        assert [(offer.label, offer.count) for offer in found] == [("ISO from 6400", count)]
        assert found[0].href == "/?q=iso:100..200&sort=oldest"
