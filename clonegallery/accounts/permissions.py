"""The one permission table: which role may do what."""

from enum import StrEnum

from clonegallery.models.account import Role


class Permission(StrEnum):
    """A thing one may be allowed to do, whoever owns the picture; ownership is decided apart."""

    UPLOAD = "upload"
    EDIT_OWN = "edit_own"
    GENERATE = "generate"
    MODERATE = "moderate"
    LIKE = "like"
    REPORT = "report"
    ADMIN = "admin"


_VISITOR = frozenset({Permission.LIKE, Permission.REPORT})
_EDITOR = _VISITOR | {Permission.UPLOAD, Permission.EDIT_OWN, Permission.GENERATE, Permission.MODERATE}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VISITOR: _VISITOR,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: frozenset(Permission),
}


def has_permission(role: Role | None, permission: Permission) -> bool:
    """Whether `role` may do `permission`; nobody signed in (`None`) may only look at what is public."""
    return role is not None and permission in PERMISSIONS[role]
