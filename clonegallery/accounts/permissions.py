"""The one permission table: which role may do what, and which scope an API key needs for it."""

from collections.abc import Mapping
from enum import StrEnum

from clonegallery.models.account import Role
from clonegallery.models.credential import Scope


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

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VISITOR: _VISITOR,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: frozenset(Permission),
}

SCOPE_OF: Mapping[Permission, Scope] = {
    Permission.UPLOAD: Scope.WRITE,
    Permission.EDIT_OWN: Scope.WRITE,
    Permission.LIKE: Scope.WRITE,
    Permission.REPORT: Scope.WRITE,
    Permission.GENERATE: Scope.GENERATE,
    Permission.MODERATE: Scope.MODERATE,
    Permission.ADMIN: Scope.ADMIN,
}


def has_permission(role: Role | None, permission: Permission) -> bool:
    """Whether `role` may do `permission`; nobody signed in (`None`) may only look at what is public."""
    return role is not None and permission in PERMISSIONS[role]


def scopes_within(role: Role) -> frozenset[Scope]:
    """The scopes that mean anything for `role`: a key cannot be made for more than its owner may do."""
    return frozenset({Scope.READ, *(SCOPE_OF[permission] for permission in PERMISSIONS[role])})
