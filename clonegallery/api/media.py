"""The bytes of pictures under addresses that caches and content networks may hold."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from clonegallery.api.blobs import blob_response
from clonegallery.api.openapi import problem_responses
from clonegallery.images import service

router = APIRouter(tags=["media"])


@router.head("/media/{key:path}", include_in_schema=False)
@router.get(
    "/media/{key:path}",
    operation_id="get_media",
    summary="Bytes by storage key",
    response_class=Response,
    responses=problem_responses(416),
)
async def get_media(
    request: Request,
    key: str,
    e: Annotated[str | None, Query(max_length=12, description="When the address ends, in Unix seconds.")] = None,
    s: Annotated[str | None, Query(max_length=64, description="The signature over key and end.")] = None,
) -> Response:
    """Public copies for everybody, for ever; everything else while the signature holds. Asked anew each time."""
    return await blob_response(request, await service.media(key, e, s))
