"""What happened to accounts and their credentials, for ever: the database refuses to change or delete a line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Uuid
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import PortableJson, UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One event. Ids are plain values, not foreign keys: the log outlives what it tells about."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at", "id"),
        Index("ix_audit_log_subject", "subject_id", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    action: str = Field(max_length=50)
    actor_id: UUID | None = Field(default=None, sa_column=Column(Uuid, nullable=True))
    subject_id: UUID | None = Field(default=None, sa_column=Column(Uuid, nullable=True))
    address: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", max_length=300)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(PortableJson, nullable=False))
