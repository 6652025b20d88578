"""Accounts as their operator handles them: making, listing, promoting, disabling, resetting."""

from clonegallery.accounts import passwords, repository
from clonegallery.accounts.names import check_email, check_username
from clonegallery.accounts.schemas import FirstAdmin, Person
from clonegallery.db import unit_of_work
from clonegallery.errors import Conflict, NotFound
from clonegallery.log import get_logger
from clonegallery.models.account import Role, User

log = get_logger(__name__)

FIRST_ADMIN_USERNAME = "admin"
FIRST_ADMIN_EMAIL = "admin@clonegallery.local"


async def create_user(*, email: str, username: str, password: str, role: Role = Role.VISITOR) -> Person:
    """A new account. Raises `Invalid` for unusable fields and `Conflict` where e-mail or username is taken."""
    check_email(email)
    check_username(username)
    passwords.check_password(password)
    user = User(email=email, username=username, password_hash=await passwords.hash_password(password), role=role)
    async with unit_of_work() as work:
        await repository.save_user(work.session, user)
    log.info("account created", user_id=str(user.id), role=role)
    return _person(user)


async def list_users() -> list[Person]:
    """Every account, the oldest first."""
    async with unit_of_work() as work:
        return [_person(user) for user in await repository.all_users(work.session)]


async def set_role(login: str, role: Role) -> Person:
    """Give the person another role, in force at once. Raises `NotFound`; `Conflict` for the last Admin."""
    async with unit_of_work() as work:
        if role is not Role.ADMIN:
            await _keep_an_admin(work.session, login)
        user = await _locked(work.session, login)
        user.role = role
        await repository.save_user(work.session, user)
    return _person(user)


async def disable(login: str) -> Person:
    """Shut the person out: every session ends at once. Raises `NotFound`; `Conflict` for the last Admin."""
    async with unit_of_work() as work:
        await _keep_an_admin(work.session, login)
        user = await _locked(work.session, login)
        user.is_active = False
        await _end_everything(work.session, user)
    return _person(user)


async def enable(login: str) -> Person:
    """Let a disabled person sign in again. Raises `NotFound`."""
    async with unit_of_work() as work:
        user = await _locked(work.session, login)
        user.is_active = True
        await repository.save_user(work.session, user)
    return _person(user)


async def reset_password(login: str) -> str:
    """A new random password for this person, whose sessions all end. Raises `NotFound`."""
    password = passwords.generate_password()
    hashed = await passwords.hash_password(password)
    async with unit_of_work() as work:
        user = await _locked(work.session, login)
        user.password_hash = hashed
        await _end_everything(work.session, user)
    return password


async def ensure_first_admin() -> FirstAdmin | None:
    """Make the first Admin where there is none; None where there is one, or another process made it just now."""
    async with unit_of_work() as work:
        if await repository.has_admin(work.session):
            return None
    password = passwords.generate_password()
    try:
        await create_user(email=FIRST_ADMIN_EMAIL, username=FIRST_ADMIN_USERNAME, password=password, role=Role.ADMIN)
    except Conflict:
        return None
    return FirstAdmin(FIRST_ADMIN_USERNAME, password)


async def _locked(session: repository.Session, login: str) -> User:
    user = await repository.lock_user(session, login)
    if user is None:
        raise NotFound("There is no such account.")
    return user


async def _keep_an_admin(session: repository.Session, login: str) -> None:
    admins = await repository.lock_active_admins(session)
    user = await repository.user_by_login(session, login)
    if user is not None and list(admins) == [user.id]:
        raise Conflict("This is the only Admin; make somebody else Admin first.")


async def _end_everything(session: repository.Session, user: User) -> None:
    user.token_epoch += 1
    await repository.save_user(session, user)
    await repository.delete_sessions_of(session, user.id)


def _person(user: User) -> Person:
    return Person(
        id=user.id,
        email=user.email,
        username=user.username,
        role=user.role,
        is_active=user.is_active,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
    )
