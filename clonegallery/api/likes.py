"""Likes over HTTP: one's own like of a picture is a thing that is put there or deleted, so twice is as once."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.api.deps import require_permission
from clonegallery.images import service
from clonegallery.images.schemas import LikeRead

router = APIRouter(prefix="/api/v1/images", tags=["likes"])

_LIKE = "/{image_id:uuid}/like"

LikingViewer = Annotated[Viewer, Depends(require_permission(Permission.LIKE))]


@router.put(_LIKE, operation_id="like_image", summary="Like a picture")
async def like_image(viewer: LikingViewer, image_id: UUID) -> LikeRead:
    """Needs a picture that is ready and not in the trash; `GET /api/v1/images?liked=true` lists what one likes."""
    return await service.like(viewer, image_id)


@router.delete(_LIKE, operation_id="unlike_image", summary="Like a picture no more")
async def unlike_image(viewer: LikingViewer, image_id: UUID) -> LikeRead:
    """As `like_image`: also where one did not like it."""
    return await service.unlike(viewer, image_id)
