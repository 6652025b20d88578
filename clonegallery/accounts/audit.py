"""The audit log: every event of accounts and credentials, written with what it tells about or not at all."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.accounts.schemas import NOWHERE, Caller
from clonegallery.models.audit import AuditEntry

_MAX_ADDRESS, _MAX_AGENT = 64, 300


class AuditAction(StrEnum):
    """What can happen. The names are stable: operators search by them."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ROLE_CHANGED = "account.role_changed"
    QUOTA_CHANGED = "account.quota_changed"
    USERNAME_CHANGED = "account.username_changed"
    EMAIL_CHANGED = "account.email_changed"
    EMAIL_VERIFIED = "account.email_verified"
    EMAIL_UNVERIFIED = "account.email_unverified"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 A name, not a secret; as the next two.
    PASSWORD_RESET = "password.reset"  # noqa: S105
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    SIGNED_IN = "session.signed_in"
    SIGN_IN_FAILED = "session.sign_in_failed"
    SIGN_IN_THROTTLED = "session.sign_in_throttled"
    SIGNED_OUT = "session.signed_out"
    SESSION_REVOKED = "session.revoked"
    SESSIONS_ENDED = "session.all_ended"
    REFRESH_REUSED = "session.refresh_reused"
    KEY_CREATED = "api_key.created"
    KEY_REVOKED = "api_key.revoked"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_LINK_FAILED = "identity.link_failed"
    IDENTITY_UNLINKED = "identity.unlinked"


def record(
    session: AsyncSession,
    action: AuditAction,
    *,
    subject_id: UUID | None,
    actor_id: UUID | None = None,
    caller: Caller = NOWHERE,
    **detail: str | int | bool | list[str] | None,
) -> None:
    """Write one line in the caller's transaction: what happened, to whose account, by whom and from where.

    `actor_id` is None for a stranger and for the operator at the command line. `detail` never holds a secret.
    """
    session.add(
        AuditEntry(
            action=action,
            actor_id=actor_id,
            subject_id=subject_id,
            address=plain(caller.address, _MAX_ADDRESS),
            user_agent=plain(caller.user_agent, _MAX_AGENT),
            detail={name: value for name, value in detail.items() if value is not None},
        )
    )


def plain(text: str, length: int) -> str:
    """The printable characters of `text`, at most `length` of them."""
    return "".join(character for character in text if character.isprintable())[:length]
