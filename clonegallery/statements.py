"""Statements of many shapes, kept as the text they come to.

A statement that SQLAlchemy builds is up to two thousand objects, as text it is a hundred. Lists are asked for in
hundreds of shapes; kept as they were built, they are what Python's garbage collection spends its time on: it looks
through all of them while nothing else is done, which with a million objects takes most of a second.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, ParamSpec

from sqlalchemy import BindParameter, ColumnClause, TextualSelect, bindparam, column, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from clonegallery.db import database_kind, get_engine

KEPT: Final = 256
"""Statements that are kept of each kind."""

_MARK: Final = "\x00"
"""Stands around the name of a value in what is compiled here. No statement has it: PostgreSQL takes none."""
_VALUE: Final = re.compile(rf"{_MARK}(\w+){_MARK}")


P = ParamSpec("P")


class Kept(Generic[P]):
    """What `build` makes of its arguments, as text, for the database of this process. The arguments must be hashable,
    and values be bound by name when the statement is executed."""

    def __init__(self, build: Callable[P, Any]) -> None:
        self.build = build

        def written(_database: str, *args: Any, **more: Any) -> TextualSelect:
            return as_text(build(*args, **more))

        self._written = lru_cache(maxsize=KEPT)(written)

    def __call__(self, *args: P.args, **more: P.kwargs) -> TextualSelect:
        written: Any = self._written
        found: TextualSelect = written(database_kind(), *args, **more)
        return found

    def forget(self) -> None:
        """Build anew what is asked for from now on."""
        self._written.cache_clear()


def as_text(statement: Any) -> TextualSelect:
    """A SELECT as its text in the language of this process's database; its columns keep their names and types, its
    values their names and types, and what it was built with stays bound.

    https://docs.sqlalchemy.org/en/21/core/sqlelement.html#sqlalchemy.sql.expression.text
    """
    compiled = statement.compile(dialect=_writing(get_engine().dialect))
    written = compiled.string.replace(":", "\\:")
    for name in (name for name, one in compiled.binds.items() if one.expanding):
        # A list gets its brackets when it is known how many there are.
        written = written.replace(f"({_MARK}{name}{_MARK})", f":{name}")
    written = _VALUE.sub(r":\1", written)
    columns = [_column(str(one.key), one.type) for one in statement.selected_columns]
    values = [_value(name, one) for name, one in compiled.binds.items() if f"{_MARK}{name}{_MARK}" in compiled.string]
    return text(written).bindparams(*values).columns(*columns)


def _writing(dialect: Dialect) -> Dialect:
    """One that writes the names of values, and leaves it to the compilation of the text to write what these are for the
    driver."""
    kind: Any = type(dialect)
    return _writing_as(kind)


@lru_cache(maxsize=2)
def _writing_as(kind: Any) -> Dialect:
    def marked(_compiler: Any, name: str, **_more: Any) -> str:
        return f"{_MARK}{name}{_MARK}"

    compiler = type("Writing", (kind.statement_compiler,), {"bindparam_string": marked})
    found: Dialect = type("Written", (kind,), {"statement_compiler": compiler})(paramstyle="named")
    return found


def _value(name: str, one: BindParameter[Any]) -> BindParameter[Any]:
    return bindparam(name, one.value, one.type, expanding=one.expanding, required=one.required)


@lru_cache(maxsize=512)
def _column(name: str, kind: TypeEngine[Any]) -> ColumnClause[Any]:
    return column(name, kind)
