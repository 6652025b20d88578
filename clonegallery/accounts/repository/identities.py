"""The SQL of OAuth identities."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from clonegallery.errors import Conflict
from clonegallery.models.credential import OAuthIdentity, Provider


async def owner_of(session: AsyncSession, provider: Provider, subject: str) -> UUID | None:
    """Whose identity this is."""
    same = (col(OAuthIdentity.provider) == provider, col(OAuthIdentity.subject) == subject)
    found: UUID | None = await session.scalar(select(col(OAuthIdentity.user_id)).where(*same))
    return found


async def note_use(session: AsyncSession, provider: Provider, subject: str, *, email: str, now: datetime) -> None:
    same = (col(OAuthIdentity.provider) == provider, col(OAuthIdentity.subject) == subject)
    await session.execute(update(OAuthIdentity).where(*same).values(email=email, last_used_at=now))


async def add(session: AsyncSession, identity: OAuthIdentity) -> None:
    """Raises `Conflict` where the identity is somebody's already, or the person has another of this provider."""
    session.add(identity)
    try:
        await session.flush()
    except IntegrityError as error:
        # PostgreSQL names the constraint, SQLite the columns.
        if not any(name in str(error.orig) for name in ("uq_oauth_identities", "oauth_identities.provider")):
            raise
        raise Conflict("This account of the provider is linked already, or you have linked another one.") from error


async def all_of(session: AsyncSession, user_id: UUID) -> Sequence[OAuthIdentity]:
    mine = select(OAuthIdentity).where(col(OAuthIdentity.user_id) == user_id)
    return (await session.execute(mine.order_by(col(OAuthIdentity.provider)))).scalars().all()


async def delete_of(session: AsyncSession, user_id: UUID, *, provider: Provider | None = None) -> Sequence[Provider]:
    """Remove a person's identities, or only that of `provider`; returns those that there were."""
    wanted = [col(OAuthIdentity.user_id) == user_id]
    if provider is not None:
        wanted.append(col(OAuthIdentity.provider) == provider)
    removed = delete(OAuthIdentity).where(*wanted).returning(col(OAuthIdentity.provider))
    return (await session.execute(removed)).scalars().all()
