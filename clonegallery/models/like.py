"""Who likes which picture."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Uuid
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.models.columns import UtcDateTime


class ImageLike(SQLModel, table=True):
    """That a person likes a picture; `images.likes` counts these rows."""

    __tablename__ = "image_likes"
    __table_args__ = (Index("ix_image_likes_image", "image_id"),)

    user_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
