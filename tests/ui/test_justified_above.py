"""Rows that are laid out above others, run in Node as the browser runs it."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.node import evaluate

_WIDTH, _TARGET, _GAP = 1200, 240, 5

Size = tuple[int, int]
_ORDINARY = [(3000, 2000), (2000, 3000), (4000, 3000), (1000, 1000), (1600, 900)]
_SIZES = st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)), min_size=1, max_size=70)


def _grown(above: list[list[Size]], below: list[Size]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The layout of `below`, and the same one after each page of `above`, the nearest one first, was put before it."""
    pages = [[{"width": width, "height": height} for width, height in page] for page in (below, *above)]
    setup = f"""
        let [cards, ...pages] = {json.dumps(pages)};
        const layout = j.createLayout({{ width: {_WIDTH}, target: {_TARGET}, gap: {_GAP} }});
        j.extendLayout(layout, cards, true);
        const before = structuredClone(layout);
        let first = 0;
        for (const page of pages) {{
          cards = [...page, ...cards];
          first -= page.length;
          up.prependLayout(layout, cards, first);
          j.extendLayout(layout, cards, true, first);
        }}
    """
    before, after = evaluate("[before, layout]", setup=setup, j="justified.js", up="justified_above.js")
    return before, after


@settings(max_examples=12)
@given(above=st.lists(_SIZES, min_size=1, max_size=3), below=_SIZES)
def test_what_is_there_stays_and_every_picture_above_has_a_place(above: list[list[Size]], below: list[Size]) -> None:
    before, after = _grown(above, below)
    many = sum(map(len, above))
    assert after["rows"][-len(before["rows"]) :] == before["rows"]
    assert (after["first"], after["placed"], after["height"]) == (-many, len(below), before["height"])
    assert after["rows"][0]["start"] == -many
    assert after["rows"][0]["top"] == after["top"]
    for row, following in pairwise(after["rows"]):
        assert following["start"] == row["end"]
        assert following["top"] == row["top"] + row["height"] + _GAP


def test_rows_above_are_full_and_near_the_wished_height() -> None:
    _, after = _grown([_ORDINARY * 12, _ORDINARY * 3], _ORDINARY * 4)
    above = [row for row in after["rows"] if row["end"] <= 0]
    assert len(above) > 15
    for row in above:
        assert row["lefts"][-1] + row["widths"][-1] == _WIDTH
        assert 0.7 * _TARGET <= row["height"] <= 1.4 * _TARGET


def test_a_single_picture_above_is_no_giant() -> None:
    _, after = _grown([[(1000, 3000)]], _ORDINARY)
    assert after["rows"][0]["height"] <= 2.3 * _TARGET
    assert after["rows"][0]["widths"][0] < _WIDTH


def test_the_first_rows_may_come_from_above() -> None:
    """Where nothing is left of the month that one jumped to, what follows it begins at the very same place."""
    setup = f"""
        const cards = {json.dumps([{"width": 3, "height": 2}] * 24)};
        const layout = j.createLayout({{ width: {_WIDTH}, target: {_TARGET}, gap: {_GAP} }});
        up.prependLayout(layout, cards.slice(0, 12), -12);
        j.extendLayout(layout, cards, true, -12);
    """
    rows = evaluate("layout.rows", setup=setup, j="justified.js", up="justified_above.js")
    assert next(row for row in rows if row["start"] == 0)["top"] == 0
    assert all(following["top"] == row["top"] + row["height"] + _GAP for row, following in pairwise(rows))
