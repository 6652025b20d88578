"""How often pictures were looked at: gathered in memory and written together, for a row write per look would be dear.

A process that dies loses the looks of its last seconds, which nobody misses.
"""

import asyncio
from collections import Counter
from uuid import UUID

from clonegallery.db import unit_of_work
from clonegallery.failures import as_gallery_error
from clonegallery.images.repository import writes
from clonegallery.log import get_logger

log = get_logger(__name__)

_FLUSH_SECONDS = 5.0


class ViewCounter:
    """The looks that this process has not written yet."""

    def __init__(self) -> None:
        self._looks: Counter[UUID] = Counter()
        self._task: asyncio.Task[None] | None = None

    def seen(self, image_id: UUID) -> None:
        """Count one look; it is written within a few seconds."""
        self._looks[image_id] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush_later(), name="view counter")

    async def flush(self) -> None:
        """Write what was counted."""
        looks, self._looks = self._looks, Counter()
        if looks:
            async with unit_of_work() as work:
                work.changes.concern_only()  # Every few seconds; it decides between equals in one order, no more.
                await writes.add_views(work.session, looks)

    async def _flush_later(self) -> None:
        await asyncio.sleep(_FLUSH_SECONDS)
        try:
            await self.flush()
        except Exception as error:
            known = as_gallery_error(error)
            if known is None:
                raise
            log.warning("views not counted", reason=known.detail)


views = ViewCounter()
