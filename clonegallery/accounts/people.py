"""Accounts as their operator handles them, at the command line: making, promoting, disabling, resetting."""

from uuid import UUID

from clonegallery.accounts import audit, passwords
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.registration import check_fields
from clonegallery.accounts.repository import people
from clonegallery.accounts.schemas import NOWHERE, QUOTAS, Caller, FirstAdmin, Person, PersonUpdate
from clonegallery.accounts.shutting_out import end_everything
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import Conflict, NotFound
from clonegallery.log import get_logger
from clonegallery.models.account import Role, User

log = get_logger(__name__)

FIRST_ADMIN_USERNAME = "admin"
FIRST_ADMIN_EMAIL = "admin@clonegallery.local"


async def create_user(
    *,
    email: str,
    username: str,
    password: str,
    role: Role = Role.VISITOR,
    email_verified: bool = False,
    actor_id: UUID | None = None,
    caller: Caller = NOWHERE,
) -> Person:
    """A new account. Raises `Invalid` naming unusable fields and `Conflict` where e-mail or username is taken."""
    check_fields(email, username, password)
    user = User(
        email=email,
        username=username,
        password_hash=await passwords.hash_password(password),
        role=role,
        email_verified=email_verified,
    )
    async with unit_of_work() as work:
        await people.save_user(work.session, user)
        audit.record(
            work.session,
            AuditAction.ACCOUNT_CREATED,
            subject_id=user.id,
            actor_id=actor_id,
            caller=caller,
            role=role,
        )
    log.info("account created", user_id=str(user.id), role=role)
    return person_of(user)


async def list_users() -> list[Person]:
    """Every account, the oldest first."""
    async with unit_of_work() as work:
        return [person_of(user) for user in await people.all_users(work.session)]


async def set_role(who: str | UUID, role: Role) -> Person:
    """Give the person another role, in force at once. Raises `NotFound`; `Conflict` for the last Admin."""
    return await change_person(who, PersonUpdate(role=role))


async def disable(who: str | UUID) -> Person:
    """Shut the person out: every session ends at once. Raises `NotFound`; `Conflict` for the last Admin."""
    return await change_person(who, PersonUpdate(is_active=False))


async def enable(who: str | UUID) -> Person:
    """Let a disabled person sign in again. Raises `NotFound`."""
    return await change_person(who, PersonUpdate(is_active=True))


async def reset_password(who: str | UUID) -> str:
    """A new random password for this person, whose sessions, tokens and keys all end. Raises `NotFound`."""
    password = passwords.generate_password()
    hashed = await passwords.hash_password(password)
    async with unit_of_work() as work:
        user = await _locked(work, who)
        user.password_hash = hashed
        await end_everything(work, user)
        audit.record(work.session, AuditAction.PASSWORD_RESET, subject_id=user.id)
    return password


async def change_person(
    who: str | UUID, changes: PersonUpdate, *, actor_id: UUID | None = None, caller: Caller = NOWHERE
) -> Person:
    """Change what `changes` sets, all of it or nothing. Raises `NotFound`; `Conflict` for the last Admin."""
    async with unit_of_work() as work:
        if changes.is_active is False or changes.role not in (None, Role.ADMIN):
            await _keep_an_admin(work, who)
        user = await _locked(work, who)
        noted = _apply(user, changes)
        if AuditAction.ACCOUNT_DISABLED in noted:
            await end_everything(work, user)
        else:
            await people.save_user(work.session, user)
        for action, detail in noted.items():
            audit.record(work.session, action, subject_id=user.id, actor_id=actor_id, caller=caller, **detail)
    return person_of(user)


async def ensure_first_admin() -> FirstAdmin | None:
    """Make the first Admin where there is none; None where there is one, or another process made it just now."""
    async with unit_of_work() as work:
        if await people.has_admin(work.session):
            return None
    password = passwords.generate_password()
    try:
        await create_user(email=FIRST_ADMIN_EMAIL, username=FIRST_ADMIN_USERNAME, password=password, role=Role.ADMIN)
    except Conflict:
        return None
    return FirstAdmin(FIRST_ADMIN_USERNAME, password)


def person_of(user: User) -> Person:
    """The row as its operator sees it."""
    return Person(
        id=user.id,
        email=user.email,
        username=user.username,
        role=user.role,
        is_active=user.is_active,
        email_verified=user.email_verified,
        **{name: getattr(user, name) for name in QUOTAS},
        created_at=user.created_at,
        last_login_at=user.last_login_at,
    )


def _apply(user: User, changes: PersonUpdate) -> dict[AuditAction, dict[str, str | int | None]]:
    """Write the changes into the row; returns what the audit log says of those that change something."""
    noted: dict[AuditAction, dict[str, str | int | None]] = {}
    if changes.role not in (None, user.role):
        noted[AuditAction.ROLE_CHANGED] = {"before": user.role, "after": changes.role}
        user.role = changes.role or user.role
    if changes.is_active not in (None, user.is_active):
        user.is_active = bool(changes.is_active)
        noted[AuditAction.ACCOUNT_ENABLED if user.is_active else AuditAction.ACCOUNT_DISABLED] = {}
    if changes.email_verified not in (None, user.email_verified):
        user.email_verified = bool(changes.email_verified)
        noted[AuditAction.EMAIL_VERIFIED if user.email_verified else AuditAction.EMAIL_UNVERIFIED] = {}
    if quotas := _apply_quotas(user, changes):
        noted[AuditAction.QUOTA_CHANGED] = quotas
    return noted


def _apply_quotas(user: User, changes: PersonUpdate) -> dict[str, str | int | None]:
    """Write those that change; returns each with what it was before."""
    changed: dict[str, str | int | None] = {}
    for name in QUOTAS:
        before = getattr(user, name)
        after = changes.quotas.get(name, before)
        if after != before:
            changed |= {name: after, f"{name}_before": before}
            setattr(user, name, after)
    return changed


async def _locked(work: UnitOfWork, who: str | UUID) -> User:
    user = await people.lock_user(work.session, who)
    if user is None:
        raise NotFound("There is no such account.")
    return user


async def _keep_an_admin(work: UnitOfWork, who: str | UUID) -> None:
    """Two Admins who demote each other at once wait for one another here."""
    admins = await people.lock_active_admins(work.session)
    user = await people.lock_user(work.session, who)
    if user is not None and list(admins) == [user.id]:
        raise Conflict("This is the only Admin; make somebody else Admin first.")
