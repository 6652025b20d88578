"""One's own sign-ins: looking at them and ending them."""

from collections.abc import Sequence
from uuid import UUID

from clonegallery.accounts import audit
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.repository import sessions
from clonegallery.accounts.schemas import (
    NOWHERE,
    Caller,
    SessionKind,
    SessionRead,
    SignInMethod,
    Viewer,
)
from clonegallery.accounts.viewers import idle_since
from clonegallery.clock import utcnow
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import NotFound


async def list_sessions(viewer: Viewer) -> Sequence[SessionRead]:
    """Every sign-in of the viewer that still holds, the last used first. Raises `NotSignedIn`, `NotAllowed`."""
    user_id, now = viewer.require_person(), utcnow()
    async with reading() as connection:
        rows = await sessions.alive_of(connection, user_id, now=now, seen_after=idle_since(now))
    return [_read(row, viewer) for row in rows]


async def end_session(viewer: Viewer, session_id: UUID, *, caller: Caller = NOWHERE) -> None:
    """End one of the viewer's sign-ins. Raises `NotFound` for one that is over, or somebody else's."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        if not await sessions.delete_one(work.session, session_id, user_id):
            raise NotFound("There is no such sign-in, or it has ended.")
        audit.record(
            work.session,
            AuditAction.SESSION_REVOKED,
            subject_id=user_id,
            actor_id=user_id,
            caller=caller,
            session_id=str(session_id),
        )


async def end_other_sessions(viewer: Viewer, *, caller: Caller = NOWHERE) -> int:
    """End every sign-in of the viewer but the one that asks; returns how many there were."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        ended = await sessions.delete_of(work.session, user_id, besides=viewer.session_id)
        audit.record(
            work.session,
            AuditAction.SESSIONS_ENDED,
            subject_id=user_id,
            actor_id=user_id,
            caller=caller,
            count=ended,
            but_this=True,
        )
    return ended


async def end_dead_sessions() -> int:
    """Remove every session that expired or idled out, for the periodic sweep; returns how many."""
    now = utcnow()
    async with unit_of_work() as work:
        return await sessions.delete_dead(work.session, now=now, seen_after=idle_since(now))


def _read(row: sessions.OwnSession, viewer: Viewer) -> SessionRead:
    return SessionRead(
        id=row.id,
        kind=SessionKind(row.kind),
        method=SignInMethod(row.method),
        user_agent=row.user_agent,
        address=row.address,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        current=row.id == viewer.session_id,
    )
