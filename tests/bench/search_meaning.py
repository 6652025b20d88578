"""The floor of a search by meaning or by looks: the nearest by SQL written by hand, fused with the words' ranking.

What a text means is not asked of a model here: the search is told a vector that stands in, as if a worker had said it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any, Final
from uuid import UUID

import numpy as np

from clonegallery.db import reading
from clonegallery.search import meaning
from clonegallery.search.fitting import Near, fitting
from clonegallery.search.fusion import Reason, Scored, fuse
from clonegallery.search.questions import text_key
from clonegallery.search.repository import spaces
from tests.bench.search_floors import (
    CARD,
    CARDS,
    Connection,
    Row,
    Wanted,
    all_ranked,
    finds,
    newest_ranked,
    seconds,
    seen,
    with_names,
)

_RANKED: Final = 600
_MEANT: Final = 200
_SCAN: Final = (
    "SET hnsw.iterative_scan = relaxed_order; SET hnsw.max_scan_tuples = 200000; SET hnsw.scan_mem_multiplier = 8;"
    " SET hnsw.ef_search = 300"
)
_INDEXED: Final = """
WITH near AS MATERIALIZED (
    SELECT images.id, vector <#> '{v}'::vector AS distance, usual, spread FROM images JOIN image_embeddings
    ON image_id = images.id WHERE space_id = {space} AND vector IS NOT NULL AND ({seen}) AND {where}
    ORDER BY vector::halfvec({dimensions}) <=> '{v}'::halfvec({dimensions}) LIMIT 300
)
SELECT id, -distance AS cosine, usual, spread FROM near ORDER BY distance LIMIT 200
"""
_COMPARED: Final = """
WITH near AS MATERIALIZED (
    SELECT id, (SELECT vector <#> '{v}'::vector FROM image_embeddings WHERE space_id = {space} AND image_id = images.id)
    AS distance FROM images WHERE ({seen}) AND {where} ORDER BY distance NULLS LAST LIMIT 200
)
SELECT id, -distance AS cosine, usual, spread FROM near JOIN image_embeddings ON space_id = {space} AND image_id = id
WHERE distance IS NOT NULL ORDER BY distance
"""


_CARDS_OF: Final = CARDS.format(page=f"SELECT {CARD} FROM images WHERE id = ANY(%s)", order="cards.id")


@dataclass(frozen=True, slots=True)
class Meant:
    """What is looked for beside words: a vector as SQL writes it, in a space of `dimensions`, under the conditions
    `firm`; `like` is the picture that it is of, None where it is what a text means."""

    vector: str
    space: int
    dimensions: int
    firm: str = "true"
    like: UUID | None = None


@dataclass(frozen=True, slots=True)
class FusedFloor:
    """One way to find what words and meaning find together, that can be timed."""

    wanted: Wanted
    meant: Meant
    near: str
    newest: bool

    def page(self, connection: Connection) -> list[Row]:
        """The page's rows, written as JSON on the way."""
        rankings = {Reason.LOOK if self.meant.like else Reason.MEANING: self._near(connection)}
        if self.wanted.words:
            rankings = {Reason.WORDS: self._by_words(connection), **rankings}
        ids = [found.id for found in fuse(rankings)[: self.wanted.limit]]
        rows = {row["id"]: row for row in connection.execute(_CARDS_OF.encode(), [ids]).fetchall()}
        page = [rows[one] for one in ids if one in rows]
        json.dumps(page, default=str)
        return page

    def _by_words(self, connection: Connection) -> Sequence[Scored]:
        wanted = replace(self.wanted, limit=_RANKED - 1)
        (statement,) = with_names(connection, wanted, newest_ranked(wanted) if self.newest else all_ranked(wanted))
        return [Scored(row["best"]) for row in connection.execute(statement.encode()).fetchall()]

    def _near(self, connection: Connection) -> Sequence[Scored]:
        meant = self.meant
        if meant.like:
            rows = self._nearest(connection, self.near, f"{meant.firm} AND images.id <> '{meant.like}'")
            return [Scored(row["id"]) for row in rows]
        near = _measured(self._nearest(connection, self.near, meant.firm))
        # What fits is told by the best of all, whatever the conditions leave.
        everywhere = None if meant.firm == "true" else _measured(self._nearest(connection, _INDEXED, "true"))
        return [Scored(hit.id) for hit in fitting(near, everywhere)]

    def _nearest(self, connection: Connection, way: str, where: str) -> Sequence[Row]:
        meant = self.meant
        values = {"v": meant.vector, "space": meant.space, "dimensions": meant.dimensions}
        # By hand: what is asked for has braces of its own.
        statement = way.replace("{seen}", seen(self.wanted)).replace("{where}", where)
        for name, value in values.items():
            statement = statement.replace(f"{{{name}}}", str(value))
        (statement,) = with_names(connection, self.wanted, statement)
        return connection.execute(statement.encode()).fetchall()


def _measured(rows: Sequence[Row]) -> list[Near]:
    return [Near(row["id"], row["cosine"], row["usual"], row["spread"]) for row in rows]


def best_fused(connection: Connection, wanted: Wanted, meant: Meant, expected: Sequence[str]) -> FusedFloor | None:
    """The quickest way that finds these ids in this order; None where there is none."""
    connection.execute(_SCAN)
    times: list[tuple[float, FusedFloor]] = []
    for near, newest in product((_INDEXED, _COMPARED), (False, True) if wanted.words else (False,)):
        floor = FusedFloor(wanted, meant, near, newest)
        taken = seconds(connection, partial(finds, floor, connection, list(expected)))
        if taken is not None:
            times.append((taken, floor))
    return min(times, key=lambda time: time[0])[1] if times else None


async def told(connection: Connection, text: str, firm: str) -> Meant | None:
    """Let the search know a vector for this text. None in a gallery without vectors."""
    found = await _somewhere(connection, text)
    if found is None:
        return None
    space, vector = found
    shaken = vector + np.random.default_rng(len(text)).normal(0, 0.01, len(vector)).astype(np.float32)
    shaken /= np.linalg.norm(shaken)
    meaning._remember(text_key(space.model, space.fingerprint, text), shaken)
    return Meant(_written(shaken), space.id, space.dimensions, firm)


async def pictured(connection: Connection, image_id: UUID, firm: str) -> Meant | None:
    """Where a picture lies. None in a gallery without vectors."""
    found = await _somewhere(connection, "", image_id)
    return Meant(_written(found[1]), found[0].id, found[0].dimensions, firm, image_id) if found else None


async def _somewhere(connection: Connection, text: str, image_id: UUID | None = None) -> Any:
    """The space that is searched, and a vector in it: that of the picture, or of one that the text decides."""
    async with reading() as reader:
        space = await spaces.active(reader)
    row = connection.execute(
        "SELECT vector::text AS v FROM image_embeddings WHERE %s::uuid IS NULL OR image_id = %s"
        " ORDER BY md5(image_id::text || %s) LIMIT 1",
        [image_id, image_id, text],
    ).fetchone()
    return (space, np.array(json.loads(row["v"]), np.float32)) if space is not None and row else None


def _written(vector: Any) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"
