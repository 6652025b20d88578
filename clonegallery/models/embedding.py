"""Where pictures lie in the spaces of the models that place them there; spaces are never mixed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, Column, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.models.columns import UtcDateTime, one_of, text_enum
from clonegallery.models.vector import PortableVector


class SpaceStatus(StrEnum):
    """`building` until every picture lies in it; one is `active`, and searched, at a time."""

    BUILDING = "building"
    ACTIVE = "active"


_ACTIVE = "status = 'active'"
_UNMEASURED = "usual IS NULL"
_NUMBER = SmallInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up the keys of columns that are called INTEGER, and no others."""


class EmbeddingSpace(SQLModel, table=True):
    """The space of one embedding model, whose weights are at `source`; their `fingerprint` tells them from others.

    `yardstick` is the digest of the everyday texts that all pictures in it were measured with.
    """

    __tablename__ = "embedding_spaces"
    __table_args__ = (
        one_of("status", SpaceStatus, "embedding_spaces"),
        UniqueConstraint("model", "fingerprint", name="uq_embedding_spaces_weights"),
        Index(
            "ix_embedding_spaces_active", "status", unique=True,
            postgresql_where=text(_ACTIVE), sqlite_where=text(_ACTIVE),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, sa_column=Column(_NUMBER, primary_key=True, autoincrement=True))
    model: str = Field(sa_column=Column(String(255), nullable=False))
    fingerprint: str = Field(default="", sa_column=Column(String(64), nullable=False, server_default=""))
    source: str = Field(sa_column=Column(String(1000), nullable=False))
    dimensions: int = Field(sa_column=Column(SmallInteger, nullable=False))
    yardstick: str = Field(default="", sa_column=Column(String(16), nullable=False, server_default=""))
    status: SpaceStatus = Field(default=SpaceStatus.BUILDING, sa_column=Column(text_enum(SpaceStatus), nullable=False))
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    activated_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class ImageEmbedding(SQLModel, table=True):
    """Where one picture lies in one space: a vector of unit length, None where it cannot be placed.

    `usual` and `spread` are the mean and the standard deviation of its cosines to the everyday texts, None where it was
    not measured yet.
    """

    __tablename__ = "image_embeddings"
    __table_args__ = (
        Index(
            "ix_image_embeddings_unmeasured", "space_id", "image_id",
            postgresql_where=text(_UNMEASURED), sqlite_where=text(_UNMEASURED),
        ),
    )  # fmt: skip

    space_id: int = Field(
        sa_column=Column(
            SmallInteger, ForeignKey("embedding_spaces.id", ondelete="CASCADE"), primary_key=True, nullable=False
        )
    )
    image_id: UUID = Field(
        sa_column=Column(
            Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False, index=True
        )
    )
    vector: Any = Field(default=None, sa_column=Column(PortableVector, nullable=True))
    usual: float | None = Field(default=None, sa_column=Column(REAL, nullable=True))
    spread: float | None = Field(default=None, sa_column=Column(REAL, nullable=True))
