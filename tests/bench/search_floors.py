"""The floor of a search: the same page by the best SQL that was found for it, bare psycopg and `json.dumps`.

For each case the ways that come into question are tried: to walk the list in its order, to gather what matches and
sort it, to rank all that matches or only the newest of it. Of those that find what the gallery finds the quickest is
the floor. What a picture was made with is looked up first, by its name, as anybody would.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg

Connection = psycopg.Connection[dict[str, Any]]
Row = dict[str, Any]

LISTED: Final = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
_OWN: Final = (
    "deleted_at IS NULL AND NOT (status = 'ready' AND visibility = 'public') AND owner_id = '{me}'"
    " AND status <> 'failed'"
)
_ORDERS: Final = {
    "newest": ("created_at DESC", "id DESC"),
    "oldest": ("created_at", "id"),
    "taken": ("sort_at DESC", "id DESC"),
    "popular": ("likes DESC", "views DESC", "id DESC"),
}
CARD: Final = (
    "id, title, width, height, thumbhash, dominant_color, status, visibility, rating, animated, source, likes, views,"
    " taken_at, sort_at, created_at, owner_id"
)
CARDS: Final = """
SELECT cards.*, username, s.storage_key AS small, m.storage_key AS medium, l.storage_key AS large
FROM ({page}) AS cards JOIN users ON users.id = owner_id
LEFT JOIN derivatives s ON s.image_id = cards.id AND s.variant = 'thumb_300'
LEFT JOIN derivatives m ON m.image_id = cards.id AND m.variant = 'thumb_600'
LEFT JOIN derivatives l ON l.image_id = cards.id AND l.variant = 'thumb_1200'
ORDER BY {order}
"""
_COUNT: Final = "SELECT count(*) FROM images WHERE ({seen}) AND {where}"
_WEIGHTS: Final = "'{0.1, 0.3, 0.5, 1.0}'::float4[]"
_PATIENCE_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a floor is to find: pictures that meet `where`, in SQL, in an order or the best match of `words` first.

    Where it is `counted` all that matches is. `named` are (kind, pattern) of instruments whose ids take the places of
    `{0}`, `{1}` in `where`.
    """

    where: str = "true"
    sort: str = "newest"
    me: UUID | None = None
    words: str = ""
    named: Sequence[tuple[str, str]] = ()
    after: Row | None = None
    limit: int = 60
    counted: bool = False


Way = Callable[[Wanted], str]


def walk(wanted: Wanted) -> str:
    """The list in its order, without what does not match."""
    order = ", ".join(_ORDERS[wanted.sort])
    some = f"{CARD} FROM images WHERE"
    where = f"{wanted.where}{_after(wanted)}"
    parts = [
        f"(SELECT {some} {branch} AND {where} ORDER BY {order} LIMIT {wanted.limit + 1})" for branch in branches(wanted)
    ]
    united = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS united ORDER BY {order} LIMIT {wanted.limit + 1}"
    return CARDS.format(page=united, order=order)


def gather(wanted: Wanted) -> str:
    """All that matches, then sorted."""
    order = ", ".join(_ORDERS[wanted.sort])
    keys = ", ".join(part.split()[0] for part in _ORDERS[wanted.sort])
    found = f"SELECT {keys} FROM images WHERE ({seen(wanted)}) AND {wanted.where}{_after(wanted)}"
    page = (
        f"SELECT {CARD} FROM images WHERE id IN (WITH found AS MATERIALIZED ({found})"
        f" SELECT id FROM found ORDER BY {order} LIMIT {wanted.limit + 1})"
    )
    return CARDS.format(page=page, order=order)


def rank_all(wanted: Wanted) -> str:
    """The best matches of all."""
    return _dressed(all_ranked(wanted))


def rank_newest(wanted: Wanted) -> str:
    """The best of 2,000 matches among the newest pictures, as the gallery promises."""
    return _dressed(newest_ranked(wanted))


def rank_newer(wanted: Wanted) -> str:
    """As above, of more of them."""
    return _dressed(newest_ranked(wanted, 60_000))


def all_ranked(wanted: Wanted) -> str:
    """The ids of the best matches of all, with their places."""
    return _ranked(wanted, f"SELECT id, created_at, document FROM images WHERE ({seen(wanted)}) AND {wanted.where}")


def newest_ranked(wanted: Wanted, looked_at: int = 15_000) -> str:
    """As above, of the newest pictures."""
    columns = "id, created_at, document, owner_id, camera_id, lens_id, model_id, iso, aperture, taken_at, visibility"
    parts = [
        f"SELECT id, created_at, document FROM (SELECT {columns} FROM images WHERE {branch} ORDER BY created_at DESC,"
        f" id DESC LIMIT {looked_at}) AS newest WHERE {wanted.where} LIMIT 2000"
        for branch in branches(wanted)
    ]
    return _ranked(wanted, " UNION ALL ".join(f"({part})" for part in parts))


def _ranked(wanted: Wanted, found: str) -> str:
    first = 0 if wanted.after is None else wanted.after["passed"]
    rank = f"ts_rank({_WEIGHTS}, document, {wanted.words}, 1)"
    return (
        f"WITH found AS MATERIALIZED ({found}) SELECT id AS best, row_number() OVER (ORDER BY {rank} DESC,"
        f" created_at DESC, id) AS place FROM found ORDER BY place OFFSET {first} LIMIT {wanted.limit + 1}"
    )


def _dressed(best: str) -> str:
    return CARDS.format(page=f"SELECT place, {CARD} FROM ({best}) AS best JOIN images ON id = best", order="place")


def branches(wanted: Wanted) -> list[str]:
    """The parts of the list of whoever asks."""
    return [LISTED] if wanted.me is None else [LISTED, _OWN.format(me=wanted.me)]


def _after(wanted: Wanted) -> str:
    if wanted.after is None:
        return ""
    sign = ">" if wanted.sort == "oldest" else "<"
    keys = [part.split()[0] for part in _ORDERS[wanted.sort]]
    values = ", ".join(f"'{wanted.after[key]}'" for key in keys)
    return f" AND ({', '.join(keys)}) {sign} ({values})"


@dataclass(frozen=True, slots=True)
class Floor:
    """One way to find it, that can be timed."""

    wanted: Wanted
    way: Way

    def page(self, connection: Connection) -> list[Row]:
        """The page's rows, written as JSON on the way."""
        count = _COUNT.format(seen=seen(self.wanted), where=self.wanted.where)
        statements = with_names(connection, self.wanted, self.way(self.wanted), count)
        rows = connection.execute(statements[0].encode()).fetchall()[: self.wanted.limit]
        if self.wanted.counted:
            connection.execute(statements[1].encode()).fetchall()
        json.dumps(rows, default=str)
        return rows


def seen(wanted: Wanted) -> str:
    """What whoever asks may see."""
    return " OR ".join(f"({branch})" for branch in branches(wanted))


def with_names(connection: Connection, wanted: Wanted, *statements: str) -> list[str]:
    """The statements with the ids of the instruments in their places, looked up now."""
    filled = list(statements)
    for place, one in enumerate(wanted.named):
        ids = ", ".join(map(str, named(connection, *one))) or "NULL"
        filled = [statement.replace(f"{{{place}}}", ids) for statement in filled]
    return filled


def named(connection: Connection, kind: str, pattern: str) -> list[int]:
    """The ids of the instruments whose folded names match."""
    asked = "SELECT id FROM instruments WHERE kind = %s AND folded ~ %s"
    return [row["id"] for row in connection.execute(asked, [kind, pattern]).fetchall()]


def best_floor(connection: Connection, wanted: Wanted, expected: Sequence[str]) -> Floor | None:
    """The quickest way that finds these ids in this order; None where there is none."""
    ways = (rank_all, rank_newest, rank_newer) if wanted.sort == "relevance" else (walk, gather)
    times: list[tuple[float, Floor]] = []
    for floor in (Floor(wanted, way) for way in ways):
        taken = seconds(connection, partial(finds, floor, connection, list(expected)))
        if taken is not None:
            times.append((taken, floor))
    return min(times, key=lambda time: time[0])[1] if times else None


class Paged(Protocol):
    """Whatever finds the rows of a page."""

    def page(self, connection: Connection) -> list[Row]: ...


def finds(floor: Paged, connection: Connection, expected: list[str]) -> bool:
    """Whether it finds these, in this order."""
    return [str(row["id"]) for row in floor.page(connection)] == expected


def seconds(connection: Connection, right: Callable[[], bool]) -> float | None:
    """How long it takes, at best; None where it is not right or takes too long."""
    connection.execute(f"SET statement_timeout = {_PATIENCE_MS}".encode())
    try:
        taken = []
        for _ in range(4):
            started = time.perf_counter()
            if not right():
                return None
            taken.append(time.perf_counter() - started)
        return min(taken)
    except psycopg.errors.QueryCanceled:
        return None
    finally:
        connection.execute("SET statement_timeout = 0")
