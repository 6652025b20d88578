"""What a search gives back."""

from pydantic import BaseModel, ConfigDict, Field

from clonegallery.images.schemas import ImageCard

SIMILAR_MAX = 100


class SimilarQuery(BaseModel):
    """How many to find."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=24, ge=1, le=SIMILAR_MAX)


class ScoredCard(ImageCard):
    """A picture with how alike it is: 1 is the same, 0 has nothing in common."""

    score: float = Field(ge=0, le=1)


class SimilarPage(BaseModel):
    """The pictures that are most alike, the nearest first; none where the picture has not been placed yet.

    `model` is the one that says what is alike, None where there is none; `placed` whether it has placed this picture.
    """

    items: list[ScoredCard]
    model: str | None
    placed: bool = False


class SpaceRead(BaseModel):
    """How far the pictures are placed by one model. The active one is searched; the other is being filled."""

    id: int
    model: str
    active: bool
    placed: int
    total: int
