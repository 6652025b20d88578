"""The help of the search box tells every key, and no example in it is refused."""

import pytest

from clonegallery.search.query import KEYS, parse
from clonegallery.ui.pages.gallery_help import _MORE, _WORDS, GROUPS, NOT_TYPED


def test_every_key_is_told_once() -> None:
    told = [key for _, keys in GROUPS for key in keys]
    assert sorted([*told, *NOT_TYPED]) == sorted(key.key for key in KEYS)


@pytest.mark.parametrize("example", [example for lines in (_WORDS, *_MORE.values()) for example, _ in lines])
def test_the_examples_can_be_searched_for(example: str) -> None:
    assert parse(example).terms
