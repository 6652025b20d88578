"""Refresh tokens: single use, in families; whoever uses an old one ends its whole family.

The rule is OAuth 2.0 Security Best Current Practice (RFC 9700, 4.14). Two honest requests of one program may race with
the same token: within 10 seconds the immediate predecessor still answers, and with the very same successor.
"""

from datetime import datetime, timedelta

from clonegallery.accounts import audit, secrets
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.repository import sessions
from clonegallery.accounts.schemas import NOWHERE, Caller, TokenPair
from clonegallery.accounts.sign_in import refresh_row, token_pair
from clonegallery.accounts.viewers import idle_since
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import NotSignedIn
from clonegallery.log import get_logger
from clonegallery.models.account import LoginSession, User
from clonegallery.models.credential import RefreshToken

log = get_logger(__name__)

GRACE = timedelta(seconds=10)
_REFUSED = "This refresh token is not valid."


async def refresh(token: str, *, caller: Caller = NOWHERE) -> TokenPair:
    """The next pair of the family. Raises `NotSignedIn` for a token that is unknown, over, or was used before."""
    hashed = secrets.token_hash(token)
    if hashed is None:
        raise NotSignedIn(_REFUSED)
    async with unit_of_work() as work:
        pair = await _next_pair(work, token, hashed, caller)
    if pair is None:
        raise NotSignedIn(_REFUSED)
    return pair


async def _next_pair(work: UnitOfWork, token: str, hashed: bytes, caller: Caller) -> TokenPair | None:
    """None rather than an error, because what was written here, the end of a family too, must be committed."""
    found = await sessions.lock_refresh_token(work.session, hashed)
    now = utcnow()
    if found is None or not _is_alive(*found[1:], now):
        return None
    row, family, user = found
    following = secrets.successor(token, row.successor_nonce)
    if row.used_at is None:
        row.used_at = family.last_seen_at = now
        await sessions.add(work.session, refresh_row(family, following))
    elif not await _in_grace(work, row, following, now):
        await _end_family(work, family, user, caller)
        return None
    return token_pair(user, family, following)


def _is_alive(family: LoginSession, user: User, now: datetime) -> bool:
    in_time = family.expires_at > now and family.last_seen_at > idle_since(now)
    return in_time and user.is_active and family.token_epoch == user.token_epoch


async def _in_grace(work: UnitOfWork, row: RefreshToken, following: str, now: datetime) -> bool:
    """Whether the token was used only just now, and what followed it not at all."""
    if row.used_at is None or now - row.used_at > GRACE:
        return False
    successor = await sessions.refresh_token(work.session, secrets.token_hash(following) or b"")
    return successor is not None and successor.used_at is None


async def _end_family(work: UnitOfWork, family: LoginSession, user: User, caller: Caller) -> None:
    """Somebody holds a copy: nobody can tell who, so both must sign in again."""
    await sessions.delete_one(work.session, family.id, user.id)
    audit.record(work.session, AuditAction.REFRESH_REUSED, subject_id=user.id, caller=caller, session_id=str(family.id))
    log.warning("refresh token reused; family ended", user_id=str(user.id), session_id=str(family.id))
