"""Boxes on the map as a plain parameter writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery.images.conditions import Box, box_of


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("5.9,45.8,10.5,47.8", Box(5.9, 45.8, 10.5, 47.8)),
        (" -180, -90, 180, +90 ", Box(-180, -90, 180, 90)),
        ("170,-50,-170,-30", Box(170, -50, -170, -30)),
        ("1,2,1,2", Box(1, 2, 1, 2)),
    ],
)
def test_a_box_is_read(text: str, box: Box) -> None:
    assert box_of(text) == box


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "west,south,east,north"),
        ("1,2,3", "west,south,east,north"),
        ("1,2,3,4,5", "west,south,east,north"),
        ("1,3,2,2", "the south comes before the north"),
        ("181,0,0,0", "a longitude is a number of degrees from -180 to 180"),
        ("0,-90.1,0,0", "a latitude is a number of degrees from -90 to 90"),
        ("nan,0,0,0", "a longitude"),
        ("1e1,0,0,0", "a longitude"),
        (",0,0,0", "a longitude"),
        ("٣,0,0,0", "a longitude"),
    ],
)
def test_what_is_no_box_says_why(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        box_of(text)


@given(st.text() | st.lists(st.sampled_from(["1", "-0", "90", "x", "", " "]), min_size=4, max_size=4).map(",".join))
def test_every_text_is_a_box_within_the_globe_or_refused(text: str) -> None:
    try:
        box = box_of(text)
    except ValueError:
        return
    assert -180 <= min(box.west, box.east) <= max(box.west, box.east) <= 180
    assert -90 <= box.south <= box.north <= 90
