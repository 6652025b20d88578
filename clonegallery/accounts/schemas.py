"""What the accounts slice hands out."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clonegallery.accounts.permissions import Permission, has_permission
from clonegallery.errors import NotAllowed, NotSignedIn
from clonegallery.models.account import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking, as the database has it at this very request; `id` is None for somebody not signed in."""

    id: UUID | None = None
    username: str = ""
    email: str = ""
    role: Role | None = None
    session_id: UUID | None = None
    csrf_token: str = ""

    @property
    def is_signed_in(self) -> bool:
        return self.id is not None

    def may(self, permission: Permission) -> bool:
        return has_permission(self.role, permission)

    def require(self, permission: Permission) -> UUID:
        """The asker's id. Raises `NotSignedIn` without one, `NotAllowed` where the role lacks `permission`."""
        if self.id is None:
            raise NotSignedIn
        if not self.may(permission):
            raise NotAllowed(f"Your role ({self.role}) does not allow this: {permission.replace('_', ' ')}.")
        return self.id


ANONYMOUS = Viewer()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new browser session: `token` goes into the cookie and exists nowhere else."""

    token: str
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its operator sees it. Times are aware, in UTC."""

    id: UUID
    email: str
    username: str
    role: Role
    is_active: bool
    created_at: datetime
    last_login_at: datetime | None


class FirstAdmin(NamedTuple):
    """How to sign in for the very first time; the password is shown once and stored nowhere."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own account with what it may store and does; sizes in bytes, a quota of None is no quota."""

    id: UUID
    email: str
    username: str
    role: Role
    csrf_token: str
    permissions: tuple[Permission, ...]
    quota_bytes: int | None
    used_bytes: int
    images: int
