"""The names that pictures are found by: tags, cameras, lenses, models and people, as far as the viewer finds them.

Which beginnings there are is asked first, then of the few most common ones how many pictures the viewer finds by each.
All that is read lies in indexes that know in whose lists a picture is, and of each only so much, so that the cost does
not grow with the gallery, and a name that is only on pictures of others costs no more than one that is not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, literal_column, not_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository import visibility
from clonegallery.images.repository.shapes import number
from clonegallery.images.repository.tables import image_tags, images, instruments, tags, users
from clonegallery.models.instrument import InstrumentKind

COUNTED: Final = 1_000
"""Pictures that are counted by a name; more are not told apart."""
CHECKED: Final = 1_000
"""Tags of one beginning that are all looked through; of more, the most common ones and the viewer's own."""
POPULAR: Final = 5_000
OWN: Final = 500
CANDIDATES: Final = 64
_LAST: Final = "\U0010ffff"
"""After everything that a name may hold."""

_LISTED: ColumnElement[bool] = literal_column("image_tags.listed")
_ONE = number(1)


class NameKind(StrEnum):
    """Whose name it is."""

    TAG = "tag"
    CAMERA = "camera"
    LENS = "lens"
    MODEL = "model"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Name:
    """A name that there is, and `listed`, about how many listed pictures are found by it."""

    kind: NameKind
    id: Any
    name: str
    folded: str
    listed: int


async def tags_like(connection: AsyncConnection, beginning: str, viewer_id: UUID | None) -> list[Name]:
    """Tags that begin so, once folded, the most common first."""
    values = {"low": beginning, "high": beginning + _LAST, "viewer_id": viewer_id}
    rows = (await connection.execute(_some_tags(viewer_id is not None), _bound(values))).all()
    if rows and rows[0].known > CHECKED:
        rows = (await connection.execute(_common_tags(viewer_id is not None), _bound(values))).all()
    return [Name(NameKind.TAG, row.id, row.name, row.folded, row.listed) for row in rows]


async def instruments_like(connection: AsyncConnection, kinds: Iterable[NameKind], words: Sequence[str]) -> list[Name]:
    """Cameras, lenses or models of whose names each of these words begins a word, the most common first."""
    wanted = tuple(InstrumentKind(kind) for kind in kinds)
    parts = {f"word{index}": word for index, word in enumerate(words)}
    rows = (await connection.execute(_some_instruments(wanted, len(words)), parts)).all()
    return [Name(NameKind(row.kind), row.id, row.name, row.folded, row.listed) for row in rows]


async def instruments_named(connection: AsyncConnection, wanted: Iterable[tuple[NameKind, str]]) -> list[Name]:
    """The cameras, lenses and models of these folded names, as far as there are such."""
    # A name that was cut off may end in a space.
    keys = [(InstrumentKind(kind), name + end) for kind, name in wanted for end in ("", " ")]
    statement = select(instruments).where(tuple_(instruments.c.kind, instruments.c.folded).in_(keys))
    rows = await connection.execute(statement)
    return [Name(NameKind(row.kind), row.id, row.name, row.folded.rstrip(), row.listed) for row in rows]


async def owners_like(connection: AsyncConnection, beginning: str) -> list[Name]:
    """People whose names begin so, in any case, in the order of their names."""
    lower = func.lower(users.c.username)
    statement = select(users.c.id, users.c.username).where(lower.startswith(beginning, autoescape=True))
    rows = await connection.execute(statement.order_by(lower).limit(number(CANDIDATES)))
    return [Name(NameKind.OWNER, row.id, row.username, row.username.lower(), 0) for row in rows]


async def counts(connection: AsyncConnection, names: Sequence[Name], viewer_id: UUID | None) -> dict[Any, int]:
    """How many pictures the viewer finds by each name, by its kind and id; up to a little more than `COUNTED`."""
    found: dict[Any, int] = {}
    for kind in dict.fromkeys(name.kind for name in names):
        statement = _counted(kind, viewer_id is not None)
        values = {"ids": [name.id for name in names if name.kind is kind], "viewer_id": viewer_id}
        found |= {(kind, row.id): int(row.n) for row in await connection.execute(statement, _bound(values))}
    return found


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _viewer_id() -> Any:
    return bindparam("viewer_id", type_=images.c.owner_id.type)


def _begins(column: Any) -> Any:
    """By code point, as the index is: a prefix of LIKE is planned anew for each one."""
    return and_(column >= bindparam("low"), column < bindparam("high"))


def _is(column: Any, wanted: Any) -> Any:
    """Equality that an order by the column does not make plain. With that order an index is the only way that is cheap
    by whatever is expected: of one name among few the planner expects so much that it would read the table for it."""
    return column.between(wanted, wanted)


def _tagged(tag_id: Any, *, own: bool) -> Select[Any]:
    """The pictures with a tag in everybody's lists, or in the viewer's alone."""
    place = _own_tags() if own else (_LISTED,)
    return (
        select(_ONE)
        .select_from(image_tags)
        .where(_is(image_tags.c.tag_id, tag_id), *place)
        .order_by(image_tags.c.tag_id)
    )


def _own_tags() -> tuple[Any, ...]:
    return image_tags.c.owner_id == _viewer_id(), not_(_LISTED)


@lru_cache(maxsize=2)
def _some_tags(signed_in: bool) -> Any:
    """Those of the first beginnings that the viewer finds pictures by; `known` says how many beginnings there are."""
    some = (
        select(tags)
        .where(_begins(tags.c.folded))
        .order_by(tags.c.folded)
        .limit(number(CHECKED + 1))
        .cte("some")
        .prefix_with("MATERIALIZED")
    )
    known = select(func.count()).select_from(some).scalar_subquery()
    places = (False, True) if signed_in else (False,)
    # A scalar of its own for each row: EXISTS may be planned as a hash of the whole table.
    ways = [_tagged(some.c.id, own=own).correlate(some).limit(_ONE).scalar_subquery() for own in places]
    seen = [way.is_not(None) for way in ways]
    shown = select(some, known.label("known")).where(or_(known > CHECKED, *seen))
    return shown.order_by(some.c.listed.desc(), some.c.folded).limit(number(CANDIDATES))


@lru_cache(maxsize=2)
def _common_tags(signed_in: bool) -> Any:
    """The most common tags that begin so, and those of the viewer's own."""
    top = select(tags).order_by(tags.c.listed.desc(), tags.c.folded.desc()).limit(number(POPULAR)).subquery("top")
    common = select(top).where(_begins(top.c.folded)).limit(number(CANDIDATES))
    if not signed_in:
        return common
    mine = _mine()
    # By a limit of their own these are looked up first: else all tags that begin so might be.
    some = select(tags).join(mine, mine.c.tag_id == tags.c.id).limit(number(OWN)).subquery("some")
    own = select(some).where(_begins(some.c.folded)).limit(number(CANDIDATES))
    both = select(common.subquery()).union(select(own.subquery())).subquery("both")
    return select(both).order_by(both.c.listed.desc(), both.c.folded).limit(number(2 * CANDIDATES))


def _mine() -> Any:
    """Some tags of the viewer's own pictures, found by going from each to the next in the index."""
    first = select(image_tags.c.tag_id).where(*_own_tags()).order_by(image_tags.c.tag_id).limit(_ONE)
    mine = select(first.scalar_subquery().label("tag_id"), literal(1).label("n")).cte("mine", recursive=True)
    following = first.where(image_tags.c.tag_id > mine.c.tag_id).correlate(mine).scalar_subquery()
    return mine.union_all(select(following, mine.c.n + 1).where(mine.c.tag_id.is_not(None), mine.c.n < OWN))


@lru_cache(maxsize=32)
def _some_instruments(kinds: tuple[InstrumentKind, ...], words: int) -> Any:
    # Folded words hold letters and digits only: nothing of them is a sign of LIKE.
    name = literal(" ") + instruments.c.folded
    begin = [name.like(literal("% ") + bindparam(f"word{index}") + literal("%")) for index in range(words)]
    statement = select(instruments).where(instruments.c.kind.in_(kinds), *begin)
    return statement.order_by(instruments.c.listed.desc(), instruments.c.folded).limit(number(CANDIDATES))


@lru_cache(maxsize=16)
def _counted(kind: NameKind, signed_in: bool) -> Any:
    if kind is NameKind.TAG:
        table, sources = tags, [_tagged(tags.c.id, own=own) for own in ((False, True) if signed_in else (False,))]
    else:
        table = users if kind is NameKind.OWNER else instruments
        sources = _pictured(images.c.owner_id if kind is NameKind.OWNER else images.c[f"{kind}_id"], table, signed_in)
    found: Any = sum((_number(source.correlate(table)) for source in sources), start=literal_column("0"))
    return select(table.c.id, found.label("n")).where(table.c.id.in_(bindparam("ids", expanding=True)))


def _pictured(column: Any, table: Any, signed_in: bool) -> list[Select[Any]]:
    branches = visibility.branches(signed_in=signed_in, with_failed=False)
    pictures = select(_ONE).select_from(images).where(_is(column, table.c.id)).order_by(column)
    return [pictures.where(*branch) for branch in branches]


def _number(source: Select[Any]) -> Any:
    return select(func.count()).select_from(source.limit(number(COUNTED + 1)).subquery()).scalar_subquery()
