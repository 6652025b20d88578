"""Vectors as embedding models make them: in clusters of very different sizes, all of them in one cone."""

import asyncio
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from clonegallery.search.repository import spaces

MODEL: Final = "bench/clusters"
_CLUSTERS: Final = 400
_STEP: Final = 10_000

Connection = psycopg.Connection[tuple[Any, ...]]
Vectors = NDArray[np.float32]


def fill_vectors(database_url: str, count: int, dimensions: int) -> None:
    """Place `count` of the pictures, spread over all of them, in a space that is searched, and build its index."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        space = _make_space(connection, dimensions)
        total = connection.execute("SELECT count(*) FROM images").fetchone()
        every = max(1, (total[0] if total else 0) // count)
        numbered = "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM images) AS all_of"
        chosen = connection.execute(f"{numbered} WHERE n %% %s = 0 LIMIT %s".encode(), [every, count]).fetchall()
        _copy(connection, space, [row[0].bytes for row in chosen], dimensions)
    asyncio.run(_build_index(database_url))


def _copy(connection: Connection, space: int, ids: list[bytes], dimensions: int) -> None:
    measured = _is_measured(connection)
    names = "space_id, image_id, vector" + (", usual, spread" if measured else "")
    with connection.cursor().copy(f"COPY image_embeddings ({names}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(ids), _STEP):
            some = ids[start : start + _STEP]
            copy.write(_packed(space, some, clustered(len(some), dimensions, seed=start), measured=measured))
        copy.write(b"\xff\xff")


def clustered(count: int, dimensions: int, seed: int) -> Vectors:
    """Rows of unit length; two of one cluster have a cosine of about 0.8, two of different ones of about 0.4."""
    fixed, chance = np.random.default_rng(7), np.random.default_rng([8, seed])
    centres = _unit(_unit(fixed.normal(size=dimensions)) * 0.8 + _unit(fixed.normal(size=(_CLUSTERS, dimensions))))
    of = (_CLUSTERS * chance.random(count) ** 2).astype(int)
    found: Vectors = _unit(centres[of] + 0.5 * _unit(chance.normal(size=(count, dimensions)))).astype(np.float32)
    return found


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _make_space(connection: Connection, dimensions: int) -> int:
    row = connection.execute(
        "INSERT INTO embedding_spaces (model, fingerprint, source, dimensions, status, created_at, activated_at)"
        " VALUES (%s, 'bench', %s, %s, 'active', now(), now()) RETURNING id",
        [MODEL, MODEL, dimensions],
    ).fetchone()
    return int(row[0]) if row else 0


def _is_measured(connection: Connection) -> bool:
    known = "SELECT exists (SELECT FROM information_schema.columns WHERE column_name = 'usual')"
    row = connection.execute(known.encode()).fetchone()
    return bool(row and row[0])


def _packed(space: int, ids: list[bytes], vectors: Vectors, *, measured: bool) -> bytes:
    """Rows of COPY's binary form: https://www.postgresql.org/docs/current/sql-copy.html; a vector is its dimensions,
    two empty bytes, and its numbers."""
    dimensions = vectors.shape[1]
    fields: list[tuple[str, Any]] = [("fields", ">i2"), ("l1", ">i4"), ("space", ">i2"), ("l2", ">i4"), ("id", "V16"),
        ("l3", ">i4"), ("dimensions", ">i2"), ("empty", ">i2"), ("vector", (">f4", dimensions))]  # fmt: skip
    if measured:
        fields += [("l4", ">i4"), ("usual", ">f4"), ("l5", ">i4"), ("spread", ">f4")]
    rows = np.zeros(len(ids), dtype=fields)
    rows["fields"], rows["l1"], rows["space"], rows["l2"] = 5 if measured else 3, 2, space, 16
    rows["id"], rows["l3"], rows["dimensions"] = np.array(ids, "V16"), 4 + 4 * dimensions, dimensions
    rows["vector"] = vectors
    if measured:
        chance = np.random.default_rng(len(ids))
        rows["l4"], rows["l5"] = 4, 4
        rows["usual"] = chance.normal(0.4, 0.02, len(ids))
        rows["spread"] = np.clip(chance.normal(0.12, 0.015, len(ids)), 0.05, None)
    return rows.tobytes()


async def _build_index(database_url: str) -> None:
    """As the gallery does, with more memory than it has."""
    options = {"options": "-c maintenance_work_mem=1500MB -c max_parallel_maintenance_workers=2"}
    engine = create_async_engine(async_url(database_url), poolclass=NullPool, connect_args=options)
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        space = await spaces.active(connection)
        if space is not None:
            await spaces.build_index(connection, space)
    await engine.dispose()
