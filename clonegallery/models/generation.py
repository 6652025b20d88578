"""What people asked to have made, and what was really used for each picture that came of it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import UtcDateTime, Visibility, one_of, text_enum

MAKERS = ("local", "replicate", "openai", "stability")
MAX_COUNT = 8


class Generation(SQLModel, table=True):
    """One request for `count` pictures. How it stands is the status of its job; a retry gives it another one.

    `seed` is that of the first picture. `note` is what a worker that takes over must know, `fallback` the reason why
    another provider than the first took the work.
    """

    __tablename__ = "generations"
    __table_args__ = (
        one_of("visibility", Visibility, "generations"),
        one_of("provider", MAKERS, "generations"),
        CheckConstraint(f"count BETWEEN 1 AND {MAX_COUNT}", name="ck_generations_count"),
        CheckConstraint("width > 0 AND height > 0", name="ck_generations_size"),
        CheckConstraint("seed >= 0", name="ck_generations_seed"),
        CheckConstraint("steps IS NULL OR steps > 0", name="ck_generations_steps"),
        CheckConstraint("strength IS NULL OR strength BETWEEN 0 AND 1", name="ck_generations_strength"),
        Index("ix_generations_owner", "owner_id", "created_at", "id"),
        Index("ix_generations_job", "job_id", unique=True),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
    job_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False))
    provider: str = Field(max_length=20)
    is_automatic: bool = False
    model: str = Field(max_length=255)
    prompt: str = Field(sa_column=Column(Text, nullable=False))
    negative_prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    width: int
    height: int
    steps: int | None = None
    guidance_scale: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    scheduler: str | None = Field(default=None, max_length=60)
    seed: int = Field(sa_column=Column(BigInteger, nullable=False))
    count: int = 1
    init_image_id: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("images.id", ondelete="SET NULL"), nullable=True)
    )
    strength: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    visibility: Visibility = Field(default=Visibility.PRIVATE, sa_column=Column(text_enum(Visibility), nullable=False))
    note: str | None = Field(default=None, max_length=500)
    fallback: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))


class GeneratedImage(SQLModel, table=True):
    """What was really used for one picture. One row per place in its generation: no picture is made twice."""

    __tablename__ = "generated_images"
    __table_args__ = (
        one_of("provider", MAKERS, "generated_images"),
        CheckConstraint("position >= 0", name="ck_generated_images_position"),
        UniqueConstraint("generation_id", "position", name="uq_generated_images_position"),
        Index(
            "ix_generated_images_seed", "seed",
            postgresql_where=text("seed IS NOT NULL"), sqlite_where=text("seed IS NOT NULL"),
        ),
    )  # fmt: skip

    image_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("images.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    generation_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("generations.id", ondelete="CASCADE"), nullable=False)
    )
    position: int
    provider: str = Field(max_length=20)
    model: str = Field(max_length=255)
    prompt: str = Field(sa_column=Column(Text, nullable=False))
    negative_prompt: str = Field(default="", sa_column=Column(Text, nullable=False))
    width: int
    height: int
    steps: int | None = None
    guidance_scale: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    scheduler: str | None = Field(default=None, max_length=60)
    seed: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    strength: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    seconds: float = Field(sa_column=Column(Float, nullable=False))
    cost: Decimal | None = Field(default=None, sa_column=Column(Numeric(12, 6), nullable=True))
