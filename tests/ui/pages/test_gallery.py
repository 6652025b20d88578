"""The order of the gallery comes from its address."""

import pytest

from clonegallery.ui.pages.gallery import sort_in


@pytest.mark.parametrize(
    ("url", "sort"),
    [("/", "newest"), ("/?sort=oldest", "oldest"), ("/?sort=; DROP TABLE", "newest"), ("/?sort=taken&tag=x", "taken")],
)
def test_unknown_orders_are_the_newest_first(url: str, sort: str) -> None:
    assert sort_in(url) == sort
