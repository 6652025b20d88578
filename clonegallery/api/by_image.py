"""Searching by a picture over HTTP: it is looked at and forgotten."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from clonegallery.api.deps import AnybodyWriting, CurrentCaller
from clonegallery.api.multipart import FILE, receive
from clonegallery.api.openapi import problem_responses
from clonegallery.images.quarantine import quarantine
from clonegallery.search import service
from clonegallery.search.by_image import MAX_BYTES
from clonegallery.search.schemas import LookPage, LookQuery

router = APIRouter(prefix="/api/v1/search", tags=["search"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILE],
                    "additionalProperties": False,
                    "properties": {FILE: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post(
    "/by-image",
    operation_id="search_by_image",
    summary="The pictures that look like one that is sent",
    responses=problem_responses(404, 413, 415, 422, 429, 507),
    openapi_extra=_BODY,
)
async def search_by_image(
    request: Request, viewer: AnybodyWriting, caller: CurrentCaller, query: Annotated[LookQuery, Query()]
) -> LookPage:
    """Of what one finds in one's lists, the nearest first, narrowed by the filters of the feed and the terms of `q`.

    The file, of 20 MiB at most, is kept nowhere. 404 where the gallery has no embedding model, or none that has looked
    at the pictures yet; 503 when no worker has the time to look.
    """
    search = await service.admit_look(viewer, caller, query)
    async with quarantine(MAX_BYTES) as place:
        upload, _ = await receive(request, place)
        return await service.by_image(viewer, search, upload, query.limit)
