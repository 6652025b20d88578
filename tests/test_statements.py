"""Statements that are kept as their text say what they said as they were built."""

import gc
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, func, literal, literal_column, select, union_all

from clonegallery.db import get_engine, reading
from clonegallery.images.repository.counting import _facets, _months
from clonegallery.images.repository.feed import _dressed, _page
from clonegallery.images.repository.filters import Clause
from clonegallery.images.repository.shapes import Shape
from clonegallery.images.repository.sifting import _count, _gather, _walk
from clonegallery.images.repository.tables import images, users
from clonegallery.statements import Kept, as_text
from tests.conftest import Services, both_databases
from tests.factories import alice, bob

pytestmark = both_databases

_OBJECTS = 250
"""That one of them may be, when it is compiled; as they are built they are up to 2,700."""


def _shape(number: int) -> Shape:
    return Shape("newest", (Clause("iso", number, ">=<="), Clause("camera_id", number + 1)), signed_in=True)


_LISTS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "walk": (_walk, lambda shape: (shape, 61, 1_024, _dressed), {}),
    "gather": (_gather, lambda shape: (shape, 61, _dressed), {"count": True}),
    "count": (_count, lambda shape: (shape,), {}),
    "page": (_page, lambda shape: (shape, 61), {}),
    "facets": (_facets, lambda shape: (shape, None, "postgresql"), {}),
    "months": (_months, lambda shape: (shape, None, "postgresql"), {}),
}
lists = pytest.mark.parametrize("name", _LISTS)


@lists
async def test_the_text_is_the_one_that_was_built(database: Services, name: str) -> None:
    kept, arguments, more = _LISTS[name]
    built: Any = kept.build(*arguments(_shape(0)), **more)
    dialect = get_engine().dialect
    ours = kept(*arguments(_shape(0)), **more).compile(dialect=dialect)
    theirs = built.compile(dialect=dialect)
    assert ours.string == theirs.string
    assert {key: value for key, value in ours.params.items() if value is not None} == {
        key: value for key, value in theirs.params.items() if value is not None
    }


@lists
async def test_what_is_kept_is_small(database: Services, name: str) -> None:
    """All of it is looked through by the garbage collection, while nothing else is done."""
    kept, arguments, more = _LISTS[name]
    dialect = get_engine().dialect

    def some(numbers: range) -> list[Any]:
        texts = [kept(*arguments(_shape(number)), **more) for number in numbers]
        return [(one, one.compile(dialect=dialect), one._generate_cache_key()) for one in texts]

    first = some(range(10))
    before = _objects()
    second = some(range(10, 30))
    assert (_objects() - before) / 20 < _OBJECTS
    assert len(first) + len(second) == 30


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


async def test_the_same_rows_are_found_with_the_same_types(database: Services) -> None:
    ids = [(await alice()).id, (await bob()).id]
    built = (
        select(users.c.id, users.c.username, users.c.created_at, users.c.role, func.length(users.c.email).label("n"))
        .where(users.c.id.in_(bindparam("ids", expanding=True, type_=users.c.id.type)))
        .where(users.c.created_at <= bindparam("until", type_=users.c.created_at.type))
        .order_by(users.c.username)
    )
    async with reading() as connection:
        until = await connection.scalar(select(func.max(users.c.created_at)))
        bound = {"ids": ids, "until": until}
        expected = (await connection.execute(built, bound)).all()
        found = (await connection.execute(as_text(built), bound)).all()
        nobody = (await connection.execute(as_text(built), {"ids": [], "until": until})).all()
    assert (found, nobody) == (expected, [])
    assert [row._asdict() for row in found] == [row._asdict() for row in expected]
    assert [type(value) for value in found[0]] == [type(value) for value in expected[0]]
    assert [row.id for row in found] == ids


async def test_signs_that_mean_something_to_a_text_stay_what_they_are(database: Services) -> None:
    signs = r"50% of :it, 100%% \\:: \\d 'q' %(x)s ?"
    quoted = "'" + signs.replace("'", "''") + "'"
    written = as_text(union_all(select(literal(signs).label("one")), select(literal_column(quoted).label("one"))))
    async with reading() as connection:
        assert (await connection.execute(written)).scalars().all() == [signs, signs]


async def test_each_shape_is_built_once_until_it_is_forgotten(database: Services) -> None:
    built = []

    def build(limit: int, *, backwards: bool = False) -> Select[Any]:
        built.append((limit, backwards))
        return select(images.c.id).limit(limit)

    kept = Kept(build)
    assert kept(3) is kept(3)
    assert kept(3) is not kept(3, backwards=True)
    kept.forget()
    kept(3)
    assert built == [(3, False), (3, True), (3, False)]
