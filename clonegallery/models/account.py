"""People and their browser sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Uuid, func, text
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import UtcDateTime, one_of, text_enum


class Role(StrEnum):
    """What a person may do; the permission table is `accounts/permissions.py`."""

    ADMIN = "Admin"
    EDITOR = "Editor"
    VISITOR = "Visitor"


class User(SQLModel, table=True):
    """A person. `token_epoch` is stamped into every session: bumping it ends them all."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role, "users"),
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
        Index("uq_users_username_lower", func.lower(text("username")), unique=True),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(max_length=255)
    username: str = Field(max_length=50)
    password_hash: str | None = Field(default=None, max_length=255)
    role: Role = Field(default=Role.VISITOR, sa_column=Column(text_enum(Role), nullable=False))
    is_active: bool = True
    email_verified: bool = False
    token_epoch: int = 0
    storage_quota_bytes: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    last_login_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class LoginSession(SQLModel, table=True):
    """A browser's sign-in. Only the SHA-256 of the opaque id is stored: a stolen table opens nothing."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("ix_login_sessions_user", "user_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False, unique=True))
    csrf_token: str = Field(max_length=64)
    user_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
    token_epoch: int
    user_agent: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=64)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    last_seen_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
