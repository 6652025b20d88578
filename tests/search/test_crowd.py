"""The crowd that benchmarks search in is what the gallery itself would have written."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import TextClause, text

from clonegallery.db import reading, unit_of_work
from clonegallery.images.repository.documents import keep_words
from tests.conftest import Services
from tests.search.crowd import fill

PICTURES = 1_500
_FOUND_BY = text("SELECT id, camera_id, lens_id, model_id, document::text FROM images ORDER BY id")
_LOST = "SELECT count(*) FROM pg_constraint WHERE contype IN ('p', 'u', 'f')"
_PLACED = text(
    "SELECT count(*) FROM image_tags JOIN images ON images.id = image_id WHERE image_tags.owner_id = images.owner_id"
    " AND listed = (visibility = 'public')"
)
_TAGGED = text("SELECT count(*) FROM image_tags")
_INDEXES = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'"


async def test_it_is_found_by_what_the_gallery_would_keep(database: Services, no_index: None) -> None:
    before = _counts(database.database_url)
    await asyncio.to_thread(fill, database.database_url, PICTURES, vectors=100, dimensions=8)
    made = await _found_by()
    async with unit_of_work() as work:
        await keep_words(work.session, list(made))
    assert await _found_by() == made
    assert len(made) == PICTURES
    assert await _count(_PLACED) == await _count(_TAGGED) > PICTURES
    assert _counts(database.database_url) == [before[0], before[1] + 1]  # The space's own index came.


def _counts(database_url: str) -> list[int]:
    with psycopg.connect(database_url) as connection:
        rows = [connection.execute(statement.encode()).fetchone() for statement in (_LOST, _INDEXES)]
    return [row[0] for row in rows if row]


async def _found_by() -> dict[UUID, tuple[Any, ...]]:
    async with reading() as connection:
        return {row.id: tuple(row) for row in await connection.execute(_FOUND_BY)}


async def _count(statement: TextClause) -> int:
    async with reading() as connection:
        return int((await connection.execute(statement)).scalar_one())
