"""What the accounts slice takes and hands out. Times are aware, in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from clonegallery.accounts.permissions import SCOPE_OF, Permission, has_permission
from clonegallery.errors import NotAllowed, NotSignedIn
from clonegallery.models.account import Role, SessionKind, SignInMethod
from clonegallery.models.columns import Visibility
from clonegallery.models.credential import Provider, Scope

__all__ = ["Provider", "Role", "Scope", "SessionKind", "SignInMethod", "Visibility"]


class Credential(StrEnum):
    """What a request came with: a browser's cookie, an access token, or an API key."""

    COOKIE = "cookie"
    ACCESS_TOKEN = "access_token"  # noqa: S105 A name, not a secret.
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: an address as text and the name its program gives itself; both may be empty."""

    address: str = ""
    user_agent: str = ""


NOWHERE = Caller()
"""The caller of what the gallery, or its operator, does by itself."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking, as the database has it at this very request; `id` is None for somebody not signed in.

    `scopes` limits an API key; None is no limit beyond the role.
    """

    id: UUID | None = None
    username: str = ""
    email: str = ""
    role: Role | None = None
    session_id: UUID | None = None
    csrf_token: str = ""
    credential: Credential | None = None
    scopes: frozenset[Scope] | None = None
    email_verified: bool = False
    default_visibility: Visibility = Visibility.PRIVATE

    @property
    def is_signed_in(self) -> bool:
        return self.id is not None

    def may(self, permission: Permission) -> bool:
        return has_permission(self.role, permission) and self.has_scope(SCOPE_OF[permission])

    def has_scope(self, scope: Scope) -> bool:
        return self.scopes is None or scope in self.scopes

    def require(self, permission: Permission) -> UUID:
        """The asker's id. Raises `NotSignedIn` without one, `NotAllowed` where role or key lack `permission`."""
        if self.id is None:
            raise NotSignedIn
        if not has_permission(self.role, permission):
            raise NotAllowed(f"Your role ({self.role}) does not allow this: {permission.replace('_', ' ')}.")
        self.require_scope(SCOPE_OF[permission])
        return self.id

    def require_scope(self, scope: Scope) -> None:
        """Raises `NotAllowed` for an API key without `scope`."""
        if not self.has_scope(scope):
            raise NotAllowed(f"This API key has not the scope {scope}.")

    def require_writing(self) -> None:
        """Raises `NotAllowed` for an API key that may only read; what others may change, their permissions decide."""
        if self.scopes is not None and not self.scopes - {Scope.READ}:
            raise NotAllowed("This API key may only read.")

    def require_person(self) -> UUID:
        """The asker's id, for what only somebody who signed in themselves may do, such as making keys.

        Raises `NotSignedIn` for a stranger and `NotAllowed` for an API key: a stolen key must not make others.
        """
        if self.id is None:
            raise NotSignedIn
        if self.credential is Credential.API_KEY:
            raise NotAllowed("An API key cannot do this; sign in with your password or a provider.")
        return self.id


ANONYMOUS = Viewer()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new browser session: `token` goes into the cookie and exists nowhere else."""

    token: str
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a program signs in with: an access token good for `expires_in` seconds, and the one that gets the next."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its operator sees it."""

    id: UUID
    email: str
    username: str
    role: Role
    is_active: bool
    email_verified: bool
    storage_quota_bytes: int | None
    generations_queued_max: int | None
    generations_running_max: int | None
    generated_images_per_day: int | None
    created_at: datetime
    last_login_at: datetime | None


QUOTAS = ("storage_quota_bytes", "generations_queued_max", "generations_running_max", "generated_images_per_day")


@dataclass(frozen=True, slots=True)
class PersonUpdate:
    """What an Admin changes about an account; None leaves it. `quotas` holds those of `QUOTAS` that change, by name:
    None of them is the gallery's own for the role, and no limit of what one stores."""

    role: Role | None = None
    is_active: bool | None = None
    email_verified: bool | None = None
    quotas: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Accounts, the newest first; `next_cursor` is None after the last."""

    items: Sequence[Person]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class AuditRead:
    """One line of the audit log; `actor` and `subject` are usernames, None where there is nobody (any more)."""

    id: UUID
    at: datetime
    action: str
    actor: str | None
    subject: str | None
    address: str
    user_agent: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines of the audit log, the newest first; `next_cursor` is None after the last."""

    items: Sequence[AuditRead]
    next_cursor: str | None


class FirstAdmin(NamedTuple):
    """How to sign in for the very first time; the password is shown once and stored nowhere."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own account with what it may store and does; sizes in bytes, a quota of None is no quota."""

    id: UUID
    email: str
    email_verified: bool
    username: str
    role: Role
    csrf_token: str
    permissions: tuple[Permission, ...]
    default_visibility: Visibility
    quota_bytes: int | None
    used_bytes: int
    images: int


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What anybody may know of a person."""

    id: UUID
    username: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRead:
    """One sign-in of one's own; `current` is the one that asks."""

    id: UUID
    kind: SessionKind
    method: SignInMethod
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class ApiKeyRead:
    """One of one's own keys, without its secret."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made; `secret` is shown this once and stored nowhere."""

    key: ApiKeyRead
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IdentityRead:
    """A provider's account that opens this one."""

    provider: Provider
    email: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """What a provider vouches for: its own id of the person, a verified address, and a name to start from."""

    provider: Provider
    subject: str
    email: str
    name: str
