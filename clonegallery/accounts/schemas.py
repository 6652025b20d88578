"""What the accounts slice hands out."""

from dataclasses import dataclass
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
