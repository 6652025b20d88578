"""What is done with many chosen pictures at once: some per event, so that a tab is never held for long."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import NotFound

MOST_AT_ONCE = 5000
PER_EVENT = 50

Act = Callable[[Viewer, UUID], Awaitable[object]]


async def act_on(act: Act, viewer: Viewer, image_ids: list[str]) -> int:
    """`act` on each picture; returns how many were there. One that is gone already is passed over.

    Raises what `act` raises otherwise: the service decides for each picture whether this viewer may.
    """
    finished = 0
    for image_id in image_ids:
        # A ValueError is no UUID: the ids come from the browser, and nothing can be under this one.
        with suppress(NotFound, ValueError):
            await act(viewer, UUID(image_id))
            finished += 1
    return finished
