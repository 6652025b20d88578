"""What one can do with pictures. Uploads and lists have modules of their own; their entrances are here, too."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import Conflict, NotAllowed, NotFound
from clonegallery.images import rights, texts
from clonegallery.images.counts import facets, timeline
from clonegallery.images.detail import detail_of
from clonegallery.images.feed import cards_of, feed, neighbours
from clonegallery.images.files import file_of, media
from clonegallery.images.likes import like, unlike
from clonegallery.images.repository import documents, rows, writes
from clonegallery.images.schemas import Action, ImageDetail, ImageUpdate
from clonegallery.images.trash import erase
from clonegallery.images.upload import accept_upload, admit_upload
from clonegallery.images.views import views

__all__ = [
    "accept_upload",
    "admit_upload",
    "cards_of",
    "delete_permanently",
    "detail",
    "facets",
    "feed",
    "file_of",
    "like",
    "media",
    "neighbours",
    "require_sight",
    "restore",
    "timeline",
    "trash",
    "unlike",
    "update",
]


async def detail(viewer: Viewer, image_id: UUID, *, is_look: bool = True) -> ImageDetail:
    """Everything that this viewer may know of a picture. Raises `NotFound`.

    Somebody else's look is counted, unless `is_look` is false: reading again what is on a page already is none.
    """
    async with reading() as connection:
        whole = await rows.whole(connection, image_id, viewer.id)
    if whole is None or not rights.may_see(viewer, whole.row):
        raise NotFound
    if is_look and not rights.owns(viewer, whole.row):
        views.seen(image_id)
    return detail_of(viewer, whole)


async def require_sight(viewer: Viewer, image_id: UUID) -> None:
    """Raises `NotFound` for a picture that is missing or not this viewer's to see."""
    async with reading() as connection:
        rights.require_sight(viewer, await rows.standing(connection, image_id))


async def update(viewer: Viewer, image_id: UUID, changes: ImageUpdate) -> ImageDetail:
    """Change what `changes` sets. Raises `NotFound`, `NotSignedIn`, `NotAllowed`, and `Invalid` naming the field."""
    wanted = _cleaned(changes)
    async with unit_of_work() as work:
        found = await _lock(work, viewer, image_id, Action.EDIT)
        _narrow(work, found, replace(found, visibility=wanted.get("visibility", found.visibility)))
        names = wanted.pop("tags", None)
        if names is not None:
            await writes.set_tags(work.session, image_id, names)
        await writes.change(work.session, image_id, wanted)
        await documents.keep_words(work.session, [image_id])
        return await _read(work, viewer, image_id)


async def trash(viewer: Viewer, image_id: UUID) -> None:
    """Put the picture into its owner's trash; doing it twice is fine. Raises as `update`."""
    async with unit_of_work() as work:
        found = await _lock(work, viewer, image_id, Action.DELETE)
        if found.deleted_at is None:
            _narrow(work, found)
            await writes.change(work.session, image_id, {"deleted_at": utcnow(), "idempotency_key": None})


async def restore(viewer: Viewer, image_id: UUID) -> ImageDetail:
    """Take the picture out of the trash. Raises as `update`, and `Conflict` when the owner has the same bytes again."""
    try:
        async with unit_of_work() as work:
            found = await rows.standing(work.session, image_id, lock=True)
            if found is not None and found.deleted_at is None and rights.owns(viewer, found):
                return await _read(work, viewer, image_id)
            before = await _lock(work, viewer, image_id, Action.RESTORE)
            _narrow(work, before, replace(before, deleted_at=None))
            await writes.change(work.session, image_id, {"deleted_at": None})
            return await _read(work, viewer, image_id)
    except IntegrityError as error:
        raise Conflict("You have the same picture again already; this one stays in the trash.") from error


async def delete_permanently(viewer: Viewer, image_id: UUID) -> None:
    """Remove the picture and all its bytes, from the trash or right away. Raises as `update`."""
    async with unit_of_work() as work:
        found = await _lock(work, viewer, image_id, Action.DELETE)
        if not rights.may_erase(viewer, found):
            raise NotAllowed("Only its owner and Admins may delete a picture for good.")
        _narrow(work, found)
        await erase(work, {image_id: found.owner_id})


def _cleaned(changes: ImageUpdate) -> dict[str, Any]:
    given = changes.model_dump(exclude_unset=True)
    for name, clean in (("title", texts.clean_title), ("caption", texts.clean_caption)):
        if name in given:
            given[name] = clean(given[name])
    if "tags" in given:
        given["tags"] = texts.clean_tags(given["tags"])
    return given


async def _lock(work: UnitOfWork, viewer: Viewer, image_id: UUID, action: Action) -> rights.Standing:
    """The picture as it now is, held until this transaction ends, for somebody who may do this with it."""
    found = await rows.standing(work.session, image_id, lock=True)
    if found is None:
        raise NotFound
    rights.require(viewer, found, action)
    return found


def _narrow(work: UnitOfWork, before: rights.Standing, after: rights.Standing | None = None) -> None:
    """Leave other people's lists as they are, where they held the picture neither before nor, if it is there, after."""
    if not rights.is_public(before) and (after is None or not rights.is_public(after)):
        work.changes.concern_only(before.owner_id)


async def _read(work: UnitOfWork, viewer: Viewer, image_id: UUID) -> ImageDetail:
    whole = await rows.whole(work.session, image_id, viewer.id)
    if whole is None:
        raise NotFound
    return detail_of(viewer, whole)
