"""Models as Core sees them: lists are read, and many rows are written, without making an object per row."""

from sqlalchemy import Table
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
    return table
