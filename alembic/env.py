"""Alembic's entry: online migrations on the connection that `clonegallery.migrations` hands over."""

import warnings
from typing import Any

from sqlalchemy.exc import SAWarning
from sqlmodel import SQLModel

import clonegallery.models  # noqa: F401 Registers the tables that autogenerate compares with.
from alembic import context


def _require_references(*_positional: Any, **_step: Any) -> None:
    """No foreign key is looked after while SQLite makes a table anew, so each step ends with a look at all of them."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"The migration would leave a row of {broken[0]} that points to nothing in {broken[2]}.")


# True on SQLite, and known: a migration that makes such a table anew makes its indexes of expressions again.
warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
    transactional_ddl=True,  # Of SQLite too, whose transactions the gallery begins itself.
    on_version_apply=_require_references,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
