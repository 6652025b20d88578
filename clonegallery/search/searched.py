"""The space that is searched, as long as this process may remember it."""

from typing import Any

from sqlalchemy import Row

from clonegallery.db import reading
from clonegallery.images.remembered import version
from clonegallery.search.repository import spaces as sql

_remembered: dict[bytes, Row[Any] | None] = {}
"""Under the version as it was before the database was asked: of the latest only."""


async def searched_space() -> Row[Any] | None:
    """The space that is searched; None before there is one.

    Each search asks. What is searched changes once in years, and lists are out of date then too: under their version
    it is remembered. Where Redis does not say that one the database is asked.
    """
    now = await version()
    if now is not None and now in _remembered:
        return _remembered[now]
    async with reading() as connection:
        found = await sql.active(connection)
    _remembered.clear()
    if now is not None:
        _remembered[now] = found
    return found
