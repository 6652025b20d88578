"""The plain filters of an address: each a chip with what says it, or a sentence why it cannot be read."""

import pytest

from clonegallery.ui.pages.gallery_address import address_in
from clonegallery.ui.pages.gallery_filters import FilterChip, fault_in, filter_chips


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("camera_make=Nikon", "camera by Nikon"),
        ("iso_min=100&iso_max=400", "ISO 100\N{EN DASH}400"),
        ("taken_after=2024-01-01T00:00:00Z&taken_before=2025-01-01T00:00:00Z", "taken 2024"),
        ("owner=alice", "by alice"),
        ("seed=42", "seed 42"),
        ("has_gps=true", "with a place"),
        ("has_gps=false", "not with a place"),
        ("bbox=5.9,45.8,10.5,47.8", "between 45.8, 5.9 and 47.8, 10.5"),
        ("visibility=private", "visibility private"),
        ("prompt=red+sun", "prompt with red sun"),
        ("status=failed", "status failed"),
        ("liked=true", "that you like"),
        ("trashed=1", "in your trash"),
    ],
)
def test_each_filter_is_a_chip_with_its_parameters(asked: str, label: str) -> None:
    address = address_in(f"/?q=sea&sort=oldest&{asked}")
    assert filter_chips(address) == [FilterChip(label, list(address.others))]


def test_of_several_tags_each_is_a_chip() -> None:
    assert filter_chips(address_in("/?tag=Lake&lens=50mm&tag=sea")) == [
        FilterChip("lens 50mm", [("lens", "50mm")]),
        FilterChip("tagged lake", [("tag", "Lake")]),
        FilterChip("tagged sea", [("tag", "sea")]),
    ]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("iso_min=abc", "The address says iso_min=abc, which cannot be read."),
        ("iso_min=", "The address says iso_min=, which cannot be read."),
        ("sort=foo", "The address asks for the order “foo”, which there is not."),
        ("colour=red", "The address asks for “colour”, which there is not."),
        (f"tag=sea&tag={'x' * 201}", f"The address says tag={'x' * 59}…, which cannot be read."),
        ("sort=oldest&iso_min=1", ""),
        ("q=iso:many", ""),
    ],
)
def test_what_cannot_be_read_is_said(asked: str, fault: str) -> None:
    address = address_in(f"/?{asked}")
    assert fault_in(address) == fault
    assert not fault or not filter_chips(address)
