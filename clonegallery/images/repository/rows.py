"""Reading single pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.images.repository.tables import derivatives, generated_images, image_tags, images, likes, tags, users
from clonegallery.images.rights import Standing
from clonegallery.images.schemas import ImageStatus, Variant, Visibility

Reader = AsyncConnection | AsyncSession

_WHOLE = [column for column in images.c if column.name != "document"]
"""Nobody reads the words by which a picture is found."""

DECIDES = (images.c.owner_id, images.c.status, images.c.visibility, images.c.deleted_at)
"""The columns of a picture that decide who may see it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A picture's row, its owner's name and the viewer's liking in it, its copies by size, its tags by name, and what
    was used for it, with who may see its parent, where it was made."""

    row: Any
    copies: Sequence[Row[Any]]
    tags: list[str]
    used: Any = None
    parent: Standing | None = None


async def whole(reader: Reader, image_id: UUID, viewer_id: UUID | None = None) -> Whole | None:
    """Everything about one picture; `liked` in its row is the viewer's, false for nobody."""
    mine = select(likes.c.image_id).where(likes.c.image_id == images.c.id, likes.c.user_id == viewer_id).exists()
    statement = select(*_WHOLE, users.c.username, mine.label("liked")).join(users, users.c.id == images.c.owner_id)
    row = (await reader.execute(statement.where(images.c.id == image_id))).one_or_none()
    if row is None:
        return None
    copies = (
        select(derivatives)
        .where(derivatives.c.image_id == image_id)
        .order_by(derivatives.c.width, derivatives.c.height)
    )
    names = select(tags.c.name).join(image_tags, image_tags.c.tag_id == tags.c.id).order_by(tags.c.name)
    found = await reader.execute(names.where(image_tags.c.image_id == image_id))
    tagged = [name for (name,) in found]
    used = await _used(reader, image_id) if row.generation_id is not None else None
    parent = await standing(reader, row.parent_id) if row.parent_id is not None else None
    return Whole(row, (await reader.execute(copies)).all(), tagged, used, parent)


async def _used(reader: Reader, image_id: UUID) -> Any:
    """What was used for a picture that was made."""
    found = await reader.execute(select(generated_images).where(generated_images.c.image_id == image_id))
    return found.one_or_none()


async def standing(reader: Reader, image_id: UUID, *, lock: bool = False) -> Standing | None:
    """What decides who may see a picture; with `lock` nobody changes it before this transaction ends."""
    statement = select(*DECIDES).where(images.c.id == image_id)
    row = (await reader.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return row and standing_of(row)


def standing_of(row: Any) -> Standing:
    """What the columns `DECIDES` say."""
    return Standing(row.owner_id, ImageStatus(row.status), Visibility(row.visibility), row.deleted_at)


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob that a row knows: whose it is, and whether it is the original."""

    standing: Standing
    key: str
    mime: str
    title: str
    original: bool


async def blob(reader: Reader, image_id: UUID, *, key: str | None = None, variant: str | None = None) -> Blob | None:
    """The blob of a picture that has this `key`, or is this `variant` (`original` included)."""
    copy = derivatives.alias("copy")
    columns = (
        images.c.owner_id, images.c.status, images.c.visibility, images.c.deleted_at, images.c.title, images.c.mime,
        images.c.storage_key, copy.c.storage_key.label("copy_key"),
    )  # fmt: skip
    wanted = copy.c.storage_key == key if key is not None else copy.c.variant == variant
    joined = images.outerjoin(copy, (copy.c.image_id == images.c.id) & wanted)
    row = (await reader.execute(select(*columns).select_from(joined).where(images.c.id == image_id))).one_or_none()
    if row is None:
        return None
    is_original = variant == "original" or (key is not None and key == row.storage_key)
    found = row.storage_key if is_original else row.copy_key
    if found is None:
        return None
    owner = Standing(row.owner_id, ImageStatus(row.status), Visibility(row.visibility), row.deleted_at)
    return Blob(owner, found, row.mime if is_original else "image/webp", row.title, is_original)


async def live_twin(reader: Reader, owner_id: UUID, sha256: bytes) -> UUID | None:
    """The owner's live picture with these bytes."""
    live = (images.c.deleted_at.is_(None), images.c.status != ImageStatus.FAILED)
    found: UUID | None = await reader.scalar(
        select(images.c.id).where(images.c.owner_id == owner_id, images.c.sha256 == sha256, *live)
    )
    return found


async def by_idempotency_key(reader: Reader, owner_id: UUID, key: str) -> Any:
    """(id, sha256) of the owner's picture that was sent with this key."""
    statement = select(images.c.id, images.c.sha256)
    found = await reader.execute(statement.where(images.c.owner_id == owner_id, images.c.idempotency_key == key))
    return found.one_or_none()


async def room_left(session: AsyncSession, owner_id: UUID) -> int | None:
    """How many bytes the owner may still store, None for no limit.

    Where there is a limit the owner's row is locked, so that parallel uploads cannot both take the last room.
    """
    quota = await session.scalar(select(users.c.storage_quota_bytes).where(users.c.id == owner_id))
    if quota is None:
        return None
    await session.execute(select(users.c.id).where(users.c.id == owner_id).with_for_update())
    stored = images.c.status != ImageStatus.FAILED
    used = await session.scalar(
        select(func.coalesce(func.sum(images.c.byte_size), 0)).where(images.c.owner_id == owner_id, stored)
    )
    return int(quota) - int(used or 0)


async def known(reader: Reader, image_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these pictures that have a row."""
    return {found for (found,) in await reader.execute(select(images.c.id).where(images.c.id.in_(image_ids)))}


async def cards(reader: Reader, image_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """These pictures with their owners' names and their copies' keys by variant, in no order; for `cards.cards`."""
    statement = select(*_WHOLE, users.c.username).join(users, users.c.id == images.c.owner_id)
    for variant in Variant:
        copy = derivatives.alias(variant.value)
        same = (copy.c.image_id == images.c.id) & (copy.c.variant == variant.value)
        statement = statement.outerjoin(copy, same).add_columns(copy.c.storage_key.label(variant.value))
    found: Sequence[Any] = (await reader.execute(statement.where(images.c.id.in_(image_ids)))).all()
    return found
