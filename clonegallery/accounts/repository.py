"""The SQL of people and their sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from clonegallery.errors import Conflict, FieldError
from clonegallery.models.account import LoginSession, Role, User
from clonegallery.models.image import Image, ImageStatus

Session = AsyncSession

_TAKEN = {
    "uq_users_email_lower": FieldError("email", "Another account has this e-mail address."),
    "uq_users_username_lower": FieldError("username", "Another account has this username."),
}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session together with its person, as one SELECT reads them."""

    session_id: UUID
    csrf_token: str
    last_seen_at: datetime
    user_id: UUID
    username: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a person may store and does: bytes and pictures; a quota of None is no quota."""

    quota_bytes: int | None
    used_bytes: int
    images: int


# Built once: putting the statement together costs more than running it, and every request asks it.
_LIVE_SESSION = (
    select(
        col(LoginSession.id), col(LoginSession.csrf_token), col(LoginSession.last_seen_at),
        col(User.id), col(User.username), col(User.email), col(User.role),
    )
    .join(User, col(User.id) == col(LoginSession.user_id))
    .where(
        col(LoginSession.token_hash) == bindparam("token_hash"),
        col(LoginSession.expires_at) > bindparam("now"),
        col(LoginSession.last_seen_at) > bindparam("seen_after"),
        col(LoginSession.token_epoch) == col(User.token_epoch),
        col(User.is_active),
    )
)  # fmt: skip

_BELONGINGS = select(
    func.coalesce(func.sum(col(Image.byte_size)), 0),
    func.count(),
    select(col(User.storage_quota_bytes)).where(col(User.id) == bindparam("user_id")).scalar_subquery(),
).where(col(Image.owner_id) == bindparam("user_id"), col(Image.status) != ImageStatus.REMOVED)


async def live_session(
    connection: AsyncConnection, token_hash: bytes, *, now: datetime, seen_after: datetime
) -> SessionRow | None:
    """The session behind `token_hash`, unless it expired, idled, or its person was disabled or signed out."""
    row = (
        await connection.execute(_LIVE_SESSION, {"token_hash": token_hash, "now": now, "seen_after": seen_after})
    ).first()
    return SessionRow(*row) if row else None


async def touch_session(session: AsyncSession, session_id: UUID, *, now: datetime, seen_before: datetime) -> None:
    """Note that the session was used, unless another request noted it after `seen_before` already."""
    await session.execute(
        update(LoginSession)
        .where(col(LoginSession.id) == session_id, col(LoginSession.last_seen_at) <= seen_before)
        .values(last_seen_at=now)
    )


async def add_session(session: AsyncSession, row: LoginSession) -> None:
    session.add(row)
    await session.flush()


async def delete_session(session: AsyncSession, token_hash: bytes) -> None:
    await session.execute(delete(LoginSession).where(col(LoginSession.token_hash) == token_hash))


async def delete_sessions_of(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(delete(LoginSession).where(col(LoginSession.user_id) == user_id))


async def delete_dead_sessions(session: AsyncSession, *, now: datetime, seen_after: datetime) -> int:
    """Remove the sessions that can never be used again; returns how many there were."""
    dead = or_(col(LoginSession.expires_at) <= now, col(LoginSession.last_seen_at) <= seen_after)
    removed = await session.execute(delete(LoginSession).where(dead).returning(col(LoginSession.id)))
    return len(removed.all())


async def user_by_login(session: AsyncSession, login: str) -> User | None:
    """The person with this username or e-mail address, whatever its case; usernames never hold an @."""
    return (await session.execute(select(User).where(_is_login(login)))).scalar_one_or_none()


async def lock_user(session: AsyncSession, login: str) -> User | None:
    """Like `user_by_login`, locked until the transaction ends."""
    return (await session.execute(select(User).where(_is_login(login)).with_for_update())).scalar_one_or_none()


async def user_by_id(session: AsyncSession, user_id: UUID) -> User | None:
    return await session.get(User, user_id)


async def all_users(session: AsyncSession) -> Sequence[User]:
    """Everybody, the oldest account first."""
    return (await session.execute(select(User).order_by(col(User.created_at), col(User.id)))).scalars().all()


async def lock_active_admins(session: AsyncSession) -> Sequence[UUID]:
    """The ids of the Admins who can sign in, locked so that two of them cannot be demoted at once."""
    admins = select(col(User.id)).where(col(User.role) == Role.ADMIN, col(User.is_active)).order_by(col(User.id))
    return (await session.execute(admins.with_for_update())).scalars().all()


async def has_admin(session: AsyncSession) -> bool:
    """Whether anybody, disabled or not, is Admin."""
    return bool(await session.scalar(select(select(User).where(col(User.role) == Role.ADMIN).exists())))


async def note_login(session: AsyncSession, user: User, *, now: datetime, renewed_hash: str | None) -> None:
    """Record a sign-in, and the password's hash made anew where the old one is still the one it was checked against."""
    await session.execute(update(User).where(col(User.id) == user.id).values(last_login_at=now))
    if renewed_hash:
        unchanged = (col(User.id) == user.id, col(User.password_hash) == user.password_hash)
        await session.execute(update(User).where(*unchanged).values(password_hash=renewed_hash))


async def save_user(session: AsyncSession, user: User) -> None:
    """Write a new or changed person. Raises `Conflict`, naming the field, where the e-mail or username is taken."""
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as error:
        taken = [problem for index, problem in _TAKEN.items() if index in str(error.orig)]
        if not taken:
            raise
        raise Conflict(taken[0].message, errors=taken) from error


async def belongings(connection: AsyncConnection, user_id: UUID) -> Belongings:
    """What this person stores, the trash included: it fills the disk as well."""
    used, images, allowed = (await connection.execute(_BELONGINGS, {"user_id": user_id})).one()
    return Belongings(quota_bytes=allowed, used_bytes=int(used), images=images)


def _is_login(login: str) -> ColumnElement[bool]:
    column = col(User.email) if "@" in login else col(User.username)
    return func.lower(column) == func.lower(login)
