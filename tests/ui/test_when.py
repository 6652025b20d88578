"""Moments in words."""

from datetime import UTC, datetime, timedelta

import pytest

from clonegallery.ui.when import ago, exactly

_NOW = datetime(2026, 7, 14, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-90), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "14 June 2026"),
    ],
)
def test_how_long_ago(past: timedelta, words: str) -> None:
    assert ago(_NOW - past, _NOW) == words


def test_never_is_no_words() -> None:
    assert (ago(None, _NOW), exactly(None)) == ("", "")


def test_the_exact_moment_is_in_utc() -> None:
    assert exactly(datetime.fromisoformat("2026-07-14T20:05:00+02:00")) == "14 July 2026, 18:05 UTC"
