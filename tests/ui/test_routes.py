"""Addresses."""

import pytest

from clonegallery.addresses import safe_next
from clonegallery.ui import routes


@pytest.mark.parametrize(
    ("url", "image_id"),
    [
        ("https://gallery.example/image/0197?x=1#y", "0197"),
        ("/image/0197/", "0197"),
        ("/image", ""),
        ("/other/0197", ""),
        ("/image/0197/more", ""),
    ],
)
def test_the_id_in_an_address(url: str, image_id: str) -> None:
    assert routes.image_id_in(url) == image_id


@pytest.mark.parametrize(
    ("url", "username"),
    [
        ("https://gallery.example/u/ada?x=1#y", "ada"),
        ("/u/ada/", "ada"),
        ("/u/a%2Fb", "a/b"),
        ("/u", ""),
        ("/u/ada/more", ""),
        ("/image/ada", ""),
    ],
)
def test_the_name_in_an_address(url: str, username: str) -> None:
    assert routes.username_in(url) == username


def test_signing_in_leads_back_even_to_an_address_with_a_query() -> None:
    assert routes.sign_in("/?sort=oldest&tag=a") == "/login?next=%2F%3Fsort%3Doldest%26tag%3Da"
    assert safe_next("/?sort=oldest&tag=a") == "/?sort=oldest&tag=a"


def test_the_picture_page_has_the_address_that_links_use() -> None:
    assert routes.image_id_in(routes.image("0197")) == "0197"
    assert routes.image("[image_id]") == routes.IMAGE
