"""How a generation is told of."""

import pytest

from clonegallery.generations.schemas import Waiting
from clonegallery.ui.making import words


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 s"),
        (0.4, "1 s"),
        (8.4, "8 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (150, "2 min"),
        (5340, "89 min"),
        (7200, "2 h"),
    ],
)
def test_a_duration_is_as_exact_as_a_forecast_deserves(seconds: float, expected: str) -> None:
    assert words.duration(seconds) == expected


@pytest.mark.parametrize(
    ("eta", "expected"), [(None, ""), (0, ""), (-3, ""), ("8", ""), (True, "about 1 s left"), (8.2, "about 8 s left")]
)
def test_what_is_left_is_told_only_where_it_is_known(eta: object, expected: str) -> None:
    assert words.left(eta) == expected


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (None, "In the queue"),
        (Waiting(position=1, eta_s=8.3), "Next in the queue · starts in about 8 s"),
        (Waiting(position=1, eta_s=0.2), "Next in the queue · starts soon"),
        (Waiting(position=12, eta_s=600), "Number 12 in the queue · starts in about 10 min"),
        (Waiting(position=2), "Number 2 in the queue · waiting time not known yet"),
    ],
)
def test_the_place_in_the_queue_is_told_with_the_time(waiting: Waiting | None, expected: str) -> None:
    assert words.place(waiting) == expected


@pytest.mark.parametrize(("value", "expected"), [(7.0, "7"), (7.5, "7.5"), (0.35, "0.35"), (0.0, "0")])
def test_a_number_has_no_needless_digits(value: float, expected: str) -> None:
    assert words.number(value) == expected


@pytest.mark.parametrize(("step", "steps", "expected"), [(0, 20, "Starting …"), (3, 20, "Step 3 of 20")])
def test_a_step_is_one_of_so_many(step: int, steps: int, expected: str) -> None:
    assert words.step_of(step, steps) == expected
