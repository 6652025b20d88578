"""Who may see a picture and do what with it. For lists the same rule is written in SQL: `repository/visibility.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import NotAllowed, NotFound, NotSignedIn
from clonegallery.images.schemas import Action
from clonegallery.models.account import Role
from clonegallery.models.columns import Visibility
from clonegallery.models.image import ImageStatus


class Shown(Protocol):
    """What of a picture decides who may see it."""

    @property
    def owner_id(self) -> UUID: ...
    @property
    def status(self) -> ImageStatus: ...
    @property
    def visibility(self) -> Visibility: ...
    @property
    def deleted_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The parts of a picture that decide who may see it."""

    owner_id: UUID
    status: ImageStatus
    visibility: Visibility
    deleted_at: datetime | None


def owns(viewer: Viewer, image: Shown) -> bool:
    return viewer.id is not None and viewer.id == image.owner_id


def is_open(image: Shown) -> bool:
    """Whether everybody who knows its id may see the picture."""
    return image.deleted_at is None and image.status == ImageStatus.READY and image.visibility != Visibility.PRIVATE


def is_public(image: Shown) -> bool:
    """Whether everybody may find the picture."""
    return is_open(image) and image.visibility == Visibility.PUBLIC


def may_see(viewer: Viewer, image: Shown) -> bool:
    return owns(viewer, image) or is_open(image)


def actions(viewer: Viewer, image: Shown) -> list[Action]:
    """What the viewer may do with a picture that they may see."""
    mine = owns(viewer, image)
    allowed: list[Action] = []
    if (mine and viewer.may(Permission.EDIT_OWN)) or (viewer.may(Permission.MODERATE) and is_public(image)):
        allowed += [Action.EDIT, Action.DELETE] if image.deleted_at is None else [Action.RESTORE, Action.DELETE]
    if may_download(viewer, image) and image.status == ImageStatus.READY:
        allowed.append(Action.DOWNLOAD_ORIGINAL)
    if viewer.may(Permission.LIKE) and image.status == ImageStatus.READY and image.deleted_at is None:
        allowed.append(Action.LIKE)
    return allowed


def may_download(viewer: Viewer, image: Shown) -> bool:
    """Whether the viewer may have the file as it was uploaded, with all that a camera wrote into it."""
    return owns(viewer, image) or (viewer.role == Role.ADMIN and is_open(image))


def may_erase(viewer: Viewer, image: Shown) -> bool:
    """Whether the viewer may remove the picture for good, past the trash."""
    mine = owns(viewer, image) and viewer.may(Permission.EDIT_OWN)
    return mine or (viewer.role == Role.ADMIN and is_public(image))


def require_sight(viewer: Viewer, image: Shown | None) -> None:
    """Raises `NotFound` for a picture that is missing or not this viewer's to see: the two look the same."""
    if image is None or not may_see(viewer, image):
        raise NotFound


def require(viewer: Viewer, image: Shown, action: Action) -> None:
    """Raises `NotFound` as `require_sight`, `NotSignedIn` or `NotAllowed` for a picture one may see but not change."""
    require_sight(viewer, image)
    if not viewer.is_signed_in:
        raise NotSignedIn
    if action not in actions(viewer, image):
        raise NotAllowed(f"You may not {action.replace('_', ' ')} this picture.")
