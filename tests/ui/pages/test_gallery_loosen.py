"""What is offered where a search finds nothing: only what finds something, and only to whom."""

import pytest

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.images.names import NameKind
from clonegallery.ui.pages.gallery_address import Address, address_in
from clonegallery.ui.pages.gallery_loosen import alone, looser, offers
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import picture_of, viewer_of_person


def _searches(found: list[tuple[str, Address]]) -> list[tuple[str, str]]:
    return [(label, there.href) for label, there in found]


def test_each_of_the_first_parts_may_be_left_out() -> None:
    assert _searches(looser(address_in("/?q=sea+iso:%3C%3D400+-dog&tag=a&tag=b"))) == [
        ("sea", "/?q=iso:%3C%3D400+-dog&tag=a&tag=b"),
        ("ISO up to 400", "/?q=sea+-dog&tag=a&tag=b"),
        ("not dog", "/?q=sea+iso:%3C%3D400&tag=a&tag=b"),
        ("tagged a", "/?q=sea+iso:%3C%3D400+-dog&tag=b"),
        ("tagged b", "/?q=sea+iso:%3C%3D400+-dog&tag=a"),
    ]
    assert len(looser(Address("a b c d e f g h"))) == 6


def test_cameras_are_called_as_people_call_them() -> None:
    names = {(NameKind.CAMERA, "nikon z 6 2"): "Nikon Z 6_2"}
    address = address_in("/?q=camera:%3D%22nikon+z+6+2%22+iso:100+sea")
    assert [label for label, _ in looser(address, names)] == ["camera Nikon Z 6_2", "ISO 100", "sea"]
    assert [label for label, _ in alone(address, names)] == ["“sea”", "camera Nikon Z 6_2", "ISO 100"]


@pytest.mark.parametrize("url", ["/?q=sea", "/", "/?q=iso:many", "/?tag=sea", "/?iso_min=many&tag=sea"])
def test_one_part_alone_is_everything_without_it(url: str) -> None:
    assert looser(address_in(url)) == []


def test_the_words_and_each_condition_may_stand_alone() -> None:
    assert _searches(alone(address_in("/?q=sea+light+iso:%3C%3D400+-dog+tag:beach&iso_min=100&sort=oldest"))) == [
        ("“sea light”", "/?q=sea+light+&sort=oldest"),
        ("ISO up to 400", "/?q=iso:%3C%3D400&sort=oldest"),
        ("tagged beach", "/?q=tag:beach&sort=oldest"),
        ("ISO from 100", "/?sort=oldest&iso_min=100"),
    ]
    assert _searches(alone(Address("sea light storm"))) == [
        ("“sea”", "/?q=sea+"),
        ("“light”", "/?q=light+"),
        ("“storm”", "/?q=storm"),
    ]
    assert alone(Address("sea iso:100")) == alone(Address("sea")) == alone(Address("iso:many a b")) == []


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
