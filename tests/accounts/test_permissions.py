"""The permission table, cell by cell."""

import pytest

from clonegallery.accounts.permissions import Permission, has_permission
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.errors import NotAllowed, NotSignedIn
from clonegallery.ids import new_id
from clonegallery.models.account import Role

EVERYBODY = {Permission.LIKE, Permission.REPORT}
EDITORS = EVERYBODY | {Permission.UPLOAD, Permission.EDIT_OWN, Permission.GENERATE, Permission.MODERATE}
EXPECTED = {None: set(), Role.VISITOR: EVERYBODY, Role.EDITOR: EDITORS, Role.ADMIN: set(Permission)}


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", [None, *Role])
def test_the_table(role: Role | None, permission: Permission) -> None:
    assert has_permission(role, permission) is (permission in EXPECTED[role])


def test_requiring_a_permission() -> None:
    editor, visitor = Viewer(id=new_id(), role=Role.EDITOR), Viewer(id=new_id(), role=Role.VISITOR)
    assert editor.require(Permission.UPLOAD) == editor.id
    with pytest.raises(NotAllowed):
        visitor.require(Permission.UPLOAD)
    with pytest.raises(NotSignedIn):
        ANONYMOUS.require(Permission.LIKE)
