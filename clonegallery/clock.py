"""The one source of the present time."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present moment as an aware datetime in UTC."""
    return datetime.now(UTC)
