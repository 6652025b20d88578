"""Words that people file pictures under."""

from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, Uuid
from sqlmodel import Field, SQLModel

from clonegallery.ids import new_id


class Tag(SQLModel, table=True):
    """A tag, lower-case and unique."""

    __tablename__ = "tags"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=50, unique=True)


class ImageTag(SQLModel, table=True):
    """That a picture carries a tag."""

    __tablename__ = "image_tags"
    __table_args__ = (Index("ix_image_tags_tag", "tag_id", "image_id"),)

    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    tag_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
