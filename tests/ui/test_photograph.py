"""Numbers written as photographers write them."""

from datetime import UTC, datetime

import pytest

from clonegallery.ui import photograph


@pytest.mark.parametrize(("value", "shown"), [(2.8, "ƒ/2.8"), (8.0, "ƒ/8"), (11.0, "ƒ/11"), (1.4, "ƒ/1.4"), (None, "")])
def test_aperture(value: float | None, shown: str) -> None:
    assert photograph.aperture(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1 / 250, "1/250 s"),
        (0.004, "1/250 s"),
        (0.25, "1/4 s"),
        (1 / 3, "1/3 s"),
        (0.5, "1/2 s"),
        (0.4, "0.4 s"),
        (1.3, "1.3 s"),
        (30.0, "30 s"),
        (None, ""),
    ],
)
def test_exposure(value: float | None, shown: str) -> None:
    assert photograph.exposure(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(50.0, "50 mm"), (7.14, "7.1 mm"), (None, "")])
def test_focal_length(value: float | None, shown: str) -> None:
    assert photograph.focal_length(value) == shown


@pytest.mark.parametrize(
    ("make", "model", "shown"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("Panasonic", "DMC-FZ30", "Panasonic DMC-FZ30"),
        (None, "X100", "X100"),
        ("Leica", None, "Leica"),
        (None, None, ""),
    ],
)
def test_camera_does_not_say_the_make_twice(make: str | None, model: str | None, shown: str) -> None:
    assert photograph.camera(make, model) == shown


def test_taken_is_told_on_the_clock_of_the_place() -> None:
    moment = datetime(2024, 7, 14, 22, 30, tzinfo=UTC)

    assert photograph.taken(moment, 120) == "15 July 2024, 00:30 UTC+2"
    assert photograph.taken(moment, -210) == "14 July 2024, 19:00 UTC\N{MINUS SIGN}3:30"
    assert photograph.taken(moment, None) == "14 July 2024, 22:30"
    assert photograph.taken(None, 60) == ""


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (3_412_345, "3.4 MB"), (999_999, "1.0 MB"), (12_000, "12 KB")],
)
def test_file_size(size: int, shown: str) -> None:
    assert photograph.file_size(size) == shown


def test_dimensions_and_position() -> None:
    assert photograph.dimensions(6000, 4000) == "6000 \N{MULTIPLICATION SIGN} 4000 · 24 MP"
    assert photograph.dimensions(1200, 1600).endswith("1.9 MP")
    assert photograph.dimensions(160, 120).endswith("120")
    assert photograph.position(-33.85, 151.2153) == "33.85000° S, 151.21530° E"
    assert (photograph.count(1, "view", "views"), photograph.count(1204, "view", "views")) == ("1 view", "1,204 views")
