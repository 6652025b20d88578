"""What opens an account beside its password. Of every secret only the SHA-256 is stored."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.columns import PortableJson, UtcDateTime, one_of, text_enum


class Scope(StrEnum):
    """What an API key is good for; its owner's role limits it further, at each request."""

    READ = "read"
    WRITE = "write"
    GENERATE = "generate"
    MODERATE = "moderate"
    ADMIN = "admin"


class Provider(StrEnum):
    """Who can vouch for somebody by OAuth."""

    GOOGLE = "google"
    GITHUB = "github"


class LinkPurpose(StrEnum):
    """What following a mailed link does."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 A name, not a secret.


def _owner() -> "Column[UUID]":
    return Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


class RefreshToken(SQLModel, table=True):
    """One link of a family's chain: single use; `successor_nonce` with the token itself gives the next one."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session", "session_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    session_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("login_sessions.id", ondelete="CASCADE"), nullable=False)
    )
    token_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False, unique=True))
    successor_nonce: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class ApiKey(SQLModel, table=True):
    """A key for programs. `prefix` is its beginning, by which its owner recognises it."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_user", "user_id", "created_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(sa_column=_owner())
    name: str = Field(max_length=100)
    prefix: str = Field(max_length=16)
    token_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False, unique=True))
    token_epoch: int
    scopes: list[str] = Field(sa_column=Column(PortableJson, nullable=False))
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))
    last_used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class OAuthIdentity(SQLModel, table=True):
    """That a provider's `subject` is this person. `email` is what the provider said last, for display only."""

    __tablename__ = "oauth_identities"
    __table_args__ = (
        one_of("provider", Provider, "oauth_identities"),
        UniqueConstraint("provider", "subject", name="uq_oauth_identities_subject"),
        UniqueConstraint("user_id", "provider", name="uq_oauth_identities_user"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(sa_column=_owner())
    provider: Provider = Field(sa_column=Column(text_enum(Provider), nullable=False))
    subject: str = Field(max_length=255)
    email: str = Field(default="", max_length=255)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    last_used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class MailedLink(SQLModel, table=True):
    """A single-use secret that was mailed to `email`; using it proves that its user reads that address."""

    __tablename__ = "mailed_links"
    __table_args__ = (
        one_of("purpose", LinkPurpose, "mailed_links"),
        Index("ix_mailed_links_user", "user_id", "purpose"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(sa_column=_owner())
    purpose: LinkPurpose = Field(sa_column=Column(text_enum(LinkPurpose), nullable=False))
    token_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False, unique=True))
    email: str = Field(max_length=255)
    created_at: datetime = Field(default_factory=utcnow, sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
