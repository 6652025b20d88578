"""What PostgreSQL's planner expects of a statement, without running it."""

import json
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Engine, Executable
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles

REMEMBERED_SECONDS: Final = 60.0
"""A list, its pages, its facets and its months are asked for one after another, and expectations are no more exact."""
_REMEMBERED_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Expected:
    """How many rows are expected, and what it costs to find them, in the planner's units: about one for each page of
    the table that is read."""

    rows: int
    cost: float


_remembered: WeakKeyDictionary[Engine, dict[Hashable, tuple[float, Expected | None]]] = WeakKeyDictionary()


class _Explain(Executable, ClauseElement):
    """`EXPLAIN` of a statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(_Explain, "postgresql")
def _explained(element: _Explain, compiler: Any, **options: Any) -> str:
    return "EXPLAIN (FORMAT JSON) " + str(compiler.process(element.statement, **options))


async def expected_of(connection: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> Expected:
    """What the planner expects; PostgreSQL only."""
    plan = (await connection.execute(_Explain(statement), dict(values))).scalar_one()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return Expected(int(top["Plan Rows"]), float(top["Total Cost"]))


async def lately_expected(
    connection: AsyncConnection, key: Hashable, statement: Callable[[], Any], values: Mapping[str, Any]
) -> Expected:
    """What was expected under this key a moment ago, in this process; else what is of the `statement`, kept for a
    while."""
    mine = _remembered.setdefault(connection.sync_engine, {})
    until, found = mine.get(key, (0.0, None))
    if found is None or time.monotonic() >= until:
        found = await expected_of(connection, statement(), values)
        mine.pop(key, None)
        mine[key] = (time.monotonic() + REMEMBERED_SECONDS, found)
        while len(mine) > _REMEMBERED_MOST:
            mine.pop(next(iter(mine)))
    return found
