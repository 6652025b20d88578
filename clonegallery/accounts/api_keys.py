"""Keys for programs: `cg_…`, with scopes and an end, shown once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from clonegallery.accounts import audit, secrets
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.permissions import scopes_within
from clonegallery.accounts.repository import keys
from clonegallery.accounts.schemas import NOWHERE, ApiKeyRead, Caller, NewApiKey, Scope, Viewer
from clonegallery.accounts.viewers import lock_person
from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.errors import Conflict, FieldError, Invalid, NotFound
from clonegallery.models.account import Role
from clonegallery.models.credential import ApiKey

MAX_KEYS = 100
MAX_NAME = 100


async def create_api_key(
    viewer: Viewer,
    *,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
    caller: Caller = NOWHERE,
) -> NewApiKey:
    """A new key of the viewer's, who must have signed in themselves.

    Raises `Invalid` naming the field: no name, no scope or one beyond the viewer's role, an end in the past; and
    `Conflict` for more than 100 keys.
    """
    user_id, wanted = viewer.require_person(), tuple(dict.fromkeys(scopes))
    name = name.strip()
    _check(name, wanted, expires_at, viewer.role)
    secret = secrets.new_api_key()
    async with unit_of_work() as work:
        user = await lock_person(work, viewer)
        if await keys.count_of(work.session, user_id) >= MAX_KEYS:
            raise Conflict(f"You have {MAX_KEYS} keys already; revoke one first.")
        row = ApiKey(
            user_id=user_id,
            name=name,
            prefix=secrets.shown_prefix(secret),
            token_hash=secrets.api_key_hash(secret) or b"",
            token_epoch=user.token_epoch,
            scopes=list(wanted),
            expires_at=expires_at,
        )
        await keys.add(work.session, row)
        audit.record(
            work.session,
            AuditAction.KEY_CREATED,
            subject_id=user_id,
            actor_id=user_id,
            caller=caller,
            key_id=str(row.id),
            prefix=row.prefix,
            scopes=list(wanted),
        )
    return NewApiKey(_read(row), secret)


async def list_api_keys(viewer: Viewer) -> Sequence[ApiKeyRead]:
    """The viewer's keys, the newest first, those that have ended too."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        return [_read(row) for row in await keys.all_of(work.session, user_id)]


async def api_key(viewer: Viewer, key_id: UUID) -> ApiKeyRead:
    """One of the viewer's keys. Raises `NotFound`."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        row = await keys.one_of(work.session, key_id, user_id)
    if row is None:
        raise NotFound("There is no such key.")
    return _read(row)


async def revoke_api_key(viewer: Viewer, key_id: UUID, *, caller: Caller = NOWHERE) -> None:
    """End one of the viewer's keys at once. Raises `NotFound`."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        if not await keys.delete_of(work.session, user_id, key_id=key_id):
            raise NotFound("There is no such key.")
        audit.record(
            work.session,
            AuditAction.KEY_REVOKED,
            subject_id=user_id,
            actor_id=user_id,
            caller=caller,
            key_id=str(key_id),
        )


def _check(name: str, scopes: tuple[Scope, ...], expires_at: datetime | None, role: Role | None) -> None:
    errors = []
    if not (1 <= len(name) <= MAX_NAME and name.isprintable()):
        errors.append(FieldError("name", f"A key's name has 1 to {MAX_NAME} printable characters."))
    if not scopes:
        errors.append(FieldError("scopes", "Choose at least one scope."))
    if role is not None and (beyond := sorted(set(scopes) - scopes_within(role))):
        errors.append(FieldError("scopes", f"Your role ({role}) does not reach to: {', '.join(beyond)}."))
    if expires_at is not None and expires_at <= utcnow():
        errors.append(FieldError("expires_at", "This moment has passed."))
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _read(row: ApiKey) -> ApiKeyRead:
    return ApiKeyRead(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(map(Scope, row.scopes)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
