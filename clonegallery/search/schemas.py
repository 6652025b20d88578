"""What a search gives back."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from clonegallery.images.schemas import FeedPage, Filters, ImageCard
from clonegallery.search.fusion import Reason

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


class ReasonRead(BaseModel):
    """By what a picture was found; `score` is 1 for the best that there can be, null for words, which have none."""

    by: Reason
    score: float | None = Field(ge=0, le=1)


class FoundCard(ImageCard):
    """A picture of a list; `why` it was found, where something was searched for and the best come first."""

    why: list[ReasonRead] | None = None


class FoundPage(FeedPage):
    """A page of the feed, or of what was searched for in it."""

    items: list[FoundCard]  # type: ignore[assignment] # A card with more on it.
    understood: bool | None = Field(
        default=None, description="False where words alone were looked for, since no worker said what they mean."
    )


class FacetValue(BaseModel):
    """One value that pictures have; `term` asks for it in a search."""

    label: str = Field(examples=["Canon EOS R5"])
    count: int
    term: str = Field(examples=['camera:="canon eos r5"'])


class Facets(BaseModel):
    """What the pictures of a list have, the most common values first; counts of a sample where `is_estimate`."""

    camera: list[FacetValue]
    lens: list[FacetValue]
    tag: list[FacetValue]
    year: list[FacetValue]
    source: list[FacetValue]
    model: list[FacetValue]
    total: int
    is_estimate: bool


class LookQuery(Filters):
    """Which pictures are compared, and how many are wanted."""

    q: str | None = Field(
        default=None, description="What must be true of them, as in `GET /api/v1/images`: words are conditions here."
    )
    limit: int = Field(default=48, ge=1, le=SIMILAR_MAX)


class LookCard(ScoredCard):
    """A picture that looks like the one that was sent."""

    why: list[ReasonRead]


class LookPage(BaseModel):
    """The pictures that look most like the one that was sent, the nearest first; `model` says what is alike."""

    items: list[LookCard]
    model: str


class SuggestionKind(StrEnum):
    """What a suggestion is: a name that pictures are found by, a key of the grammar, a value, a search made before."""

    TAG = "tag"
    CAMERA = "camera"
    LENS = "lens"
    MODEL = "model"
    OWNER = "owner"
    KEY = "key"
    VALUE = "value"
    RECENT = "recent"


class SuggestionQuery(BaseModel):
    """What was typed before the caret, and how many completions of it are wanted."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", examples=["sunset camera:can"])
    limit: int = Field(default=8, ge=1, le=20)


class Suggestion(BaseModel):
    """A completion: `term` goes where the characters from the first of `replaces` until before the second are.

    Characters are Unicode code points. `count` is how many pictures one finds by it, null where these are more than a
    thousand, and for what has no pictures of its own.
    """

    kind: SuggestionKind
    term: str = Field(examples=["tag:beach"])
    label: str = Field(examples=["beach"])
    count: int | None
    replaces: tuple[int, int]


class Suggestions(BaseModel):
    """What completes a search, the likeliest first."""

    items: list[Suggestion]


class RecentSearchRead(BaseModel):
    """A search that one made, as it is written at its shortest."""

    q: str
    searched_at: datetime


class RecentSearches(BaseModel):
    """One's last searches, the latest first."""

    items: list[RecentSearchRead]
