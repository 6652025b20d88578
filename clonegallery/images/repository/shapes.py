"""The shape of a list: what its statements are built from, and what requests that differ in values only share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select, tuple_, union_all

from clonegallery.images.repository.filters import Clause
from clonegallery.images.repository.tables import images
from clonegallery.images.schemas import Sort

TRASH = "trash"
CARD = (
    "id", "owner_id", "title", "width", "height", "thumbhash", "dominant_color", "status", "visibility", "rating",
    "animated", "source", "likes", "views", "taken_at", "sort_at", "created_at", "deleted_at",
)  # fmt: skip
"""What lists show of a picture, the keys of every order among it."""
_KEYS: Mapping[str, tuple[str, ...]] = {
    Sort.NEWEST: ("created_at", "id"),
    Sort.OLDEST: ("created_at", "id"),
    Sort.TAKEN: ("sort_at", "id"),
    Sort.POPULAR: ("likes", "views", "id"),
    Sort.RELEVANCE: ("created_at", "id"),
    TRASH: ("deleted_at", "id"),
}
_KINDS = {"created_at": "d", "sort_at": "d", "deleted_at": "d", "likes": "i", "views": "i", "id": "u"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which statement a request needs; requests of one shape differ in bound values only.

    `clauses` narrow the list; `reverse` walks the order backwards.
    """

    sort: str
    clauses: tuple[Clause, ...] = ()
    signed_in: bool = False
    with_failed: bool = False
    after_cursor: bool = False
    reverse: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that order the list, the last one unique."""
        return _KEYS[self.sort]

    @property
    def kinds(self) -> str:
        """The keys' types, as `pagination.decode_cursor` names them."""
        return "".join(_KINDS[key] for key in self.keys)

    @property
    def ascending(self) -> bool:
        return (self.sort == Sort.OLDEST) != self.reverse


def after(shape: Shape, columns: Any) -> ColumnElement[bool]:
    """What comes after the row whose keys are bound as `after_<key>`."""
    row = tuple_(*(columns[key] for key in shape.keys))
    last = tuple_(*(bindparam(f"after_{key}", type_=images.c[key].type) for key in shape.keys))
    return row > last if shape.ascending else row < last


def ordered(shape: Shape, columns: Any) -> list[ColumnElement[Any]]:
    return [columns[key].asc() if shape.ascending else columns[key].desc() for key in shape.keys]


def united(parts: list[Select[Any]]) -> Any:
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


def number(limit: int) -> ColumnElement[int]:
    """Written out: of a parameter PostgreSQL expects a tenth of the table, and plans each page anew for fear of it."""
    return literal_column(str(int(limit)))
