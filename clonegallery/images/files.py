"""Whether somebody may have the bytes of a picture, asked anew for every request."""

from dataclasses import dataclass
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.errors import NotAllowed, NotFound, NotSignedIn
from clonegallery.images import rights
from clonegallery.images.repository import rows
from clonegallery.images.repository.rows import Blob
from clonegallery.images.schemas import FileVariant
from clonegallery.storage.keys import image_of, is_key
from clonegallery.storage.urls import seconds_left

_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "private, max-age={}"
_ASK_AGAIN = "private, no-cache"
_NEVER = "private, no-store"


@dataclass(frozen=True, slots=True)
class Servable:
    """Bytes that may be sent: the key, the media type, a name to save them under, and how widely they may be cached."""

    key: str
    mime: str
    filename: str
    attachment: bool
    cache_control: str
    shared: bool


async def file_of(viewer: Viewer, image_id: UUID, variant: FileVariant) -> Servable:
    """The bytes of one variant. Raises `NotFound`, and `NotAllowed` for the original of a picture one may only see."""
    async with reading() as connection:
        found = await rows.blob(connection, image_id, variant=variant)
    if found is None or not rights.may_see(viewer, found.standing):
        raise NotFound
    if found.original and not rights.may_download(viewer, found.standing):
        raise NotAllowed("The file as it was uploaded is for its owner.") if viewer.is_signed_in else NotSignedIn
    # This address stays while the picture's rights change, so that every use must ask.
    return _servable(found, _NEVER if found.original else _ASK_AGAIN)


async def media(key: str, expires: str | None, signature: str | None) -> Servable:
    """The bytes under `key`: for everybody while the picture is open, else for whoever holds a valid signature.

    Raises `NotFound`: also when the picture was deleted, or made private, since the address was given out.
    """
    if not is_key(key):
        raise NotFound
    async with reading() as connection:
        found = await rows.blob(connection, image_of(key), key=key)
    if found is None:
        raise NotFound
    if not found.original and rights.is_public(found.standing):
        return _servable(found, _FOREVER)
    left = seconds_left(key, expires or "", signature or "")
    if left:
        return _servable(found, _NEVER if found.original else _SHORTLY.format(left))
    if not found.original and rights.is_open(found.standing):
        return _servable(found, _ASK_AGAIN)
    raise NotFound


def _servable(found: Blob, cache_control: str) -> Servable:
    extension = found.key.rsplit(".", 1)[-1]
    return Servable(
        key=found.key,
        mime=found.mime,
        filename=f"{found.title}.{extension}",
        attachment=found.original,
        cache_control=cache_control,
        shared=cache_control == _FOREVER,
    )
