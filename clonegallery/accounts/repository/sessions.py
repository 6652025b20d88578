"""The SQL of sign-ins: browser sessions, and the refresh tokens of programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from clonegallery.models.account import LoginSession, Role, SessionKind, SignInMethod, User
from clonegallery.models.columns import Visibility
from clonegallery.models.credential import RefreshToken


@dataclass(frozen=True, slots=True)
class Holder:
    """The person behind a credential that is still good, as one SELECT reads them together.

    `credential_id` is that of the session or the key; `used_at` when it was last seen, None for never.
    """

    credential_id: UUID
    csrf_token: str
    used_at: datetime | None
    user_id: UUID
    username: str
    email: str
    role: Role
    email_verified: bool
    default_visibility: Visibility


class OwnSession(NamedTuple):
    """One sign-in of a person, as its list shows it."""

    id: UUID
    kind: SessionKind
    method: SignInMethod
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


PERSON: tuple[Any, ...] = (
    col(User.id), col(User.username), col(User.email), col(User.role), col(User.email_verified),
    col(User.default_visibility),
)  # fmt: skip
"""The columns that end every `Holder`."""

_ALIVE = (
    col(LoginSession.expires_at) > bindparam("now"),
    col(LoginSession.last_seen_at) > bindparam("seen_after"),
    col(LoginSession.token_epoch) == col(User.token_epoch),
    col(User.is_active),
)


def _live(*which: ColumnElement[bool]) -> Any:
    session = (col(LoginSession.id), col(LoginSession.csrf_token), col(LoginSession.last_seen_at))
    joined = select(*session, *PERSON).join(User, col(User.id) == col(LoginSession.user_id))
    return joined.where(*which, *_ALIVE)


# Built once: putting a statement together costs more than running it, and every request asks one of these.
_BY_COOKIE = _live(col(LoginSession.token_hash) == bindparam("token_hash"))
_BY_ID = _live(
    col(LoginSession.id) == bindparam("session_id"),
    col(LoginSession.user_id) == bindparam("user_id"),
    col(LoginSession.kind) == SessionKind.API,
)


async def by_cookie(
    connection: AsyncConnection, token_hash: bytes, *, now: datetime, seen_after: datetime
) -> Holder | None:
    """Who holds the browser session, unless it expired, idled, or its person was disabled or signed out."""
    bound = {"token_hash": token_hash, "now": now, "seen_after": seen_after}
    row = (await connection.execute(_BY_COOKIE, bound)).first()
    return Holder(*row) if row else None


async def by_id(
    connection: AsyncConnection, session_id: UUID, user_id: UUID, *, now: datetime, seen_after: datetime
) -> Holder | None:
    """Who holds this program's sign-in, under the same conditions."""
    bound = {"session_id": session_id, "user_id": user_id, "now": now, "seen_after": seen_after}
    row = (await connection.execute(_BY_ID, bound)).first()
    return Holder(*row) if row else None


async def touch(session: AsyncSession, session_id: UUID, *, now: datetime, seen_before: datetime) -> None:
    """Note that the session was used, unless another request noted it after `seen_before` already."""
    await session.execute(
        update(LoginSession)
        .where(col(LoginSession.id) == session_id, col(LoginSession.last_seen_at) <= seen_before)
        .values(last_seen_at=now)
    )


async def add(session: AsyncSession, row: LoginSession | RefreshToken) -> None:
    session.add(row)
    await session.flush()


async def delete_by_cookie(session: AsyncSession, token_hash: bytes) -> UUID | None:
    """End the session behind a cookie; returns whose it was, None where there was none."""
    same = col(LoginSession.token_hash) == token_hash
    found: UUID | None = await session.scalar(delete(LoginSession).where(same).returning(col(LoginSession.user_id)))
    return found


async def delete_one(session: AsyncSession, session_id: UUID, user_id: UUID) -> bool:
    """End this session of this person, its refresh tokens with it; whether there was one."""
    same = (col(LoginSession.id) == session_id, col(LoginSession.user_id) == user_id)
    found = await session.scalar(delete(LoginSession).where(*same).returning(col(LoginSession.id)))
    return found is not None


async def delete_of(session: AsyncSession, user_id: UUID, *, besides: UUID | None = None) -> int:
    """End every session of a person, but not `besides`; returns how many there were."""
    wanted = [col(LoginSession.user_id) == user_id]
    if besides is not None:
        wanted.append(col(LoginSession.id) != besides)
    return len((await session.execute(delete(LoginSession).where(*wanted).returning(col(LoginSession.id)))).all())


async def delete_dead(session: AsyncSession, *, now: datetime, seen_after: datetime) -> int:
    """Remove the sessions that can never be used again; returns how many there were."""
    dead = or_(col(LoginSession.expires_at) <= now, col(LoginSession.last_seen_at) <= seen_after)
    removed = await session.execute(delete(LoginSession).where(dead).returning(col(LoginSession.id)))
    return len(removed.all())


async def alive_of(
    connection: AsyncConnection, user_id: UUID, *, now: datetime, seen_after: datetime
) -> Sequence[OwnSession]:
    """The sessions of a person that can still be used, the last used first."""
    columns = [col(getattr(LoginSession, name)) for name in OwnSession._fields]
    joined = select(*columns).join(User, col(User.id) == col(LoginSession.user_id))
    statement = joined.where(col(LoginSession.user_id) == bindparam("user_id"), *_ALIVE)
    ordered = statement.order_by(col(LoginSession.last_seen_at).desc(), col(LoginSession.id))
    bound = {"user_id": user_id, "now": now, "seen_after": seen_after}
    return [OwnSession(*row) for row in await connection.execute(ordered, bound)]


async def is_alive(session: AsyncSession, session_id: UUID, user: User) -> bool:
    """Whether this sign-in of `user`, whose row the caller holds, has not been ended."""
    same = (col(LoginSession.id) == session_id, col(LoginSession.user_id) == user.id)
    current = col(LoginSession.token_epoch) == user.token_epoch
    return user.is_active and bool(await session.scalar(select(select(LoginSession).where(*same, current).exists())))


async def lock_refresh_token(
    session: AsyncSession, token_hash: bytes
) -> tuple[RefreshToken, LoginSession, User] | None:
    """The token with its sign-in and person, the sign-in locked: whoever else refreshes in this family waits."""
    token = (
        await session.execute(select(RefreshToken).where(col(RefreshToken.token_hash) == token_hash))
    ).scalar_one_or_none()
    if token is None:
        return None
    family = (
        await session.execute(select(LoginSession).where(col(LoginSession.id) == token.session_id).with_for_update())
    ).scalar_one_or_none()
    if family is None:
        return None
    # What another request wrote while this one waited for the lock counts.
    await session.refresh(token)
    user = await session.get(User, family.user_id)
    return None if user is None else (token, family, user)


async def refresh_token(session: AsyncSession, token_hash: bytes) -> RefreshToken | None:
    found = await session.execute(select(RefreshToken).where(col(RefreshToken.token_hash) == token_hash))
    return found.scalar_one_or_none()
