"""Primary keys: UUIDv7, made in Python so that PostgreSQL 15+ and SQLite serve alike and rows sort by creation."""

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): time-ordered to the millisecond, as a plain `uuid.UUID`."""
    return UUID(int=uuid6.uuid7().int)
