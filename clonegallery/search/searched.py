"""The space that is searched, as long as this process may remember it."""

import time
from typing import Any, Final

from sqlalchemy import Row

from clonegallery.db import reading
from clonegallery.images.remembered import MOST_SECONDS, version
from clonegallery.search.repository import spaces as sql

_remembered: Final[dict[bytes, tuple[float, Row[Any] | None]]] = {}
"""Until when what is believed, under the version as it was before the database was asked: of the latest only."""


async def searched_space() -> Row[Any] | None:
    """The space that is searched; None before there is one.

    Each search asks. What is searched changes once in years, and lists are out of date then too: it is remembered as
    they are, under their version and as long as they (decision 019). Where Redis does not say that one the database is
    asked.
    """
    now = await version()
    until, space = _remembered.get(now or b"", (0.0, None))
    if time.monotonic() < until:
        return space
    async with reading() as connection:
        space = await sql.active(connection)
    _remembered.clear()
    if now is not None:
        _remembered[now] = (time.monotonic() + MOST_SECONDS, space)
    return space
