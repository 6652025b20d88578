"""Generations over HTTP: asked for, listed, cancelled, tried again. How they go is told in `generation_events.py`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.api.deps import SignedInViewer, require_permission
from clonegallery.api.openapi import problem_responses
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationPage, GenerationQuery, GenerationRead, GenerationRequest

router = APIRouter(prefix="/api/v1/generations", tags=["generations"])

ONE = "/{generation_id:uuid}"

Maker = Annotated[Viewer, Depends(require_permission(Permission.GENERATE))]


@router.post(
    "",
    status_code=202,
    operation_id="request_generation",
    summary="Have pictures made",
    responses=problem_responses(429, 503),
)
async def request_generation(wanted: GenerationRequest, viewer: Maker, response: Response) -> GenerationRead:
    """Queued; `Location` is where it stands. 429 over one's caps, 503 where nothing is set up to make pictures.

    Without a provider and a model the gallery's own choice makes them, and another provider may take over.
    """
    made = await service.request(viewer, wanted)
    response.headers["Location"] = f"{router.prefix}/{made.id}"
    return made


@router.get("", operation_id="list_generations", summary="My generations, newest first")
async def list_generations(viewer: SignedInViewer, query: Annotated[GenerationQuery, Query()]) -> GenerationPage:
    """One's own only, also for Admins."""
    return await service.listing(viewer, query)


@router.get(ONE, operation_id="get_generation", summary="How a generation stands")
async def get_generation(viewer: SignedInViewer, generation_id: UUID) -> GenerationRead:
    """One's own; Admins may read anybody's. `waiting` while it is queued, `progress` while it runs."""
    return await service.detail(viewer, generation_id)


@router.post(
    f"{ONE}/cancel",
    operation_id="cancel_generation",
    summary="Cancel a generation",
    responses=problem_responses(409),
)
async def cancel_generation(viewer: Maker, generation_id: UUID) -> GenerationRead:
    """At once while it waits, within one step while it runs. 409 for one that has ended."""
    return await service.cancel(viewer, generation_id)


@router.post(
    f"{ONE}/retry",
    operation_id="retry_generation",
    summary="Try a generation again",
    responses=problem_responses(409, 429),
)
async def retry_generation(viewer: Maker, generation_id: UUID) -> GenerationRead:
    """Queues what is missing of one that failed or was cancelled; 409 for any other."""
    return await service.retry(viewer, generation_id)
