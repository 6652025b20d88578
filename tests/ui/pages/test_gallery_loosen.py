"""What is offered where a search finds nothing: only what finds something, and only to whom."""

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.ui.pages.gallery_address import address_in
from clonegallery.ui.pages.gallery_loosen import alone, looser, offers
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


def test_the_words_and_each_condition_may_stand_alone() -> None:
    assert alone("sea light iso:<=400 -dog tag:beach") == [
        ("“sea light”", "sea light "),
        ("ISO up to 400", "iso:<=400"),
        ("tagged beach", "tag:beach"),
    ]
    assert alone("sea light storm") == [("“sea”", "sea "), ("“light”", "light "), ("“storm”", "storm")]
    assert alone("sea iso:100") == alone("sea") == alone("iso:many a b") == []


async def test_where_two_parts_keep_everything_away_what_finds_something_alone_is_offered(database: Services) -> None:
    await picture_of(await factories.bob(), iso=100)
    address = address_in("/?q=iso:100+iso:64000+tag:nosuch&sort=oldest")
    found = [(offer.how, offer.label, offer.count, offer.href) async for offer in offers(ANONYMOUS, address)]
    assert found == [("only", "ISO 100", "1 picture", "/?q=iso:100&sort=oldest")]


async def test_what_finds_something_is_offered_with_how_much(database: Services) -> None:
    bob = await factories.bob()
    for iso in (100, 200):
        await picture_of(bob, iso=iso)
    await picture_of(bob, iso=100, visibility="private")
    address = address_in("/?q=iso:100..200+iso:%3E=6400&sort=oldest")

    for viewer, count in ((ANONYMOUS, "2 pictures"), (await viewer_of_person(bob), "3 pictures")):
        found = [offer async for offer in offers(viewer, address)]
        assert [(offer.how, offer.label, offer.count) for offer in found] == [("without", "ISO from 6400", count)]
        assert found[0].href == "/?q=iso:100..200&sort=oldest"
