"""What each filter of the feed means in SQL; the bound value has the filter's own name."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from clonegallery.images.repository.tables import image_tags, images, likes, tags, users
from clonegallery.images.schemas import Filters

_EQUAL = ("visibility", "status", "rating", "source")
_WORDS = ("camera_make", "camera_model", "lens")
_RANGES = ("aperture", "iso", "focal_length", "exposure")
LIKED = "liked"


def _bound(name: str, column: Any) -> Any:
    return bindparam(name, type_=column.type)


def _range(name: str) -> dict[str, ColumnElement[bool]]:
    # Bounds are floats even of whole columns: `iso_min=99.5` is a fair question.
    column = images.c[name]
    low, high = _bound(f"{name}_min", images.c.aperture), _bound(f"{name}_max", images.c.aperture)
    return {f"{name}_min": column >= low, f"{name}_max": column <= high}


_NAMED_OWNER = (
    select(users.c.id).where(func.lower(users.c.username) == func.lower(bindparam("owner_name"))).scalar_subquery()
)
_LIKED = select(likes.c.image_id).where(likes.c.user_id == bindparam("viewer_id", type_=likes.c.user_id.type))
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "owner_id": images.c.owner_id == _bound("owner_id", images.c.owner_id),
    "owner_name": images.c.owner_id == _NAMED_OWNER,
    **{name: images.c[name] == _bound(name, images.c[name]) for name in _EQUAL},
    **{name: func.lower(images.c[name]) == func.lower(_bound(name, images.c[name])) for name in _WORDS},
    **{name: condition for column in _RANGES for name, condition in _range(column).items()},
    "ids": images.c.id.in_(bindparam("ids", expanding=True, type_=images.c.id.type)),
    LIKED: images.c.id.in_(_LIKED),
    "taken_after": images.c.taken_at >= _bound("taken_after", images.c.taken_at),
    "taken_before": images.c.taken_at < _bound("taken_before", images.c.taken_at),
}


@lru_cache(maxsize=64)
def condition_of(name: str) -> ColumnElement[bool]:
    """The condition of one filter: a field of `Filters`, `ids`, `owner_id`, `owner_name`, or `tag_0` … `tag_9`.

    `liked` binds `viewer_id`, as the visibility of whoever is signed in does.
    """
    if not name.startswith("tag_"):
        return _CONDITIONS[name]
    carrying = select(image_tags.c.image_id).join(tags, tags.c.id == image_tags.c.tag_id)
    return images.c.id.in_(carrying.where(tags.c.name == bindparam(name)))


def plain_values(filters: Filters) -> dict[str, Any]:
    """The values of the filters that were given, by the names that `condition_of` knows; without the owner."""
    given = filters.model_dump(exclude_none=True, include=set(_CONDITIONS) - {LIKED})
    labels = {f"tag_{index}": " ".join(tag.split()).lower() for index, tag in enumerate(filters.tag)}
    liked = {LIKED: True} if filters.liked else {}
    return {**given, **labels, **liked}
