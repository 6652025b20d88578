"""Where in the feed a page begins when it is not at the top: at a month, after a picture, or before one.

A place lies between two pictures, so that the pages before it and those after it meet without a gap or a repeat,
whatever is added or deleted meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from clonegallery.errors import FieldError, Invalid
from clonegallery.images.repository.shapes import Shape
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.pagination import Keys, decode_cursor, encode_cursor

_IN_TIME = (Sort.NEWEST, Sort.OLDEST, Sort.TAKEN)
_NO_TIME = "A start needs an order in time: newest, oldest or taken."
_BACKWARDS = "<"
"""What the scope of a cursor ends with that leads to the page before."""

_LOWEST, _HIGHEST = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Place:
    """The page lies after `keys` in the order of the list, or ends before them if `backwards`.

    `is_start` marks the place of a month, which is where no page came from yet.
    """

    keys: Keys
    backwards: bool = False
    is_start: bool = False

    def of(self, shape: Shape, values: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
        """`shape` and `values` for the statement that reads the page."""
        bound = {f"after_{name}": key for name, key in zip(shape.keys, self.keys, strict=True)}
        return replace(shape, after_cursor=True, reverse=self.backwards), {**values, **bound}


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of a page in the order of the list, and the cursors of those beside it."""

    rows: Sequence[Any]
    next_cursor: str | None
    previous_cursor: str | None


def place_in(query: FeedQuery, shape: Shape) -> Place | None:
    """The place that `query` asks for, none for the top; a cursor goes before a start, which says where it all began.

    Raises `Invalid` for a cursor of another list, and for a start in an order that is none in time.
    """
    if query.start:
        require_time_order(shape.sort)
    if query.cursor:
        return _cursor_place(query.cursor, shape)
    return _start_place(query.start, ascending=shape.ascending) if query.start else None


def require_time_order(sort: str) -> None:
    """Raises `Invalid` for a list that a month is no place in."""
    if sort not in _IN_TIME:
        raise Invalid(_NO_TIME, errors=[FieldError("start", _NO_TIME)])


def cut(shape: Shape, place: Place | None, rows: Sequence[Any], limit: int, *, is_first: bool) -> Cut:
    """The page out of `rows`, which `Place.of` had read in its direction, one more than `limit` if there are more.

    `is_first` says that nothing lies before the place.
    """
    shown, more = rows[:limit], len(rows) > limit
    if place and place.backwards:
        shown = shown[::-1]
        before = _cursor(shape, shown[0], _BACKWARDS) if more else None
        return Cut(shown, _cursor(shape, shown[-1]) if shown else None, before)
    before = encode_cursor(shape.sort + _BACKWARDS, place.keys) if place and place.is_start and not is_first else None
    return Cut(shown, _cursor(shape, shown[-1]) if more else None, before)


def _cursor(shape: Shape, row: Any, direction: str = "") -> str:
    return encode_cursor(shape.sort + direction, [getattr(row, key) for key in shape.keys])


def _cursor_place(cursor: str, shape: Shape) -> Place:
    try:
        return Place(decode_cursor(shape.sort, cursor, shape.kinds))
    except Invalid:
        return Place(decode_cursor(shape.sort + _BACKWARDS, cursor, shape.kinds), backwards=True)


def _start_place(month: str, *, ascending: bool) -> Place:
    """Just before the first picture of a month: in time its end or, in an ascending order, its beginning."""
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    if ascending:
        # Nothing lies between two microseconds, and no id above the highest.
        return Place((_a_moment_before(first), _HIGHEST), is_start=True)
    return Place((_next_month(first), _LOWEST), is_start=True)


def _a_moment_before(moment: datetime) -> datetime:
    earliest = datetime.min.replace(tzinfo=UTC)
    return moment - timedelta(microseconds=1) if moment > earliest else earliest


def _next_month(first: datetime) -> datetime:
    try:
        return (first + timedelta(days=31)).replace(day=1)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
