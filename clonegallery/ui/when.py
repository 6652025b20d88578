"""Moments in words. Pure functions of a moment and the present, both aware; no moment gives an empty text."""

from datetime import UTC, datetime, timedelta

from clonegallery.ui.photograph import count, day

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(moment: datetime | None, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `yesterday`, `6 days ago`, then the day itself.

    What lies ahead, as by a clock that runs fast, is `just now`.
    """
    if moment is None:
        return ""
    past = now - moment
    if past < _MINUTE:
        return "just now"
    if past < _HOUR:
        return f"{count(past // _MINUTE, 'minute', 'minutes')} ago"
    if past < _DAY:
        return f"{count(past // _HOUR, 'hour', 'hours')} ago"
    days = past // _DAY
    return "yesterday" if days == 1 else f"{days} days ago" if days < 30 else day(moment)


def exactly(moment: datetime | None) -> str:
    """`14 July 2024, 18:05 UTC`."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC" if moment else ""
