"""Words that people file pictures under."""

from uuid import UUID

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Uuid, text
from sqlmodel import Field, SQLModel

from clonegallery.ids import new_id

MAX_FOLDED = 200
# Compared by code point, as beginnings are: a language's own order may put what begins alike far apart.
_BY_CODE_POINT = String(MAX_FOLDED).with_variant(String(MAX_FOLDED, collation="C"), "postgresql")


class Tag(SQLModel, table=True):
    """A tag, lower-case and unique.

    `folded` is what beginnings are compared with, None until a sweep has written it; `listed` about how many listed
    pictures carry it, which puts suggestions in order and is told to nobody.
    """

    __tablename__ = "tags"
    __table_args__ = (
        Index("ix_tags_folded", "folded"),
        Index("ix_tags_listed", "listed", "folded"),
        Index("ix_tags_unfolded", "id", postgresql_where=text("folded IS NULL"), sqlite_where=text("folded IS NULL")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=50, unique=True)
    folded: str | None = Field(default=None, sa_column=Column(_BY_CODE_POINT, nullable=True))
    listed: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))


class ImageTag(SQLModel, table=True):
    """That a picture carries a tag.

    The database itself keeps `owner_id` and `listed` as the picture has them (triggers of migration 014): `listed` is
    true where the picture is in everybody's lists, false where it is in its owner's alone, None where it is in none.
    """

    __tablename__ = "image_tags"
    __table_args__ = (
        Index("ix_image_tags_tag", "tag_id", "image_id"),
        Index("ix_image_tags_listed", "tag_id", postgresql_where=text("listed"), sqlite_where=text("listed")),
        Index(
            "ix_image_tags_own", "owner_id", "tag_id",
            postgresql_where=text("NOT listed"), sqlite_where=text("NOT listed"),
        ),
    )  # fmt: skip

    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    tag_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    owner_id: UUID | None = Field(default=None, sa_column=Column(Uuid, nullable=True))
    listed: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
