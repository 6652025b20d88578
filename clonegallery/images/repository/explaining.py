"""What PostgreSQL's planner expects of a statement, without running it."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement, Executable
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles


class _Explain(Executable, ClauseElement):
    """`EXPLAIN` of a statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(_Explain, "postgresql")
def _explained(element: _Explain, compiler: Any, **options: Any) -> str:
    return "EXPLAIN (FORMAT JSON) " + str(compiler.process(element.statement, **options))


async def expected_rows(connection: AsyncConnection, statement: Any, values: Mapping[str, Any]) -> int:
    """How many rows the planner expects; PostgreSQL only."""
    plan = (await connection.execute(_Explain(statement), dict(values))).scalar_one()
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])
