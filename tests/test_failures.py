"""What the libraries' own failures mean, provoked for real where that can be done."""

import asyncio
import errno

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from clonegallery import db
from clonegallery.db import async_url, reading, unit_of_work
from clonegallery.errors import Conflict, GalleryError, Invalid, NotFound, StorageFull, Unavailable
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error
from clonegallery.models import Tag
from clonegallery.settings import get_settings
from tests.conftest import Services, on_sqlite


async def _provoke(statement: str, **values: object) -> Exception:
    with pytest.raises(LIBRARY_FAILURES) as failed:
        async with unit_of_work() as work:
            await work.session.execute(text(statement), values)
    return failed.value


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("statement", "value", "meaning"),
    [
        ("SELECT CAST(:value AS text)", "nul\x00", Invalid),
        ("SELECT CAST(:value AS integer)", 2**80, Invalid),
        ("SELECT CAST(:value AS uuid)", "no uuid", Invalid),
        ("INSERT INTO tags (id, name) SELECT gen_random_uuid(), :value FROM generate_series(1, 2)", "a", Conflict),
        ("SELECT pg_terminate_backend(pg_backend_pid()) WHERE :value = 1", 1, Unavailable),
        ("SELECT no_such_column WHERE :value = 1", 1, None),
    ],
)
async def test_the_database_s_refusals(statement: str, value: object, meaning: type[GalleryError] | None) -> None:
    error = as_gallery_error(await _provoke(statement, value=value))
    assert error is None if meaning is None else type(error) is meaning


async def test_a_database_that_is_not_there() -> None:
    engine = create_async_engine(async_url("postgresql://postgres@127.0.0.1:1/none"))
    with pytest.raises(SQLAlchemyError) as failed:
        async with engine.connect():
            pass
    error = as_gallery_error(failed.value)
    assert isinstance(error, Unavailable)
    assert error.headers() == {"Retry-After": "5"}
    assert "127.0.0.1" not in error.detail


def test_other_failures() -> None:
    assert isinstance(as_gallery_error(RedisConnectionError("gone")), Unavailable)
    assert isinstance(as_gallery_error(OSError(errno.ENOSPC, "full")), StorageFull)
    assert as_gallery_error(OSError(errno.EACCES, "denied")) is None
    assert as_gallery_error(ValueError("a defect")) is None
    own = NotFound()
    assert as_gallery_error(own) is own
    with pytest.raises(UnicodeEncodeError) as broken:
        "\ud800".encode()
    assert isinstance(as_gallery_error(broken.value), Invalid)


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "value", "meaning"),
    [
        ("SELECT :value", 2**80, Invalid),
        ("SELECT :value", "\ud800", Invalid),
        ("SELECT randomblob(:value)", 2**31, Invalid),
        ("INSERT INTO tags (id, name) VALUES ('a', :value), ('b', :value)", "a", Conflict),
        ("INSERT INTO image_tags (image_id, tag_id) VALUES ('a', :value)", "b", None),
        ("SELECT no_such_column WHERE :value = 1", 1, None),
    ],
)
async def test_sqlite_s_refusals(
    database: Services, statement: str, value: object, meaning: type[GalleryError] | None
) -> None:
    error = as_gallery_error(await _provoke(statement, value=value))
    assert error is None if meaning is None else type(error) is meaning


@on_sqlite
async def test_sqlite_s_disk_is_full(database: Services) -> None:
    async def fill() -> None:
        async with unit_of_work() as work:
            await work.session.execute(text("PRAGMA max_page_count = 1"))
            work.session.add_all(Tag(name=f"tag {number}") for number in range(5000))

    with pytest.raises(SQLAlchemyError) as failed:
        await fill()
    assert isinstance(as_gallery_error(failed.value), StorageFull)


@on_sqlite
async def test_sqlite_s_writers_wait_for_each_other_and_not_for_ever(
    database: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def add(name: str) -> None:
        async with unit_of_work() as work:
            work.session.add(Tag(name=name))
            await work.session.flush()
            await asyncio.sleep(0.02)

    await asyncio.gather(*(add(f"tag {number}") for number in range(20)))
    await db.dispose_engine()
    monkeypatch.setenv("DB_TIMEOUT", "0.1")
    get_settings.cache_clear()
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE tags SET name = name"))
        async with reading() as reader:
            assert (await reader.execute(text("SELECT count(*) FROM tags"))).scalar_one() == 20
        with pytest.raises(SQLAlchemyError) as failed:
            await add("too late")
    assert isinstance(as_gallery_error(failed.value), Unavailable)
