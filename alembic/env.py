"""Alembic's entry: online migrations on the connection that `clonegallery.migrations` hands over."""

from sqlmodel import SQLModel

import clonegallery.models  # noqa: F401 Registers the tables that autogenerate compares with.
from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
