"""Finding out who is asking, at each request anew: one indexed SELECT, and seldom a write."""

from datetime import datetime, timedelta
from uuid import UUID

from clonegallery.accounts import access_tokens, secrets
from clonegallery.accounts.repository import keys as keys_sql
from clonegallery.accounts.repository import people
from clonegallery.accounts.repository import sessions as sessions_sql
from clonegallery.accounts.repository.sessions import Holder
from clonegallery.accounts.schemas import Credential, Scope, Viewer
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import NotFound, NotSignedIn
from clonegallery.models.account import Role, User
from clonegallery.settings import get_settings

_SEEN_EVERY = timedelta(minutes=5)
_KEY_USED_EVERY = timedelta(minutes=1)
_NOT_VALID = "These bearer credentials are not valid."


async def viewer_for_session(token: str) -> Viewer | None:
    """Who holds this browser session, as the database has it now; None when it is over.

    The moment of use is written at most every five minutes, so that reading does not cost a write.
    """
    hashed = secrets.token_hash(token)
    if hashed is None:
        return None
    now = utcnow()
    async with reading() as connection:
        holder = await sessions_sql.by_cookie(connection, hashed, now=now, seen_after=idle_since(now))
    if holder is None:
        return None
    await _note_session(holder, now)
    return _viewer(holder, Credential.COOKIE)


async def viewer_for_bearer(credentials: str) -> Viewer:
    """Who holds these bearer credentials: an access token or an API key.

    Raises `NotSignedIn` for everything else: a program must not silently become a stranger.
    """
    if credentials.startswith(secrets.API_KEY_PREFIX):
        return await _viewer_for_key(credentials)
    claims = access_tokens.verify_token(credentials)
    now = utcnow()
    async with reading() as connection:
        holder = await sessions_sql.by_id(
            connection, claims["session_id"], claims["user_id"], now=now, seen_after=idle_since(now)
        )
    if holder is None:
        raise NotSignedIn(_NOT_VALID)
    await _note_session(holder, now)
    return _viewer(holder, Credential.ACCESS_TOKEN)


async def viewer_for(user_id: UUID) -> Viewer:
    """Somebody whom the gallery itself acts for. Raises `NotFound` unless they are there and active."""
    async with unit_of_work() as work:
        user = await people.user_by_id(work.session, user_id)
    if user is None or not user.is_active:
        raise NotFound
    return Viewer(user.id, user.username, user.email, Role(user.role))


async def lock_person(work: UnitOfWork, viewer: Viewer) -> User:
    """The viewer's own row, locked, while the sign-in that they ask by still holds.

    For what gives lasting access: a request that a new password has overtaken must not leave a key behind. Raises
    `NotSignedIn` where it has, and as `Viewer.require_person`.
    """
    user = await people.lock_user(work.session, viewer.require_person())
    if user is None or viewer.session_id is None:
        raise NotSignedIn
    if not await sessions_sql.is_alive(work.session, viewer.session_id, user):
        raise NotSignedIn
    return user


async def _viewer_for_key(key: str) -> Viewer:
    hashed, now = secrets.api_key_hash(key), utcnow()
    if hashed is None:
        raise NotSignedIn(_NOT_VALID)
    async with reading() as connection:
        found = await keys_sql.holder(connection, hashed, now=now)
    if found is None:
        raise NotSignedIn(_NOT_VALID)
    holder, scopes = found
    if holder.used_at is None or now - holder.used_at > _KEY_USED_EVERY:
        async with unit_of_work() as work:
            await keys_sql.note_use(work.session, holder.credential_id, now=now)
    return _viewer(holder, Credential.API_KEY, frozenset(map(Scope, scopes)))


async def _note_session(holder: Holder, now: datetime) -> None:
    if holder.used_at is None or now - holder.used_at > _SEEN_EVERY:
        async with unit_of_work() as work:
            await sessions_sql.touch(work.session, holder.credential_id, now=now, seen_before=now - _SEEN_EVERY)


def idle_since(now: datetime) -> datetime:
    """The moment before which a session must not have been used last."""
    return now - timedelta(seconds=get_settings().session_idle_seconds)


def _viewer(holder: Holder, credential: Credential, scopes: frozenset[Scope] | None = None) -> Viewer:
    return Viewer(
        id=holder.user_id,
        username=holder.username,
        email=holder.email,
        role=holder.role,
        session_id=None if credential is Credential.API_KEY else holder.credential_id,
        csrf_token=holder.csrf_token,
        credential=credential,
        scopes=scopes,
        email_verified=holder.email_verified,
        default_visibility=holder.default_visibility,
    )
