"""Liking pictures: one row per person and picture, and the counter beside it in the same transaction."""

from uuid import UUID

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.db import unit_of_work
from clonegallery.errors import NotFound
from clonegallery.images import rights
from clonegallery.images.repository import rows, writes
from clonegallery.images.schemas import Action, LikeRead


async def like(viewer: Viewer, image_id: UUID) -> LikeRead:
    """Like the picture; doing it twice is fine. Raises `NotFound`, `NotSignedIn`, `NotAllowed`."""
    return await _set(viewer, image_id, liked=True)


async def unlike(viewer: Viewer, image_id: UUID) -> LikeRead:
    """Like the picture no more; doing it twice is fine. Raises as `like`."""
    return await _set(viewer, image_id, liked=False)


async def _set(viewer: Viewer, image_id: UUID, *, liked: bool) -> LikeRead:
    async with unit_of_work() as work:
        # Held until the end, so that the counter counts the rows however many people like the picture at once.
        found = await rows.standing(work.session, image_id, lock=True)
        if found is None:
            raise NotFound
        rights.require(viewer, found, Action.LIKE)
        likes = await writes.set_like(work.session, image_id, viewer.require(Permission.LIKE), liked=liked)
    return LikeRead(liked=liked, likes=likes)
