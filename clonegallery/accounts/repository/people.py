"""The SQL of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, text, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from clonegallery.errors import Conflict, FieldError
from clonegallery.models.account import Role, User
from clonegallery.models.image import STORED, Image
from clonegallery.pagination import Keys

Session = AsyncSession
Reader = AsyncConnection | AsyncSession

_TAKEN = {
    "uq_users_email_lower": FieldError("email", "Another account has this e-mail address."),
    "uq_users_username_lower": FieldError("username", "Another account has this username."),
}


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a person may store and does: bytes and pictures; a quota of None is no quota."""

    quota_bytes: int | None
    used_bytes: int
    images: int


# Built once: putting the statement together costs more than running it, and every page asks it.
BELONGINGS = select(
    func.coalesce(func.sum(col(Image.byte_size)), 0),
    func.count(),
    select(col(User.storage_quota_bytes)).where(col(User.id) == bindparam("user_id")).scalar_subquery(),
).where(col(Image.owner_id) == bindparam("user_id"), text(STORED))


async def user_by_login(session: AsyncSession, login: str) -> User | None:
    """The person with this username or e-mail address, whatever its case; usernames never hold an @."""
    return (await session.execute(select(User).where(_is_login(login)))).scalar_one_or_none()


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    """The person with this e-mail address, whatever its case, locked until the transaction ends."""
    same = func.lower(col(User.email)) == func.lower(email)
    return (await session.execute(select(User).where(same).with_for_update())).scalar_one_or_none()


async def lock_user(session: AsyncSession, who: str | UUID) -> User | None:
    """The person with this id, username or e-mail address, locked until the transaction ends."""
    same = col(User.id) == who if isinstance(who, UUID) else _is_login(who)
    found = await session.execute(select(User).where(same).with_for_update().execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def user_by_id(session: AsyncSession, user_id: UUID) -> User | None:
    return await session.get(User, user_id)


async def all_users(session: AsyncSession) -> Sequence[User]:
    """Everybody, the oldest account first."""
    return (await session.execute(select(User).order_by(col(User.created_at), col(User.id)))).scalars().all()


async def page_of_users(
    session: AsyncSession, *, search: str, role: Role | None, after: Keys | None, limit: int
) -> tuple[Sequence[User], int]:
    """Up to `limit` people after the key `after`, the newest first, and how many there are in all.

    `search` is a part of the username or the e-mail address, whatever its case.
    """
    wanted: list[ColumnElement[bool]] = [] if role is None else [col(User.role) == role]
    if "\0" in search:
        wanted.append(false())  # No name has one, and to SQLite a pattern ends there.
    elif search:
        pattern = func.lower(f"%{_literal(search)}%")
        names = (func.lower(col(User.username)), func.lower(col(User.email)))
        wanted.append(or_(*(name.like(pattern, escape="\\") for name in names)))
    total = await session.scalar(select(func.count()).select_from(User).where(*wanted))
    if after is not None:
        wanted.append(tuple_(col(User.created_at), col(User.id)) < tuple_(*after))
    newest = select(User).where(*wanted).order_by(col(User.created_at).desc(), col(User.id).desc()).limit(limit)
    return (await session.execute(newest)).scalars().all(), int(total or 0)


async def usernames_like(session: AsyncSession, beginning: str) -> set[str]:
    """The usernames, in lower case, that begin with this one."""
    lowered = func.lower(col(User.username))
    found = await session.execute(select(lowered).where(lowered.like(_literal(beginning.lower()) + "%", escape="\\")))
    return {name for (name,) in found}


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


async def change_user(session: AsyncSession, user_id: UUID, values: Mapping[str, Any]) -> None:
    """Write these columns of a person whose row the caller holds."""
    await session.execute(update(User).where(col(User.id) == user_id).values(**values))


async def belongings(connection: AsyncConnection, user_id: UUID) -> Belongings:
    """What this person stores, the trash included: it fills the disk as well."""
    used, images, allowed = (await connection.execute(BELONGINGS, {"user_id": user_id})).one()
    return Belongings(quota_bytes=allowed, used_bytes=int(used), images=images)


def _is_login(login: str) -> ColumnElement[bool]:
    column = col(User.email) if "@" in login else col(User.username)
    return func.lower(column) == func.lower(login)


def _literal(words: str) -> str:
    """`words` for LIKE, its wildcards taken literally."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
