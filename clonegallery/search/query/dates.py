"""Years, months and days, and ranges of them, as half-open intervals in UTC."""

import re
from datetime import UTC, datetime, timedelta

from clonegallery.images.conditions import Range
from clonegallery.search.query.scales import BACKWARDS, COMPARISON

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FORMS = ("%Y", "%Y-%m", "%Y-%m-%d")
_DAY = timedelta(days=1)
# A photograph is as old as the oldest that survives, and of this century: what `images/exif.py` believes.
_FIRST, _END = datetime(1826, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_YEARS = f"the years go from {_FIRST.year} to {_END.year - 1}"


def interval_of(text: str) -> Range:
    """`2024..2025-06` is everything from the start of the first until before the end of the last, in UTC.

    `<2024` ends before that year, `>2024` begins after it. Raises `ValueError`, with words where they help.
    """
    low, high = _bounds(text)
    if (low is not None and low >= _END) or (high is not None and high <= _FIRST):
        raise ValueError(_YEARS)
    if low is not None and high is not None and low >= high:
        raise ValueError(BACKWARDS)
    return Range(low, high, high_open=high is not None)


def write_interval(value: Range) -> str:
    """What `interval_of` reads as `value`, in years or months where these say it."""
    first, last = ends(value)
    if first is None or last is None:
        return f">={first}" if first else f"<={last}"
    return first if first == last else f"{first}..{last}"


def ends(value: Range) -> tuple[str | None, str | None]:
    """The first and the last year, month or day of an interval; both the same where one of them is the whole."""
    low, high = value.low, value.high
    first = _named(low, _fineness(low)) if isinstance(low, datetime) else None
    if not isinstance(high, datetime):
        return first, None
    if not isinstance(low, datetime):
        return None, _named(high - _DAY, _fineness(high))
    wholes = (_named(low, fineness) for fineness in range(3))
    if whole := next((name for name in wholes if _span(name) == (low, high)), None):
        return whole, whole
    # The last day, month or year inside is named, not the one after it, and no more coarsely than the first.
    return first, _named(high - _DAY, max(_fineness(low), _fineness(high)))


def _bounds(text: str) -> tuple[datetime | None, datetime | None]:
    if compared := COMPARISON.fullmatch(text):
        start, end = _span(compared[2])
        match compared[1]:
            case "<":
                return None, start
            case "<=":
                return None, end
            case ">":
                return end, None
            case _:
                return start, None
    first, dots, last = text.partition("..")
    if not first.strip() and not last.strip():
        raise ValueError
    low = _span(first)[0] if first.strip() else None
    return low, _span(last if dots else first)[1] if last.strip() or not dots else None


def _span(text: str) -> tuple[datetime, datetime]:
    """From the start of a year, a month or a day to the start of the next one."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    if not _FIRST.year <= year < _END.year:
        raise ValueError(_YEARS)
    try:
        start = datetime(year, month, day, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"the calendar has no {text.strip()}") from error
    if found[3]:
        return start, start + _DAY
    return start, datetime(year + (month == 12 or not found[2]), month % 12 + 1 if found[2] else 1, 1, tzinfo=UTC)


def _fineness(moment: datetime) -> int:
    """0 where a year starts, 1 where a month does, else 2."""
    return 2 if moment.day > 1 else 1 if moment.month > 1 else 0


def _named(moment: datetime, fineness: int) -> str:
    return moment.strftime(_FORMS[fineness])
