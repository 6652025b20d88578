"""The models that make pictures over HTTP, and how those who make them are."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from clonegallery.api.deps import SignedInViewer
from clonegallery.generations.models import WorkshopStatus, models, status
from clonegallery.generations.schemas import ModelRead

router = APIRouter(tags=["generations"])


class ModelList(BaseModel):
    """The default model comes first."""

    items: list[ModelRead]
    next_cursor: None = None


@router.get("/api/v1/models", operation_id="list_models", summary="The models that make pictures")
async def list_models(viewer: SignedInViewer) -> ModelList:
    """Each with its default size and steps, what it takes, and, for one of this gallery's own, where it is loaded."""
    return ModelList(items=await models())


@router.get("/models/status", operation_id="models_status", summary="How the making of pictures is")
@router.get("/api/v1/models/status", include_in_schema=False)
async def models_status(response: Response) -> WorkshopStatus:
    """Which providers are set up and answer, which model is loaded on which device, and how much waits."""
    response.headers["Cache-Control"] = "no-store"
    return await status()
