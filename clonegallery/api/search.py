"""Finding pictures over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from clonegallery.api.deps import CurrentViewer
from clonegallery.search import service
from clonegallery.search.schemas import SimilarPage, SimilarQuery

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/images/{image_id:uuid}/similar", operation_id="get_similar_images", summary="The pictures most alike")
async def get_similar_images(
    viewer: CurrentViewer, image_id: UUID, query: Annotated[SimilarQuery, Query()]
) -> SimilarPage:
    """What looks most like a picture, of what one finds in one's lists, the nearest first, with a score from 0 to 1.

    Empty while the picture has not been looked at by the embedding model yet.
    """
    return await service.similar(viewer, image_id, query.limit)
