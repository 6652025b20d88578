"""The justified layout of the grid, run in Node as the browser runs it."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.node import evaluate

_WIDTH, _TARGET, _GAP = 1200, 240, 5

Row = dict[str, Any]
Size = tuple[int, int]


def _evaluate(expression: str, sizes: list[Size]) -> Any:
    """The JSON value of `expression` over the module's exports (as `j`) and `cards` of these sizes."""
    cards = [{"width": width, "height": height} for width, height in sizes]
    setup = f"""
        const cards = {json.dumps(cards)};
        const lay = (done, at = cards.length) => {{
          const layout = j.createLayout({{ width: {_WIDTH}, target: {_TARGET}, gap: {_GAP} }});
          j.extendLayout(layout, cards.slice(0, at), false);
          return j.extendLayout(layout, cards, done);
        }};
    """
    return evaluate(expression, setup=setup, j="justified.js")


def _rows(sizes: list[Size]) -> list[Row]:
    rows: list[Row] = _evaluate("lay(true).rows", sizes)
    return rows


_SIZES = st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)), min_size=1, max_size=80)


@settings(max_examples=12)
@given(sizes=_SIZES)
def test_every_picture_has_a_place_and_full_rows_fill_the_width(sizes: list[Size]) -> None:
    rows = _rows(sizes)
    assert [row["start"] for row in rows] == [0, *(row["end"] for row in rows[:-1])]
    assert rows[-1]["end"] == len(sizes)
    for above, row in pairwise(rows):
        assert row["top"] == above["top"] + above["height"] + _GAP
    for row in rows:
        edges = [left + width for left, width in zip(row["lefts"], row["widths"], strict=True)]
        assert all(left == edge + _GAP for left, edge in zip(row["lefts"][1:], edges, strict=False))
        assert edges[-1] == _WIDTH if row is not rows[-1] else edges[-1] <= _WIDTH


def test_rows_stay_near_the_wished_height() -> None:
    rows = _rows([(3000, 2000), (2000, 3000), (4000, 3000), (1000, 1000), (1600, 900)] * 30)
    assert all(0.6 * _TARGET <= row["height"] <= 1.5 * _TARGET for row in rows[:-1])


def test_a_last_row_is_not_stretched() -> None:
    rows = _rows([(3000, 2000)] * 4 + [(2000, 3000)])
    assert (rows[-1]["height"], rows[-1]["widths"]) == (_TARGET, [360, 160])


def test_what_is_laid_out_never_moves_when_more_arrives() -> None:
    sizes = [(3000, 2000), (2000, 3000), (9000, 1000), (1, 1000)] * 20
    whole, in_two_parts = _evaluate("[lay(true).rows, lay(true, 37).rows]", sizes)
    assert in_two_parts == whole


def test_a_row_not_yet_full_is_held_back_until_nothing_follows() -> None:
    assert _evaluate("[lay(false).placed, lay(true).placed]", [(3000, 2000)] * 2) == [0, 2]


@pytest.mark.parametrize("size", [(0, 0), (-4, 3), (40_000, 1), (1, 40_000)])
def test_a_strange_size_still_has_a_visible_place(size: Size) -> None:
    (row,) = _rows([size])
    assert row["height"] >= 60
    assert row["widths"][0] >= 60


def test_the_document_keeps_at_most_the_budget_of_pictures() -> None:
    view = "(() => { const l = lay(true); return [l.rows, j.visibleRows(l, 20000, 20900, 900, 120)]; })()"
    rows, (first, last) = _evaluate(view, [(3000, 2000), (2000, 3000)] * 1000)
    assert rows[first]["top"] <= 20_000
    assert rows[last]["top"] + rows[last]["height"] >= 20_900
    assert rows[last]["end"] - rows[first]["start"] <= 120


def test_arrow_keys_follow_what_one_sees() -> None:
    keys = ["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp", "Home", "End"]
    expression = f"{json.dumps(keys)}.map((key) => j.neighbourIndex(lay(true), 5, key))"
    left, right, down, up, home, end = _evaluate(expression, [(1000, 1000)] * 20)
    assert (left, right, home, end) == (4, 6, 0, 19)
    assert (down, up) == (10, 0)
