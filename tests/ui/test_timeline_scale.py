"""The rail's measure: where months lie, which years are named, how far a year is; run in Node."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.node import evaluate

_HEIGHT = 800

Month = dict[str, Any]


def _months(counts: list[int], *, first: int = 2026 * 12, ascending: bool = False) -> list[Month]:
    """A month for each count, from January 2026 backwards, or from there on."""
    numbers = [first + (index if ascending else -index) for index in range(len(counts))]
    return [
        {"month": f"{number // 12}-{number % 12 + 1:02}", "count": count}
        for number, count in zip(numbers, counts, strict=True)
    ]


def _evaluate(expression: str, months: list[Month]) -> Any:
    setup = f"const months = {json.dumps(months)}; const scale = t.createScale(months, {_HEIGHT});"
    return evaluate(expression, setup=setup, t="timeline_scale.js")


@settings(max_examples=12)
@given(counts=st.lists(st.integers(1, 100_000), min_size=2, max_size=500))
def test_months_fill_the_rail_and_each_can_be_hit(counts: list[int]) -> None:
    tops, hit = _evaluate(
        "[scale.tops, months.map((_, i) => t.monthAt(scale, t.pixelOf(scale, i, 0.5)))]", _months(counts)
    )
    assert (tops[0], tops[-1]) == (0, pytest.approx(_HEIGHT))
    assert hit == list(range(len(counts)))
    least = min(7, 0.6 * _HEIGHT / len(counts))
    heights = [below - above for above, below in pairwise(tops)]
    assert min(heights) >= least - 1e-6
    by_count = [height for _, height in sorted(zip(counts, heights, strict=True))]
    assert all(more >= less - 1e-6 for less, more in pairwise(by_count))


def test_the_ends_of_the_rail_are_its_first_and_last_month() -> None:
    found = _evaluate(f"[-5, 0, {_HEIGHT}, {_HEIGHT + 5}].map((y) => t.monthAt(scale, y))", _months([3, 3, 3]))
    assert found == [0, 0, 2, 2]


def test_years_are_named_once_and_apart_from_each_other() -> None:
    labels, ticks = _evaluate(
        "[t.yearLabels(months, scale), t.ticks(scale, t.yearLabels(months, scale))]", _months([5] * 400)
    )
    years = [label["year"] for label in labels]
    assert years == sorted(set(years), reverse=True)
    assert len(years) > 10
    for above, below in pairwise(label["top"] for label in labels):
        assert below - above >= 22
    for above, below in pairwise(ticks):
        assert below - above >= 4


def test_a_year_of_one_month_does_not_take_the_name_of_a_full_one() -> None:
    labels = _evaluate("t.yearLabels(months, scale).map(({ year }) => year)", _months([1, *[100] * 12, *[100] * 12]))
    assert labels == ["2025", "2024"]


@pytest.mark.parametrize("ascending", [False, True])
def test_a_year_away_is_the_same_month_or_the_nearest_beyond(*, ascending: bool) -> None:
    months = _months([1] * 40, ascending=ascending)
    gap = months[:10] + months[20:]
    steps = (
        "[t.yearAway(months, 5, 1), t.yearAway(months, 17, -1), t.yearAway(months, 3, -1), t.yearAway(months, 28, 1)]"
    )
    assert _evaluate(steps, months) == [17, 5, 0, 39]
    # Twelve months after the sixth lies in the gap, of which nothing is left: the first one beyond it.
    assert _evaluate("t.yearAway(months, 5, 1)", gap) == 10


@pytest.mark.parametrize(("ascending", "part"), [(False, 0.5), (True, 0.5)])
def test_a_moment_has_its_place_within_the_month(*, ascending: bool, part: float) -> None:
    months = _months([4, 4], ascending=ascending)
    found = _evaluate(f't.placeOf(months, "{months[1]["month"]}-16T12:00:00Z")', months)
    assert found == {"index": 1, "part": pytest.approx(part, abs=0.01)}
    early = _evaluate(f't.placeOf(months, "{months[1]["month"]}-01T00:00:00Z")', months)
    assert early == {"index": 1, "part": 0 if ascending else 1}
    assert _evaluate('[t.placeOf(months, "1999-01-01T00:00:00Z"), t.placeOf(months, null)]', months) == [None, None]


def test_months_are_told_in_words() -> None:
    assert _evaluate('t.monthName("2024-03")', _months([1, 1])) == "March 2024"
    counts = "[{ count: 1234 }, { count: 1 }, { count: 9000, is_estimate: true }]"
    told = ["1,234 pictures", "1 picture", "about 9,000 pictures"]
    assert _evaluate(f"{counts}.map(t.countText)", _months([1, 1])) == told
