"""People and their sign-ins: browser sessions and the sign-ins of programs."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Uuid, func, text
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import UtcDateTime, Visibility, one_of, text_enum


class Role(StrEnum):
    """What a person may do; the permission table is `accounts/permissions.py`."""

    ADMIN = "Admin"
    EDITOR = "Editor"
    VISITOR = "Visitor"


class SessionKind(StrEnum):
    """Who holds a sign-in: a browser by its cookie, or a program by access and refresh tokens."""

    BROWSER = "browser"
    API = "api"


class SignInMethod(StrEnum):
    """How somebody proved who they are; a mailed link proves the address."""

    PASSWORD = "password"  # noqa: S105 A name, not a secret.
    GOOGLE = "google"
    GITHUB = "github"


class User(SQLModel, table=True):
    """A person. `token_epoch` is stamped into every session, token and key: bumping it ends them all."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role, "users"),
        one_of("default_visibility", Visibility, "users"),
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
    generations_queued_max: int | None = None
    generations_running_max: int | None = None
    generated_images_per_day: int | None = None
    default_visibility: Visibility = Field(
        default=Visibility.PRIVATE,
        sa_column=Column(text_enum(Visibility), nullable=False, server_default=Visibility.PRIVATE),
    )
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    last_login_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class LoginSession(SQLModel, table=True):
    """One sign-in. Only the SHA-256 of the browser's opaque id is stored: a stolen table opens nothing.

    A program's sign-in has no id of its own: its refresh tokens point here, and deleting this row ends their family.
    """

    __tablename__ = "login_sessions"
    __table_args__ = (
        one_of("kind", SessionKind, "login_sessions"),
        one_of("method", SignInMethod, "login_sessions"),
        CheckConstraint("(kind = 'browser') = (token_hash IS NOT NULL)", name="ck_login_sessions_token"),
        Index("ix_login_sessions_user", "user_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: SessionKind = Field(
        default=SessionKind.BROWSER,
        sa_column=Column(text_enum(SessionKind), nullable=False, server_default=SessionKind.BROWSER),
    )
    method: SignInMethod = Field(
        default=SignInMethod.PASSWORD,
        sa_column=Column(text_enum(SignInMethod), nullable=False, server_default=SignInMethod.PASSWORD),
    )
    token_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary(32), nullable=True, unique=True))
    csrf_token: str = Field(default="", max_length=64)
    user_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
    token_epoch: int
    user_agent: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=64)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    last_seen_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
