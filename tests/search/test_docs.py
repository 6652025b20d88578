"""What operators and users read about the search is what it takes."""

import re

import pytest

from clonegallery.search.query import KEYS, Key, parse
from clonegallery.settings import ROOT

PAGE = (ROOT / "docs" / "searching.md").read_text()


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.key)
def test_every_key_is_described(key: Key) -> None:
    for name in (key.key, *key.aliases):
        assert f"`{name}:`" in PAGE, name
    assert parse(key.example).terms


def test_every_example_can_be_searched_for() -> None:
    table = PAGE[PAGE.index("## Keys") : PAGE.index("Ranges are")]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    examples = [text for row in rows for text in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[-2])]
    assert len(examples) > len(KEYS)
    for example in examples:
        (term,) = parse(example).terms
        assert term
