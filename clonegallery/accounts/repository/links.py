"""The SQL of mailed links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from clonegallery.models.credential import LinkPurpose, MailedLink


async def replace(session: AsyncSession, link: MailedLink) -> None:
    """Add a link; those that its person was sent before for the same purpose open nothing any more."""
    await delete_of(session, link.user_id, purpose=link.purpose)
    session.add(link)
    await session.flush()


async def find(session: AsyncSession, token_hash: bytes, *, purpose: LinkPurpose, now: datetime) -> MailedLink | None:
    """The link, while it holds."""
    same = (col(MailedLink.token_hash) == token_hash, col(MailedLink.purpose) == purpose)
    alive = select(MailedLink).where(*same, col(MailedLink.expires_at) > now)
    return (await session.execute(alive)).scalar_one_or_none()


async def delete_of(session: AsyncSession, user_id: UUID, *, purpose: LinkPurpose | None = None) -> None:
    """Void a person's links, or only those for `purpose`."""
    wanted = [col(MailedLink.user_id) == user_id]
    if purpose is not None:
        wanted.append(col(MailedLink.purpose) == purpose)
    await session.execute(delete(MailedLink).where(*wanted))


async def delete_expired(session: AsyncSession, *, now: datetime) -> int:
    """Remove links that hold no longer; returns how many there were."""
    over = delete(MailedLink).where(col(MailedLink.expires_at) <= now).returning(col(MailedLink.id))
    return len((await session.execute(over)).all())
