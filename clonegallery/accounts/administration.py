"""Accounts as Admins handle them, from the pages and by the API: every call asks for the right anew."""

from uuid import UUID

from clonegallery.accounts import audit, people
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.repository import people as sql
from clonegallery.accounts.repository import sessions
from clonegallery.accounts.schemas import NOWHERE, Caller, PeoplePage, Person, PersonUpdate, Role, Viewer
from clonegallery.db import unit_of_work
from clonegallery.errors import NotFound
from clonegallery.pagination import decode_cursor, encode_cursor

_SCOPE = "people"


async def list_people(
    viewer: Viewer, *, search: str = "", role: Role | None = None, cursor: str | None = None, limit: int = 50
) -> PeoplePage:
    """Accounts whose username or address holds `search`, the newest first. Raises `Invalid` for a bad cursor."""
    viewer.require(Permission.ADMIN)
    after = decode_cursor(_SCOPE, cursor, "du") if cursor else None
    async with unit_of_work() as work:
        found, total = await sql.page_of_users(
            work.session, search=search.strip(), role=role, after=after, limit=limit + 1
        )
    shown = found[:limit]
    more = len(found) > limit
    next_cursor = encode_cursor(_SCOPE, [shown[-1].created_at, shown[-1].id]) if more else None
    return PeoplePage([people.person_of(user) for user in shown], next_cursor, total)


async def person(viewer: Viewer, user_id: UUID) -> Person:
    """One account. Raises `NotFound`."""
    viewer.require(Permission.ADMIN)
    async with unit_of_work() as work:
        user = await sql.user_by_id(work.session, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return people.person_of(user)


async def create_person(
    viewer: Viewer,
    *,
    email: str,
    username: str,
    password: str,
    role: Role = Role.VISITOR,
    caller: Caller = NOWHERE,
) -> Person:
    """A new account, also where registration is closed. Raises as `people.create_user`."""
    actor_id = viewer.require(Permission.ADMIN)
    return await people.create_user(
        email=email, username=username, password=password, role=role, actor_id=actor_id, caller=caller
    )


async def update_person(viewer: Viewer, user_id: UUID, changes: PersonUpdate, *, caller: Caller = NOWHERE) -> Person:
    """Change an account, in force at its next request. Raises as `people.change_person`."""
    actor_id = viewer.require(Permission.ADMIN)
    return await people.change_person(user_id, changes, actor_id=actor_id, caller=caller)


async def end_sessions_of(viewer: Viewer, user_id: UUID, *, caller: Caller = NOWHERE) -> int:
    """End every sign-in of somebody; returns how many there were. Raises `NotFound`."""
    actor_id = viewer.require(Permission.ADMIN)
    async with unit_of_work() as work:
        if await sql.lock_user(work.session, user_id) is None:
            raise NotFound("There is no such account.")
        ended = await sessions.delete_of(work.session, user_id)
        audit.record(
            work.session,
            AuditAction.SESSIONS_ENDED,
            subject_id=user_id,
            actor_id=actor_id,
            caller=caller,
            count=ended,
        )
    return ended
