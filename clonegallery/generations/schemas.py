"""What the generations slice takes and hands out."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from clonegallery.images.schemas import ImageCard, Visibility
from clonegallery.inference.port import Provider
from clonegallery.models.generation import MAX_COUNT
from clonegallery.models.job import JobStatus
from clonegallery.pagination import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT

__all__ = ["JobStatus", "Provider", "Visibility"]

MAX_SEED = 2**32 - 1


class GenerationRequest(BaseModel):
    """What to make. What is left out is the model's own choice, the seed a new one; sides are pixels.

    Ranges are checked against the model by the service, which names the field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    prompt: str = Field(examples=["a red sun over a blue sea"])
    negative_prompt: str = ""
    model: str | None = Field(default=None, max_length=255, description="One of `GET /api/v1/models`.")
    provider: Provider | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str | None = Field(default=None, max_length=60)
    seed: int | None = Field(default=None, description=f"0 to {MAX_SEED}; the next picture has the next one.")
    count: int = Field(default=1, description=f"1 to {MAX_COUNT}")
    init_image_id: UUID | None = Field(default=None, description="A picture that you may see, to begin from.")
    strength: float | None = Field(default=None, description="How much of it is changed: 0 nothing, 1 everything.")
    visibility: Visibility | None = None


class Progress(BaseModel):
    """How far a generation is. `eta_s` is how many seconds are left, null where nobody can say yet."""

    step: int
    steps: int
    eta_s: float | None = None


class Waiting(BaseModel):
    """`position` counts from 1 in the order in which jobs will be taken; `eta_s` is null where nobody can say yet."""

    position: int
    eta_s: float | None = None


class GenerationRead(BaseModel):
    """One generation and how it stands. `fallback` says why another provider than the first took the work."""

    model_config = ConfigDict(protected_namespaces=())

    id: UUID
    status: JobStatus
    provider: Provider
    model: str
    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    seed: int
    count: int
    init_image_id: UUID | None
    strength: float | None
    visibility: Visibility
    progress: Progress | None = None
    waiting: Waiting | None = None
    error: str | None = None
    fallback: str | None = None
    cost: Decimal | None = Field(default=None, description="US dollars, where the operator named prices.")
    images: list[ImageCard] = []
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class GenerationQuery(BaseModel):
    """One page of one's generations, newest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: JobStatus | None = None
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None


class GenerationPage(BaseModel):
    items: list[GenerationRead]
    next_cursor: str | None


class ModelRead(BaseModel):
    """A model that one may ask for. `device` and `loaded` are what the workers said last, null for a service."""

    model_config = ConfigDict(protected_namespaces=())

    id: str
    name: str
    provider: Provider
    is_default: bool
    width: int
    height: int
    sizes: list[tuple[int, int]]
    min_side: int
    max_side: int
    multiple: int
    steps: int | None
    max_steps: int
    guidance_scale: float | None
    schedulers: list[str]
    takes_negative_prompt: bool
    takes_seed: bool
    takes_init_image: bool
    prompt_max: int
    licence: str
    is_demo: bool = Field(default=False, description="The small model that comes with the gallery.")
    price: Decimal | None = Field(default=None, description="US dollars a picture, where the operator named one.")
    device: str | None = None
    loaded: bool = False
