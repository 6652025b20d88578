"""What the images slice takes and hands out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from clonegallery.images.conditions import box_of
from clonegallery.models.columns import Visibility
from clonegallery.models.image import ImageSource, ImageStatus, Rating
from clonegallery.moments import Moment, Month
from clonegallery.pagination import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT
from clonegallery.variants import Variant

__all__ = ["FileVariant", "ImageSource", "ImageStatus", "Rating", "Variant", "Visibility"]


class FileVariant(StrEnum):
    """Whose bytes: the file as it was uploaded, or one of its smaller copies."""

    ORIGINAL = "original"
    THUMB_300 = "thumb_300"
    THUMB_600 = "thumb_600"
    THUMB_1200 = "thumb_1200"


class Sort(StrEnum):
    """Orders of the feed; `relevance` means newest where nothing is searched for."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TAKEN = "taken"
    POPULAR = "popular"
    RELEVANCE = "relevance"


class Action(StrEnum):
    """What somebody may do with one picture."""

    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    DOWNLOAD_ORIGINAL = "download_original"
    LIKE = "like"


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("This holds a NUL character.")
    return text


def _box(text: str) -> str:
    box_of(text)
    return text


Word = Annotated[str, Field(max_length=200), AfterValidator(_without_nul)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Filters(BaseModel):
    """Which pictures; what is not said does not matter. Units: mm, f-number, seconds, aware times."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: Word | None = Field(default=None, description="UUID, username, or `me`.")
    visibility: Visibility | None = None
    status: ImageStatus | None = None
    rating: Rating | None = None
    source: ImageSource | None = None
    tag: list[Word] = Field(default=[], max_length=10, description="Repeated: pictures that carry all of them.")
    camera_make: Word | None = None
    camera_model: Word | None = None
    lens: Word | None = None
    aperture_min: Positive | None = None
    aperture_max: Positive | None = None
    iso_min: Positive | None = None
    iso_max: Positive | None = None
    focal_length_min: Positive | None = None
    focal_length_max: Positive | None = None
    exposure_min: Positive | None = None
    exposure_max: Positive | None = None
    taken_after: Moment | None = None
    taken_before: Moment | None = None
    model: Word | None = Field(default=None, description="What it was made with, or the beginnings of its words.")
    prompt: Word | None = Field(default=None, description="Words of the prompt that it was made from.")
    seed: int | None = Field(default=None, ge=0, le=2**63 - 1)
    bbox: Annotated[Word, AfterValidator(_box)] | None = Field(
        default=None,
        description="`west,south,east,north` in degrees. Of one's own pictures; Admins ask for everybody's.",
        examples=["5.9,45.8,10.5,47.8"],
    )
    has_gps: bool | None = Field(default=None, description="Of one's own pictures; Admins ask for everybody's.")
    trashed: bool = Field(default=False, description="One's own trash instead.")
    liked: bool = Field(default=False, description="Only what one likes oneself.")


class FeedQuery(Filters):
    """One page of the feed, or of what is searched for in it."""

    q: str | None = Field(
        default=None,
        description="What to look for, in the grammar of `docs/searching.md`: words, phrases, `-not`, `key:value`.",
        examples=["lighthouse iso:<=800 taken:2024"],
    )
    sort: Sort | None = Field(
        default=None, description="Left out: `relevance` where words or a picture are searched for, else `newest`."
    )
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None
    start: Month | None = Field(default=None, description="The first page begins with this month, in orders of time.")
    count: bool = False


class OwnerRead(BaseModel):
    id: UUID
    username: str


class CardUrls(BaseModel):
    """Where the smaller copies are; null until there are any."""

    thumb_300: str | None = None
    thumb_600: str | None = None
    thumb_1200: str | None = None


class ImageCard(BaseModel):
    """A picture as lists show it. `width` and `height` are pixels, upright; `thumbhash` is base64."""

    id: UUID
    title: str
    width: int
    height: int
    thumbhash: str | None
    dominant_color: str | None
    status: ImageStatus
    visibility: Visibility
    rating: Rating
    animated: bool
    source: ImageSource
    likes: int
    taken_at: datetime | None
    created_at: datetime
    owner: OwnerRead
    urls: CardUrls


class Gps(BaseModel):
    """WGS 84, decimal degrees."""

    latitude: float
    longitude: float


class DerivativeRead(BaseModel):
    variant: Variant
    width: int
    height: int
    byte_size: int
    url: str


class GenerationOf(BaseModel):
    """What was really used for a picture; null is not known. `seconds` and `cost` (US dollars) are its owner's to know.

    `id` is its owner's `GET /api/v1/generations/{id}`.
    """

    model_config = ConfigDict(protected_namespaces=())

    id: UUID | None
    provider: str = Field(examples=["local"])
    model: str
    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    seed: int | None
    strength: float | None
    seconds: float | None
    cost: Decimal | None


class ImageDetail(ImageCard):
    """Everything about a picture that this viewer may know; `permissions` is what they may do."""

    caption: str
    tags: list[str]
    mime: str
    byte_size: int
    original_filename: str
    error: str | None
    camera_make: str | None
    camera_model: str | None
    lens: str | None
    focal_length: float | None
    aperture: float | None
    exposure: float | None
    iso: int | None
    taken_at_offset_minutes: int | None
    gps: Gps | None
    exif: dict[str, Any]
    derivatives: list[DerivativeRead]
    generation: GenerationOf | None = Field(description="What was used for a picture that was made.")
    parent_id: UUID | None = Field(description="The picture that it was made from, where one may see that.")
    permissions: list[Action]
    liked: bool = Field(description="Whether one likes it oneself; `likes` is how many people do.")
    views: int
    updated_at: datetime
    deleted_at: datetime | None
    download_url: str | None


class LikeRead(BaseModel):
    """Whether one likes a picture, and how many people do."""

    liked: bool
    likes: int = Field(examples=[3])


class FeedPage(BaseModel):
    """`previous_cursor` leads to the page before, where the paging began with a `start`; null at the beginning.

    `sort` is the order of the list: the one that was asked for, or that the gallery chose.
    """

    items: list[ImageCard]
    next_cursor: str | None
    previous_cursor: str | None = None
    sort: Sort | None = Field(default=None, description="Null in the trash, which has an order of its own.")
    total: int | None = None
    total_is_estimate: bool | None = None


class TimelineMonth(BaseModel):
    """How many pictures a month has, by UTC."""

    month: str = Field(examples=["2026-03"])
    count: int
    is_estimate: bool = Field(default=False, description="Counted from a sample, where there are very many.")


class Neighbours(BaseModel):
    """The pictures before and after one in the feed's order; null at its ends."""

    previous: UUID | None
    next: UUID | None


class ImageUpdate(BaseModel):
    """What to change; a field left out stays. Lengths are checked by the service, which names the field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    rating: Rating = Rating.GENERAL


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived whole: where it lies, what its sender calls it, its SHA-256 (hex) and size in bytes."""

    path: Path
    filename: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class UploadFields:
    """What the sender says about the file. Without a title the file's name serves, without a visibility what their
    account says: nothing becomes public that nobody asked to publish."""

    title: str | None = None
    caption: str = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None
    rating: Rating = Rating.GENERAL
    idempotency_key: str | None = None
