"""What each condition of a list means in SQL. The statement's shape holds no values: those are bound.

A `Clause` says what is compared and how; its values are bound as `v<index>`, with `_low` and `_high` for two of them.
Clauses are applied to the table of pictures, or to any subquery that has its columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, cast, false, func, not_, or_, select, true
from sqlalchemy.types import Float, Numeric, TypeEngine

from clonegallery.images.repository.tables import generated_images, image_tags, images, likes, tags, users
from clonegallery.images.repository.words import by_words

EARTH_METERS: Final = 6_371_008.8
"""The mean radius of the earth: IUGG, https://doi.org/10.1007/s001900050278."""

Columns = Any
Sql = ColumnElement[bool]

_RANGES = ("aperture", "iso", "focal_length", "exposure", "taken_at")
_SAME = ("owner_id", "visibility", "status", "rating", "source")
_ANY_OF = ("id", "camera_id", "lens_id", "model_id")


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition as part of a statement's shape. `form` tells apart what one name can mean: `>=<` is a range from a
    bound that belongs to it to one that does not."""

    name: str
    index: int
    form: str = ""
    negated: bool = False


def condition(clause: Clause, columns: Columns) -> Sql:
    """The condition over these columns. What a picture does not have it is not: a negated one holds there."""
    found = _BUILDERS[clause.name](clause, columns)
    return not_(func.coalesce(found, false())) if clause.negated else found


def _bound(clause: Clause, kind: TypeEngine[Any], end: str = "", *, expanding: bool = False) -> Any:
    return bindparam(f"v{clause.index}{end}", type_=kind, expanding=expanding)


def _same(clause: Clause, columns: Columns) -> Sql:
    found: Sql = columns[clause.name] == _bound(clause, columns[clause.name].type)
    return found


def _any_of(clause: Clause, columns: Columns) -> Sql:
    found: Sql = columns[clause.name].in_(_bound(clause, columns[clause.name].type, expanding=True))
    return found


def _range(clause: Clause, columns: Columns) -> Sql:
    return within(clause, columns[clause.name])


def within(clause: Clause, column: Any) -> Sql:
    """Whether the column lies in a clause's range."""
    # Bounds are of the column's own type: one of another is compared without the index, and nothing is known of it.
    bounds = {
        ">=": lambda: column >= _bound(clause, column.type, "_low"),
        "> ": lambda: column > _bound(clause, column.type, "_low"),
        "<=": lambda: column <= _bound(clause, column.type, "_high"),
        "< ": lambda: column < _bound(clause, column.type, "_high"),
    }
    asked = (clause.form[:2], clause.form[2:])
    return and_(true(), *(bounds[part]() for part in asked if part in bounds))


def _owner_name(clause: Clause, columns: Columns) -> Sql:
    named = func.lower(users.c.username) == func.lower(_bound(clause, users.c.username.type))
    found: Sql = columns.owner_id == select(users.c.id).where(named).scalar_subquery()
    return found


def _liked(_clause: Clause, columns: Columns) -> Sql:
    mine = select(likes.c.image_id).where(likes.c.user_id == bindparam("viewer_id", type_=likes.c.user_id.type))
    found: Sql = columns.id.in_(mine)
    return found


def _tag(clause: Clause, columns: Columns) -> Sql:
    carrying = select(image_tags.c.image_id).join(tags, tags.c.id == image_tags.c.tag_id)
    found: Sql = columns.id.in_(carrying.where(tags.c.name == _bound(clause, tags.c.name.type)))
    return found


def _seed(clause: Clause, columns: Columns) -> Sql:
    made = select(generated_images.c.image_id)
    found: Sql = columns.id.in_(made.where(generated_images.c.seed == _bound(clause, generated_images.c.seed.type)))
    return found


def _nothing(_clause: Clause, _columns: Columns) -> Sql:
    return false()


def _known_to(clause: Clause, columns: Columns) -> Sql:
    """Where a picture was taken only its owner and Admins may know, so it is found by that only for them."""
    if clause.form in ("everyone's", "nobody's"):
        return true() if clause.form == "everyone's" else false()
    mine: Sql = columns.owner_id == bindparam("viewer_id", type_=images.c.owner_id.type)
    return mine


def _located(clause: Clause, columns: Columns) -> Sql:
    return and_(columns.gps_latitude.is_not(None), _known_to(clause, columns))


def _degrees(clause: Clause, end: str) -> Any:
    """A bound of the columns' own type, though with any number of digits: a band may reach beyond the poles."""
    return cast(_bound(clause, Float(), end), Numeric())


def _box(clause: Clause, columns: Columns) -> Sql:
    """West may lie east of east: then the box crosses the antimeridian."""
    west, south, east, north = (_degrees(clause, end) for end in ("_west", "_south", "_east", "_north"))
    longitude = columns.gps_longitude
    inside = or_(
        and_(west <= east, longitude.between(west, east)), and_(west > east, or_(longitude >= west, longitude <= east))
    )
    return and_(_located(clause, columns), columns.gps_latitude.between(south, north), inside)


def _circle(clause: Clause, columns: Columns) -> Sql:
    """Great-circle distance by the haversine, within the band of latitudes that an index can be asked for."""
    latitude, longitude, meters = (_bound(clause, Float(), end) for end in ("_latitude", "_longitude", "_meters"))
    band = columns.gps_latitude.between(_degrees(clause, "_south"), _degrees(clause, "_north"))
    half = func.radians(columns.gps_latitude - latitude) / 2, func.radians(columns.gps_longitude - longitude) / 2
    across = func.cos(func.radians(latitude)) * func.cos(func.radians(columns.gps_latitude))
    chord = func.power(func.sin(half[0]), 2) + across * func.power(func.sin(half[1]), 2)
    # Compared by the chord: rounding may bring it to a hair above 1, where an arc sine would fail.
    reach = func.power(func.sin(meters / (2 * EARTH_METERS)), 2)
    return and_(_located(clause, columns), band, chord <= reach)


def _words(clause: Clause, columns: Columns) -> Sql:
    return by_words(clause.form, f"v{clause.index}", columns)


def _found(clause: Clause, columns: Columns) -> Sql:
    """By words, or because it is one of these: what was found by meaning."""
    ids = columns.id.in_(_bound(clause, images.c.id.type, "_ids", expanding=True))
    return or_(_words(clause, columns), ids)


_BUILDERS: Mapping[str, Callable[[Clause, Columns], Sql]] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(_ANY_OF, _any_of),
    **dict.fromkeys(_RANGES, _range),
    "owner_name": _owner_name,
    "liked": _liked,
    "tag": _tag,
    "seed": _seed,
    "gps": _located,
    "box": _box,
    "circle": _circle,
    "words": _words,
    "found": _found,
    "nothing": _nothing,
}
