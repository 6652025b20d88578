"""Changing pictures. Every statement says in its WHERE what must still be true, and returns whether it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.images.repository.labels import label
from clonegallery.images.repository.rows import DECIDES, standing_of
from clonegallery.images.repository.tables import derivatives, image_tags, images, likes, tags
from clonegallery.images.rights import Standing
from clonegallery.images.schemas import ImageStatus
from clonegallery.models.image import Derivative, Image

_MAX_ERROR = 500


async def add(session: AsyncSession, image: Image) -> None:
    """Insert a picture. Raises SQLAlchemy's `IntegrityError` when its owner has these bytes or this key already."""
    session.add(image)
    await session.flush()


async def change(session: AsyncSession, image_id: UUID, changes: Mapping[str, Any]) -> None:
    """Write these columns and the moment of the change."""
    await session.execute(update(images).where(images.c.id == image_id).values(**changes, updated_at=utcnow()))


async def set_tags(session: AsyncSession, image_id: UUID, names: Sequence[str]) -> None:
    """Make these the picture's tags, and no others."""
    await session.execute(delete(image_tags).where(image_tags.c.image_id == image_id))
    if names:
        ids = await _tag_ids(session, names)
        await session.execute(insert(image_tags), [{"image_id": image_id, "tag_id": tag_id} for tag_id in ids])


async def _tag_ids(session: AsyncSession, names: Sequence[str]) -> list[UUID]:
    """The ids of these tags, made where they are new. In name order, so that parallel writers cannot deadlock."""
    for name in sorted(names):
        if await session.scalar(select(tags.c.id).where(tags.c.name == name)) is None:
            await session.execute(_insert_or_ignore(session, tags).values(id=new_id(), name=name, folded=label(name)))
    return list(await session.scalars(select(tags.c.id).where(tags.c.name.in_(names))))


async def set_like(session: AsyncSession, image_id: UUID, user_id: UUID, *, liked: bool) -> int:
    """Make this the person's like or none, and count the change; returns how many people like the picture.

    The caller holds the picture's row: nobody else counts meanwhile.
    """
    if liked:
        change: Any = _insert_or_ignore(session, likes).values(user_id=user_id, image_id=image_id, created_at=utcnow())
    else:
        change = delete(likes).where(likes.c.user_id == user_id, likes.c.image_id == image_id)
    changed = (await session.execute(change.returning(likes.c.image_id))).one_or_none() is not None
    counted: Any = select(images.c.likes).where(images.c.id == image_id)
    if changed:
        more = images.c.likes + (1 if liked else -1)
        counted = update(images).where(images.c.id == image_id).values(likes=more).returning(images.c.likes)
    return int((await session.execute(counted)).scalar_one())


def _insert_or_ignore(session: AsyncSession, table: Table) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql_insert(table).on_conflict_do_nothing()
    return sqlite_insert(table).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Readied:
    """A picture that is ready: who may see it from now on, and the keys of copies that were replaced."""

    standing: Standing
    replaced: frozenset[str]


async def make_ready(
    session: AsyncSession, image_id: UUID, changes: Mapping[str, Any], copies: Iterable[Derivative]
) -> Readied | None:
    """Write what decoding found. Returns None when there is no such picture."""
    statement = update(images).where(images.c.id == image_id)
    made = statement.values(**changes, status=ImageStatus.READY, error=None, updated_at=utcnow())
    found = (await session.execute(made.returning(*DECIDES))).one_or_none()
    if found is None:
        return None
    old = await session.execute(
        delete(derivatives).where(derivatives.c.image_id == image_id).returning(derivatives.c.storage_key)
    )
    replaced = frozenset(key for (key,) in old)
    session.add_all(copies)
    await session.flush()
    return Readied(standing_of(found), replaced)


async def make_failed(session: AsyncSession, image_id: UUID, reason: str) -> bool:
    """Mark a picture that was being worked on as failed; its idempotency key is free for another try."""
    statement = update(images).where(images.c.id == image_id, images.c.status == ImageStatus.PROCESSING)
    failed = statement.values(
        status=ImageStatus.FAILED, error=reason[:_MAX_ERROR], idempotency_key=None, updated_at=utcnow()
    )
    return (await session.execute(failed.returning(images.c.id))).one_or_none() is not None


async def remove(session: AsyncSession, image_ids: Sequence[UUID]) -> None:
    """Delete rows; copies and tag links go with them."""
    await session.execute(delete(images).where(images.c.id.in_(image_ids)))


async def to_purge(
    session: AsyncSession, *, trashed_before: datetime, failed_before: datetime, limit: int
) -> Sequence[Any]:
    """(id, owner_id) of pictures whose time is over, locked; those another sweep holds are left to it."""
    over = (images.c.deleted_at < trashed_before) | (
        (images.c.status == ImageStatus.FAILED) & (images.c.updated_at < failed_before)
    )
    statement = select(images.c.id, images.c.owner_id).where(over).limit(limit)
    rows: Sequence[Any] = (await session.execute(statement.with_for_update(skip_locked=True))).all()
    return rows


async def add_views(session: AsyncSession, views: Mapping[UUID, int]) -> None:
    """Add to the counters, in id order so that two flushes cannot deadlock."""
    statement = update(images).where(images.c.id == bindparam("image_id")).values(views=images.c.views + bindparam("n"))
    rows = [{"image_id": image_id, "n": views[image_id]} for image_id in sorted(views)]
    connection = await session.connection()
    await connection.execute(statement, rows)
