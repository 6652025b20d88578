"""Column types that hold on PostgreSQL and SQLite alike."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything: the moment of what has never happened."""


class Visibility(StrEnum):
    """Who may see a picture: everybody, whoever knows its address, its owner."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, both ways; a naive one is refused, since nobody can know what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


PortableJson = JSON().with_variant(JSONB(), "postgresql")


def text_enum(enum: type[StrEnum]) -> Enum:
    """An enum stored as its text value; pair it with `one_of` so that the database refuses anything else."""
    return Enum(enum, native_enum=False, create_constraint=False, length=20, values_callable=_values)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


def one_of(column: str, values: Iterable[Any], table: str) -> CheckConstraint:
    """CHECK that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")
