"""Signing in and out, and finding out who is asking."""

from dataclasses import replace
from datetime import datetime, timedelta

from clonegallery.accounts import passwords, repository, sessions
from clonegallery.accounts.names import check_username
from clonegallery.accounts.people import (
    create_user,
    disable,
    enable,
    ensure_first_admin,
    list_users,
    reset_password,
    set_role,
)
from clonegallery.accounts.permissions import PERMISSIONS
from clonegallery.accounts.schemas import Profile, SignedIn, Viewer
from clonegallery.clock import utcnow
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import NotAllowed, NotFound, NotSignedIn
from clonegallery.log import get_logger
from clonegallery.models.account import LoginSession, User
from clonegallery.settings import get_settings

__all__ = [
    "create_user",
    "disable",
    "enable",
    "end_dead_sessions",
    "ensure_first_admin",
    "list_users",
    "profile",
    "rename",
    "reset_password",
    "set_role",
    "sign_in",
    "sign_out",
    "viewer_for_session",
]

log = get_logger(__name__)

_SEEN_EVERY = timedelta(minutes=5)


async def viewer_for_session(token: str) -> Viewer | None:
    """Who holds this session, as the database has it now; None when it is over. One indexed SELECT.

    The moment of use is written at most every five minutes, so that reading does not cost a write.
    """
    hashed = sessions.token_hash(token)
    if hashed is None:
        return None
    now = utcnow()
    async with reading() as connection:
        row = await repository.live_session(connection, hashed, now=now, seen_after=_idle_since(now))
    if row is None:
        return None
    if now - row.last_seen_at > _SEEN_EVERY:
        async with unit_of_work() as work:
            await repository.touch_session(work.session, row.session_id, now=now, seen_before=now - _SEEN_EVERY)
    return Viewer(
        id=row.user_id,
        username=row.username,
        email=row.email,
        role=row.role,
        session_id=row.session_id,
        csrf_token=row.csrf_token,
    )


async def sign_in(
    login: str, password: str, *, user_agent: str = "", address: str = "", replaces: str = ""
) -> SignedIn:
    """A new session for the person with this username or e-mail address; the session `replaces` is ended.

    Raises `NotSignedIn` when the pair is wrong, in the same words and time whether or not the account exists, and
    `NotAllowed` when it is right but the account is disabled.
    """
    async with unit_of_work() as work:
        user = await repository.user_by_login(work.session, login) if _could_be_login(login) else None
    right, renewed_hash = await passwords.verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        log.info("sign-in refused", address=address)
        raise NotSignedIn("The username or the password is not right.")
    if not user.is_active:
        raise NotAllowed("This account is disabled.")
    return await _open_session(user, renewed_hash, user_agent=user_agent, address=address, replaces=replaces)


async def _open_session(
    user: User, renewed_hash: str | None, *, user_agent: str, address: str, replaces: str
) -> SignedIn:
    token, now = sessions.new_token(), utcnow()
    # The epoch read before the password was checked: if the password changed meanwhile, this session is born dead.
    row = LoginSession(
        token_hash=sessions.token_hash(token) or b"",
        csrf_token=sessions.new_token(),
        user_id=user.id,
        token_epoch=user.token_epoch,
        user_agent=_plain(user_agent, 300),
        address=_plain(address, 64),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(seconds=get_settings().session_absolute_seconds),
    )
    async with unit_of_work() as work:
        if replaced := sessions.token_hash(replaces):
            await repository.delete_session(work.session, replaced)
        await repository.add_session(work.session, row)
        await repository.note_login(work.session, user, now=now, renewed_hash=renewed_hash)
    log.info("signed in", user_id=str(user.id), session_id=str(row.id))
    return SignedIn(token, _viewer(user, row))


async def sign_out(token: str) -> None:
    """End this session; one that is over already is no error."""
    if hashed := sessions.token_hash(token):
        async with unit_of_work() as work:
            await repository.delete_session(work.session, hashed)


async def end_dead_sessions() -> int:
    """Remove every session that expired or idled out, for the periodic sweep; returns how many."""
    now = utcnow()
    async with unit_of_work() as work:
        return await repository.delete_dead_sessions(work.session, now=now, seen_after=_idle_since(now))


async def profile(viewer: Viewer) -> Profile:
    """One's own account. Raises `NotSignedIn` for somebody not signed in."""
    if viewer.id is None or viewer.role is None:
        raise NotSignedIn
    async with reading() as connection:
        owned = await repository.belongings(connection, viewer.id)
    return Profile(
        id=viewer.id,
        email=viewer.email,
        username=viewer.username,
        role=viewer.role,
        csrf_token=viewer.csrf_token,
        permissions=tuple(sorted(PERMISSIONS[viewer.role])),
        quota_bytes=owned.quota_bytes,
        used_bytes=owned.used_bytes,
        images=owned.images,
    )


async def rename(viewer: Viewer, username: str) -> Viewer:
    """Take another username; returns the viewer under it. Raises `Invalid` or, where it is taken, `Conflict`."""
    if viewer.id is None:
        raise NotSignedIn
    check_username(username)
    async with unit_of_work() as work:
        user = await repository.user_by_id(work.session, viewer.id)
        if user is None:
            raise NotFound
        user.username = username
        await repository.save_user(work.session, user)
    return replace(viewer, username=username)


def _viewer(user: User, row: LoginSession) -> Viewer:
    return Viewer(user.id, user.username, user.email, user.role, row.id, row.csrf_token)


def _idle_since(now: datetime) -> datetime:
    return now - timedelta(seconds=get_settings().session_idle_seconds)


def _could_be_login(login: str) -> bool:
    return 0 < len(login) <= 255 and login.isprintable()


def _plain(text: str, length: int) -> str:
    return "".join(character for character in text if character.isprintable())[:length]
