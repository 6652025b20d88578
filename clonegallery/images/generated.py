"""Pictures that a generation made enter the gallery by the same way as uploads do."""

import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.errors import Invalid, NotFound
from clonegallery.ids import new_id
from clonegallery.images import rights, texts
from clonegallery.images.cards import cards
from clonegallery.images.decoders import decode_limits
from clonegallery.images.keeping import Beside, keep
from clonegallery.images.repository import rows
from clonegallery.images.schemas import ImageSource, ImageStatus, Visibility
from clonegallery.images.sniff import sniff
from clonegallery.models.image import Image
from clonegallery.settings import get_settings
from clonegallery.storage.keys import original_key
from clonegallery.storage.local import in_thread
from clonegallery.storage.select import get_storage

_MAX_TITLE = 80


@dataclass(frozen=True, slots=True)
class NewPicture:
    """The bytes that were made, with everything embedded already, and where they belong."""

    owner_id: UUID
    content: bytes
    prompt: str
    visibility: Visibility
    generation_id: UUID
    position: int
    parent_id: UUID | None


async def keep_generated(picture: NewPicture, beside: Beside, *, image_id: UUID) -> None:
    """Keep a picture that was made, with its ingest job and what `beside` writes, or nothing of it.

    Raises `UnsupportedImageType` and `UnreadableImage` for bytes that are no picture, and as `keeping.keep`.
    """
    folder = get_settings().quarantine_dir
    await in_thread(folder.mkdir, parents=True, exist_ok=True)
    path = await asyncio.to_thread(_written, folder, picture.content)
    try:
        sniffed = await asyncio.to_thread(sniff, path, decode_limits())
        sha256 = hashlib.sha256(picture.content)
        image = Image(
            id=image_id,
            owner_id=picture.owner_id,
            title=title_from(picture.prompt),
            source=ImageSource.GENERATION,
            visibility=picture.visibility,
            original_filename=f"{title_from(picture.prompt)[:40]}-{picture.position + 1}.{sniffed.extension}",
            storage_key=original_key(image_id, sha256.hexdigest(), sniffed.extension),
            sha256=sha256.digest(),
            mime=sniffed.mime,
            byte_size=len(picture.content),
            width=sniffed.width,
            height=sniffed.height,
            animated=sniffed.animated,
            generation_id=picture.generation_id,
            parent_id=picture.parent_id,
        )
        await keep(image, path, beside=beside)
    finally:
        await in_thread(path.unlink, missing_ok=True)


def new_image_id() -> UUID:
    """An id for a picture that is about to be kept."""
    return new_id()


def title_from(prompt: str) -> str:
    """The beginning of a prompt, cut at a word, as a title."""
    line = " ".join(prompt.split())
    cut = line if len(line) <= _MAX_TITLE else line[:_MAX_TITLE].rsplit(" ", 1)[0] + "…"
    try:
        return texts.clean_title(cut)
    except Invalid:
        return "Untitled"  # Nothing of it can be printed.


async def cards_of(viewer: Viewer, image_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The cards of those of these pictures that the viewer may see."""
    if not image_ids:
        return {}
    async with reading() as connection:
        found = await rows.cards(connection, image_ids)
    shown = [row for row in found if rights.may_see(viewer, row) and row.deleted_at is None]
    return {row.id: one for row, one in zip(shown, cards(shown), strict=True)}


async def picture_to_begin_with(viewer: Viewer, image_id: UUID) -> None:
    """Raises `NotFound` unless the viewer may see the picture and it is ready."""
    async with reading() as connection:
        found = await rows.standing(connection, image_id)
    rights.require_sight(viewer, found)
    if found is None or found.status != ImageStatus.READY or found.deleted_at is not None:
        raise NotFound


async def largest_copy(image_id: UUID) -> bytes | None:
    """The bytes of the picture's largest copy: WebP, upright, sRGB, at most 1200 pixels; None where there is none."""
    async with reading() as connection:
        whole = await rows.whole(connection, image_id)
    if whole is None or not whole.copies:
        return None
    key = whole.copies[-1].storage_key
    return b"".join([piece async for piece in await get_storage().open(key)])


def _written(folder: Path, content: bytes) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, prefix="made-", suffix=".part", delete=False) as file:
        file.write(content)
        return Path(file.name)
