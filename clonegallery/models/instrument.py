"""What pictures are made with: cameras, lenses and models, each once, however its name was written."""

from enum import StrEnum

from sqlalchemy import Column, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from clonegallery.models.columns import one_of, text_enum


class InstrumentKind(StrEnum):
    CAMERA = "camera"
    LENS = "lens"
    MODEL = "model"


class Instrument(SQLModel, table=True):
    """A camera, a lens or a generating model: `name` as people read it, `folded` what is compared and searched.

    `listed` is about how many listed pictures are made with it, which puts suggestions in order and is told to nobody.
    """

    __tablename__ = "instruments"
    __table_args__ = (
        one_of("kind", InstrumentKind, "instruments"),
        UniqueConstraint("kind", "folded", name="uq_instruments_folded"),
    )

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    kind: InstrumentKind = Field(sa_column=Column(text_enum(InstrumentKind), nullable=False))
    folded: str = Field(max_length=300)
    name: str = Field(max_length=300)
    listed: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
