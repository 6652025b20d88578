"""Pictures and the smaller copies made of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, LargeBinary, Numeric, Uuid, text
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import PortableJson, UtcDateTime, Visibility, one_of, text_enum
from clonegallery.models.document import Document
from clonegallery.variants import Variant


class ImageStatus(StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class Rating(StrEnum):
    GENERAL = "general"
    SENSITIVE = "sensitive"
    EXPLICIT = "explicit"


class ImageSource(StrEnum):
    UPLOAD = "upload"
    GENERATION = "generation"
    IMPORT = "import"


# The conditions of the partial indexes that lists are read from; `images/repository/visibility.py` asks by them.
LISTED = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
UNLISTED_OWN = "deleted_at IS NULL AND NOT (status = 'ready' AND visibility = 'public')"
# A year has so many pictures that they cannot be read to put them into the order of when they came.
LISTED_TAKEN = f"{LISTED} AND taken_at IS NOT NULL"
# Only owners and Admins search by place.
LOCATED = "gps_latitude IS NOT NULL"
# What pictures were made with, each of which is suggested only to who finds such a picture.
MADE_WITH = ("camera_id", "lens_id", "model_id")
# What a search may narrow so much that the pictures that are left are gathered by it.
FOUND_BY = (*MADE_WITH, "aperture", "exposure", "iso", "focal_length", "taken_at")
# What most pictures are; an index has the few that are something else.
USUAL = {"rating": "general", "source": "upload"}
# What fills the disk, the trash included; read with its sizes from the index alone.
STORED = "status <> 'removed'"


def _range(column: str, condition: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IS NULL OR ({condition})", name=f"ck_images_{column}_range")


class Image(SQLModel, table=True):
    """A picture. The row is the truth: bytes lie under `storage_key` and the derivatives' keys."""

    __tablename__ = "images"
    __table_args__ = (
        one_of("status", ImageStatus, "images"),
        one_of("visibility", Visibility, "images"),
        one_of("rating", Rating, "images"),
        one_of("source", ImageSource, "images"),
        CheckConstraint("byte_size >= 0 AND width > 0 AND height > 0", name="ck_images_size"),
        CheckConstraint("views >= 0 AND likes >= 0", name="ck_images_counters"),
        CheckConstraint("(gps_latitude IS NULL) = (gps_longitude IS NULL)", name="ck_images_gps_both"),
        _range("gps_latitude", "gps_latitude BETWEEN -90 AND 90"),
        _range("gps_longitude", "gps_longitude BETWEEN -180 AND 180"),
        _range("aperture", "aperture > 0"),
        _range("exposure", "exposure > 0"),
        _range("iso", "iso > 0"),
        _range("focal_length", "focal_length > 0"),
        Index(
            "uq_images_owner_sha256_live", "owner_id", "sha256", unique=True,
            postgresql_where=text("deleted_at IS NULL AND status <> 'failed'"),
            sqlite_where=text("deleted_at IS NULL AND status <> 'failed'"),
        ),
        Index(
            "uq_images_idempotency", "owner_id", "idempotency_key", unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"), sqlite_where=text("idempotency_key IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_images_{who}_{name}", *lead, *columns,
                postgresql_where=text(where), sqlite_where=text(where),
            )
            for who, lead, where in (("listed", (), LISTED), ("own", ("owner_id",), UNLISTED_OWN))
            for name, columns in (
                ("created", ("created_at", "id")), ("taken", ("sort_at", "id")), ("popular", ("likes", "views", "id"))
            )
        ),
        Index(
            "ix_images_listed_by_owner", "owner_id", "created_at", "id",
            postgresql_where=text(LISTED), sqlite_where=text(LISTED),
        ),
        Index(
            "ix_images_belongings", "owner_id", postgresql_include=["byte_size"],
            postgresql_where=text(STORED), sqlite_where=text(STORED),
        ),
        Index(
            "ix_images_parent", "parent_id",
            postgresql_where=text("parent_id IS NOT NULL"), sqlite_where=text("parent_id IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_images_{column}", column,
                postgresql_where=text(f"{column} IS NOT NULL"), sqlite_where=text(f"{column} IS NOT NULL"),
            )
            for column in FOUND_BY
        ),
        *(
            Index(
                f"ix_images_{column}", column,
                postgresql_where=text(f"{column} <> '{usual}'"), sqlite_where=text(f"{column} <> '{usual}'"),
            )
            for column, usual in USUAL.items()
        ),
        *(
            Index(
                f"ix_images_{who}_{column}", *lead, column,
                postgresql_where=text(f"{where} AND {column} IS NOT NULL"),
                sqlite_where=text(f"{where} AND {column} IS NOT NULL"),
            )
            for who, lead, where in (("listed", (), LISTED), ("own", ("owner_id",), UNLISTED_OWN))
            for column in MADE_WITH
        ),
        Index(
            "ix_images_listed_taken_at", "taken_at", postgresql_include=["created_at", "id"],
            postgresql_where=text(LISTED_TAKEN), sqlite_where=text(LISTED_TAKEN),
        ),
        Index(
            "ix_images_gps", "owner_id", "gps_latitude", "gps_longitude",
            postgresql_where=text(LOCATED), sqlite_where=text(LOCATED),
        ),
        Index(
            "ix_images_wordless", "id",
            postgresql_where=text("document IS NULL"), sqlite_where=text("document IS NULL"),
        ),
        Index(
            "ix_images_document", "document", postgresql_using="gin", postgresql_with={"fastupdate": "off"},
        ).ddl_if(dialect="postgresql"),
        Index(
            "ix_images_trash", "owner_id", "deleted_at", "id",
            postgresql_where=text("deleted_at IS NOT NULL"), sqlite_where=text("deleted_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False))
    title: str = Field(max_length=255)
    caption: str = Field(default="", max_length=5000)
    status: ImageStatus = Field(
        default=ImageStatus.PROCESSING, sa_column=Column(text_enum(ImageStatus), nullable=False)
    )
    visibility: Visibility = Field(default=Visibility.PUBLIC, sa_column=Column(text_enum(Visibility), nullable=False))
    rating: Rating = Field(default=Rating.GENERAL, sa_column=Column(text_enum(Rating), nullable=False))
    source: ImageSource = Field(default=ImageSource.UPLOAD, sa_column=Column(text_enum(ImageSource), nullable=False))
    error: str | None = Field(default=None, max_length=500)
    original_filename: str = Field(default="", max_length=255)
    storage_key: str = Field(max_length=255)
    sha256: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    mime: str = Field(max_length=40)
    byte_size: int = Field(sa_column=Column(BigInteger, nullable=False))
    width: int
    height: int
    animated: bool = False
    thumbhash: bytes | None = Field(default=None, sa_column=Column(LargeBinary(32), nullable=True))
    dominant_color: str | None = Field(default=None, max_length=7)
    camera_make: str | None = Field(default=None, max_length=100)
    camera_model: str | None = Field(default=None, max_length=100)
    lens: str | None = Field(default=None, max_length=200)
    focal_length: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    aperture: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    exposure: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    iso: int | None = None
    taken_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    taken_at_offset_minutes: int | None = None
    gps_latitude: float | None = Field(default=None, sa_column=Column(Numeric(10, 8, asdecimal=False), nullable=True))
    gps_longitude: float | None = Field(default=None, sa_column=Column(Numeric(11, 8, asdecimal=False), nullable=True))
    exif: dict[str, Any] = Field(default_factory=dict, sa_column=Column(PortableJson, nullable=False))
    views: int = 0
    likes: int = 0
    sort_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    updated_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    deleted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    idempotency_key: str | None = Field(default=None, max_length=100)
    generation_id: UUID | None = None
    parent_id: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("images.id", ondelete="SET NULL"), nullable=True)
    )
    camera_id: int | None = Field(default=None, sa_column=Column(ForeignKey("instruments.id"), nullable=True))
    lens_id: int | None = Field(default=None, sa_column=Column(ForeignKey("instruments.id"), nullable=True))
    model_id: int | None = Field(default=None, sa_column=Column(ForeignKey("instruments.id"), nullable=True))
    document: Any = Field(default=None, sa_column=Column(Document, nullable=True))


class Derivative(SQLModel, table=True):
    """One smaller copy of a picture: WebP, upright, sRGB, without metadata."""

    __tablename__ = "derivatives"
    __table_args__ = (
        one_of("variant", Variant, "derivatives"),
        CheckConstraint("byte_size > 0 AND width > 0 AND height > 0", name="ck_derivatives_size"),
    )

    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    variant: Variant = Field(sa_column=Column(text_enum(Variant), primary_key=True, nullable=False))
    width: int
    height: int
    byte_size: int
    storage_key: str = Field(max_length=255, unique=True)
