"""The nearest of what one may find and conditions hold for: all of them where these are few, and always enough."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, bindparam, event, literal
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from clonegallery import migrations
from clonegallery.db import async_url, postgres_options
from clonegallery.images.repository.tables import images
from clonegallery.search.repository import spaces
from clonegallery.search.repository.nearest import EVERYTHING, EXACT_MOST, nearest
from tests.conftest import Services, create_database
from tests.images.crowd import fill
from tests.search.vectors import place_all

_PICTURES, _DIMENSIONS = 24_000, 24
_INDEX = "ix_image_embeddings_space_"
_PERSON = UUID("00000000-0000-7000-8000-000000000001")

_FEW = images.c.iso == 100
_VERY_FEW = (images.c.likes == 5) & (images.c.iso <= 400)
_HALF = images.c.likes < 48


@pytest.fixture(scope="module")
def url(services: Services) -> str:
    url = create_database(services.postgres, "nearest")
    migrations.migrate(url)
    fill(url, _PICTURES)
    place_all(url, _DIMENSIONS)
    return url


@pytest.fixture
async def session(url: str) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(async_url(url), poolclass=NullPool, connect_args={"options": postgres_options()})
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


def _truth(url: str, vector: NDArray[np.float64], where: str) -> list[tuple[UUID, float]]:
    """Every picture that `where` holds for with its cosine, the nearest first."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id, vector::real[] FROM images JOIN image_embeddings ON image_id = id "
            f"WHERE vector IS NOT NULL AND {where}".encode()
        ).fetchall()
    cosines = np.array([row[1] for row in rows]) @ vector
    return [(rows[place][0], float(cosines[place])) for place in np.argsort(-cosines)]


def _anything(seed: int) -> NDArray[np.float64]:
    drawn = np.random.default_rng(seed).normal(size=_DIMENSIONS)
    found: NDArray[np.float64] = drawn / np.linalg.norm(drawn)
    return found


async def _find(session: AsyncSession, vector: Any, **asked: Any) -> Sequence[Any]:
    space = await spaces.active(session)
    assert space is not None
    return await nearest(session, space, vector, **{"viewer_id": None, "without": None, "limit": 10, **asked})


async def _plan(session: AsyncSession, **asked: Any) -> str:
    """How the database goes about the last statement of a search."""
    engine, said = session.get_bind(), []
    event.listen(engine, "before_cursor_execute", lambda *args: said.append((args[2], args[3])))
    await _find(session, _anything(1), **asked)
    connection = await session.connection()
    statement, values = said[-1]
    return "\n".join((await connection.exec_driver_sql(f"EXPLAIN {statement}", values)).scalars())


@pytest.mark.parametrize(
    ("narrowing", "expected", "by_index"),
    [
        (EVERYTHING, None, True),
        (EVERYTHING, 21_600, True),
        (_HALF, EXACT_MOST + 1, True),
        (_HALF, EXACT_MOST, False),
        (_FEW, 675, False),
        (EVERYTHING, EXACT_MOST, False),
        (literal(False), 0, False),
    ],
)
async def test_the_index_is_asked_where_there_are_many(
    session: AsyncSession, narrowing: ColumnElement[bool], expected: int | None, by_index: bool
) -> None:
    plan = await _plan(session, narrowing=narrowing, expected=expected)
    assert (_INDEX in plan) is by_index, plan


@pytest.mark.parametrize(("narrowing", "where"), [(_FEW, "iso = 100"), (_VERY_FEW, "likes = 5 AND iso <= 400")])
async def test_where_there_are_few_none_is_missed(
    url: str, session: AsyncSession, narrowing: ColumnElement[bool], where: str
) -> None:
    for seed in range(5):
        truth = _truth(url, _anything(seed), f"visibility = 'public' AND {where}")[:40]
        found = await _find(session, _anything(seed), narrowing=narrowing, expected=500, limit=40)
        assert [row.id for row in found] == [one for one, _ in truth]
        assert np.allclose([row.cosine for row in found], [cosine for _, cosine in truth], atol=1e-5)
        assert {(row.usual, row.spread) for row in found} == {(0.25, 0.125)}


@pytest.mark.parametrize(
    ("narrowing", "where", "limit"),
    [
        (EVERYTHING, "true", 10),
        (_HALF, "likes < 48", 10),
        (_FEW, "iso = 100", 10),
        (_FEW, "iso = 100", 300),
        (_VERY_FEW, "likes = 5 AND iso <= 400", 10),
    ],
)
async def test_by_the_index_nearly_none_is_missed_and_there_are_always_enough(
    url: str, session: AsyncSession, narrowing: ColumnElement[bool], where: str, limit: int
) -> None:
    missed = 0
    for seed in range(10):
        truth = _truth(url, _anything(seed), f"visibility = 'public' AND {where}")[:limit]
        found = await _find(session, _anything(seed), narrowing=narrowing, limit=limit)
        cosines = [row.cosine for row in found]
        assert len(found) == len(truth)
        assert cosines == sorted(cosines, reverse=True)
        missed += len({one for one, _ in truth} - {row.id for row in found})
        await session.rollback()
    assert missed <= 0.03 * 10 * limit


@pytest.mark.parametrize("expected", [None, 1_000])
async def test_only_what_the_asker_finds_is_found(url: str, session: AsyncSession, expected: int | None) -> None:
    seen = f"(visibility = 'public' OR owner_id = '{_PERSON}')"
    for seed in range(3):
        truth = _truth(url, _anything(seed), f"{seen} AND iso = 100")[:15]
        first, others = truth[0][0], [one for one, _ in truth[1:]]
        found = await _find(
            session,
            _anything(seed),
            viewer_id=_PERSON,
            without=first,
            narrowing=images.c.iso == bindparam("asked_iso"),
            values={"asked_iso": 100},
            expected=expected,
            limit=14,
        )
        assert len(set(others) - {row.id for row in found}) <= (1 if expected is None else 0)


@pytest.mark.parametrize("expected", [None, 1_000])
async def test_what_could_not_be_placed_is_never_near(url: str, session: AsyncSession, expected: int | None) -> None:
    (first, _), (second, _) = _truth(url, _anything(77), "visibility = 'public' AND iso = 200")[:2]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE image_embeddings SET vector = NULL WHERE image_id = %s", [first])
    found = await _find(session, _anything(77), narrowing=images.c.iso == 200, expected=expected, limit=1_000)
    assert found[0].id == second
    assert first not in {row.id for row in found}
    assert len(found) > 400


async def test_what_was_not_measured_is_near_all_the_same(url: str, session: AsyncSession) -> None:
    ((first, _), *_rest) = _truth(url, _anything(78), "visibility = 'public' AND iso = 300")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE image_embeddings SET usual = NULL, spread = NULL WHERE image_id = %s", [first])
    (found,) = await _find(session, _anything(78), narrowing=images.c.iso == 300, expected=700, limit=1)
    assert (found.id, found.usual, found.spread) == (first, None, None)
