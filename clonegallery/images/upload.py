"""Accepting an upload: it is what it claims, its owner has room and has it not yet; then row and job at once."""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from clonegallery import throttle
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.errors import Conflict, FieldError, NotFound
from clonegallery.ids import new_id
from clonegallery.images import texts
from clonegallery.images.decoders import decode_limits
from clonegallery.images.detail import detail_of
from clonegallery.images.keeping import keep
from clonegallery.images.repository import rows
from clonegallery.images.schemas import ImageDetail, Upload, UploadFields
from clonegallery.images.sniff import Sniffed, sniff
from clonegallery.models.image import Image
from clonegallery.storage.keys import original_key
from clonegallery.throttle import Bucket

_MAX_KEY = 100


async def admit_upload(viewer: Viewer) -> None:
    """Count one upload of the viewer's, before its bytes are read; a duplicate and a refused file count as well.

    Raises `NotSignedIn`, `NotAllowed`, and `TooManyRequests`, which says when the next may be.
    """
    await throttle.take_if_possible(Bucket.UPLOAD, str(viewer.require(Permission.UPLOAD)))


async def accept_upload(viewer: Viewer, upload: Upload, fields: UploadFields) -> tuple[ImageDetail, bool]:
    """Keep the file as a picture of the viewer's; returns it and whether it is new.

    The same bytes, or the same idempotency key, give the picture that is there. The file at `upload.path` is moved
    away or left for the caller to remove. Raises `NotSignedIn`, `NotAllowed`, `Invalid` for fields,
    `UnsupportedImageType`, `UnreadableImage`, `TooLarge` over the owner's quota, `Conflict` for a key used with other
    bytes, `StorageFull`.
    """
    owner_id = viewer.require(Permission.UPLOAD)
    fields = _cleaned(upload, fields)
    existing = await _existing(owner_id, upload, fields)
    if existing is not None:
        return await _read(viewer, existing), False
    sniffed = await asyncio.to_thread(sniff, upload.path, decode_limits())
    image = _image(owner_id, upload, fields, sniffed)
    image.visibility = fields.visibility or viewer.default_visibility
    try:
        await keep(image, upload.path, tags=fields.tags)
    except IntegrityError as error:
        # Somebody was faster with the same bytes or the same key.
        existing = await _existing(owner_id, upload, fields)
        if existing is None:
            raise Conflict("The same picture was just sent and removed again; send it once more.") from error
        return await _read(viewer, existing), False
    return await _read(viewer, image.id), True


def _cleaned(upload: Upload, fields: UploadFields) -> UploadFields:
    key = fields.idempotency_key
    if key is not None and not (1 <= len(key) <= _MAX_KEY and key.isascii() and key.isprintable()):
        reason = f"An idempotency key has 1 to {_MAX_KEY} printable ASCII characters."
        raise texts.refused("Idempotency-Key", reason)
    return replace(
        fields,
        title=texts.clean_title(fields.title) if fields.title else texts.title_from(upload.filename),
        caption=texts.clean_caption(fields.caption),
        tags=tuple(texts.clean_tags(fields.tags)),
    )


async def _existing(owner_id: UUID, upload: Upload, fields: UploadFields) -> UUID | None:
    async with reading() as connection:
        if fields.idempotency_key:
            sent = await rows.by_idempotency_key(connection, owner_id, fields.idempotency_key)
            if sent is not None and sent.sha256 != bytes.fromhex(upload.sha256):
                reason = "This idempotency key was used for another file."
                raise Conflict(reason, errors=[FieldError("Idempotency-Key", reason)])
            if sent is not None:
                return UUID(int=sent.id.int)
        return await rows.live_twin(connection, owner_id, bytes.fromhex(upload.sha256))


def _image(owner_id: UUID, upload: Upload, fields: UploadFields, sniffed: Sniffed) -> Image:
    image_id = new_id()
    return Image(
        id=image_id,
        owner_id=owner_id,
        title=fields.title or "",
        caption=fields.caption,
        rating=fields.rating,
        original_filename=texts.clean_filename(upload.filename),
        storage_key=original_key(image_id, upload.sha256, sniffed.extension),
        sha256=bytes.fromhex(upload.sha256),
        mime=sniffed.mime,
        byte_size=upload.size,
        width=sniffed.width,
        height=sniffed.height,
        animated=sniffed.animated,
        idempotency_key=fields.idempotency_key,
    )


async def _read(viewer: Viewer, image_id: UUID) -> ImageDetail:
    async with reading() as connection:
        whole = await rows.whole(connection, image_id, viewer.id)
    if whole is None:
        raise NotFound
    return detail_of(viewer, whole)
