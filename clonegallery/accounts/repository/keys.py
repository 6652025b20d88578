"""The SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from clonegallery.accounts.repository.sessions import PERSON, Holder
from clonegallery.models.account import User
from clonegallery.models.credential import ApiKey

# Built once, because every request of a program asks it.
_GOOD = (
    select(col(ApiKey.scopes), col(ApiKey.id), col(ApiKey.last_used_at), *PERSON)
    .join(User, col(User.id) == col(ApiKey.user_id))
    .where(
        col(ApiKey.token_hash) == bindparam("token_hash"),
        or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > bindparam("now")),
        col(ApiKey.token_epoch) == col(User.token_epoch),
        col(User.is_active),
    )
)


async def holder(connection: AsyncConnection, token_hash: bytes, *, now: datetime) -> tuple[Holder, list[str]] | None:
    """Who holds this key and its scopes, unless it expired or its person was disabled or had the password reset."""
    row: Any = (await connection.execute(_GOOD, {"token_hash": token_hash, "now": now})).first()
    if row is None:
        return None
    scopes, key_id, used_at, *person = row
    return Holder(key_id, "", used_at, *person), scopes


async def note_use(session: AsyncSession, key_id: UUID, *, now: datetime) -> None:
    await session.execute(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=now))


async def add(session: AsyncSession, key: ApiKey) -> None:
    session.add(key)
    await session.flush()


async def count_of(session: AsyncSession, user_id: UUID) -> int:
    return int(await session.scalar(select(func.count()).where(col(ApiKey.user_id) == user_id)) or 0)


async def all_of(session: AsyncSession, user_id: UUID) -> Sequence[ApiKey]:
    """A person's keys, the newest first."""
    mine = select(ApiKey).where(col(ApiKey.user_id) == user_id)
    ordered = mine.order_by(col(ApiKey.created_at).desc(), col(ApiKey.id).desc())
    return (await session.execute(ordered)).scalars().all()


async def one_of(session: AsyncSession, key_id: UUID, user_id: UUID) -> ApiKey | None:
    mine = select(ApiKey).where(col(ApiKey.id) == key_id, col(ApiKey.user_id) == user_id)
    return (await session.execute(mine)).scalar_one_or_none()


async def delete_of(session: AsyncSession, user_id: UUID, *, key_id: UUID | None = None) -> Sequence[UUID]:
    """Remove a person's keys, or only `key_id`; returns those that there were."""
    wanted = [col(ApiKey.user_id) == user_id]
    if key_id is not None:
        wanted.append(col(ApiKey.id) == key_id)
    return (await session.execute(delete(ApiKey).where(*wanted).returning(col(ApiKey.id)))).scalars().all()
