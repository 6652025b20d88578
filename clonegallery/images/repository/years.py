"""In which years the pictures were taken that the viewer finds.

Between the first and the last picture each year is counted by itself, and of each only so many, within the indexes that
know in whose lists a picture is: to read the year of every picture would take as long as there are pictures.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.images.repository import visibility
from clonegallery.images.repository.naming import COUNTED
from clonegallery.images.repository.shapes import number
from clonegallery.images.repository.tables import images

_MOST: Final = 40
"""Years that are counted, the latest of those that are meant."""


async def years(connection: AsyncConnection, beginning: str, viewer_id: UUID | None) -> Sequence[tuple[int, int]]:
    """Years that are written so at their beginning, the latest first, and how many pictures the viewer finds of each.

    These are told up to a little more than `COUNTED`.
    """
    signed_in, own = viewer_id is not None, {"viewer_id": viewer_id} if viewer_id else {}
    ends = [end.year for end in (await connection.execute(_ends(signed_in), own)).one() if end is not None]
    between = range(max(ends), min(ends) - 1, -1) if ends else ()
    meant = [year for year in between if str(year).startswith(beginning)][:_MOST]
    if not meant:
        return []
    bounds: dict[str, datetime] = {}
    for place, year in enumerate(meant):
        bounds |= {f"low{place}": _start(year), f"high{place}": _start(year + 1)}
    row = (await connection.execute(_counted(len(meant), signed_in), bounds | own)).one()
    return [(year, found) for year, found in zip(meant, row, strict=True) if found]


def _start(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _ways(signed_in: bool) -> Mapping[str, Sequence[Any]]:
    """The parts of the viewer's list by the column that its index is in the order of. What was taken at some moment is
    sorted by it (`images/ingest.py`), and one's own pictures lie in that order."""
    parts = visibility.branches(signed_in=signed_in, with_failed=False)
    return dict(zip(("taken_at", "sort_at"), parts, strict=False))


@lru_cache(maxsize=2)
def _ends(signed_in: bool) -> Any:
    ends = []
    for name, branch in _ways(signed_in).items():
        column = images.c[name]
        dated = select(column).where(*branch, column.is_not(None), *_dated(name)).limit(number(1))
        ends += [dated.order_by(order).scalar_subquery() for order in (column.asc(), column.desc())]
    return select(*(end.label(f"end{place}") for place, end in enumerate(ends)))


@lru_cache(maxsize=2 * _MOST)
def _counted(count: int, signed_in: bool) -> Any:
    return select(*(_year(place, signed_in).label(f"n{place}") for place in range(count)))


def _year(place: int, signed_in: bool) -> Any:
    sources = [_taken(place, name, branch) for name, branch in _ways(signed_in).items()]
    return sum((_number(source) for source in sources), start=literal_column("0"))


def _taken(place: int, name: str, branch: Sequence[Any]) -> Select[Any]:
    column = images.c[name]
    low, high = (bindparam(f"{end}{place}", type_=column.type) for end in ("low", "high"))
    inside = [*branch, column >= low, column < high, *_dated(name)]
    return select(number(1)).select_from(images).where(*inside).order_by(column)


def _dated(name: str) -> Sequence[Any]:
    """That the moment is the one of the picture's taking. Said of the two columns, so that nobody thinks of the index
    of everybody's moments."""
    return [] if name == "taken_at" else [images.c[name] == images.c.taken_at]


def _number(source: Select[Any]) -> Any:
    return select(func.count()).select_from(source.limit(number(COUNTED + 1)).subquery()).scalar_subquery()
