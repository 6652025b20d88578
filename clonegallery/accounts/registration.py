"""Making one's own account."""

from clonegallery import throttle
from clonegallery.accounts import audit, passwords
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.links import enqueue_verification
from clonegallery.accounts.names import check_email, check_username
from clonegallery.accounts.repository import people
from clonegallery.accounts.schemas import NOWHERE, Caller, SignedIn, SignInMethod
from clonegallery.accounts.sign_in import open_browser_session
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import FieldError, Invalid, RegistrationClosed
from clonegallery.log import get_logger
from clonegallery.models.account import Role, User
from clonegallery.settings import get_settings
from clonegallery.throttle import Bucket

log = get_logger(__name__)


async def register(*, email: str, username: str, password: str, caller: Caller = NOWHERE) -> User:
    """A new account with the role Visitor, and a letter that verifies its address.

    Raises `RegistrationClosed` where it is, `Invalid` naming every unusable field, `Conflict` naming the one
    that is taken, and `TooManyRequests`.
    """
    await _admit(email, username, password, caller)
    user = await _new_user(email, username, password)
    async with unit_of_work() as work:
        await _keep(work, user, caller)
    return user


async def register_in_browser(
    *, email: str, username: str, password: str, caller: Caller = NOWHERE, replaces: str = ""
) -> SignedIn:
    """`register`, and signed in at once."""
    await _admit(email, username, password, caller)
    user = await _new_user(email, username, password)
    user.last_login_at = utcnow()
    await throttle.remember(str(user.id), throttle.network_of(caller.address))
    async with unit_of_work() as work:
        await _keep(work, user, caller)
        return await open_browser_session(work, user, SignInMethod.PASSWORD, caller, replaces=replaces)


async def _admit(email: str, username: str, password: str, caller: Caller) -> None:
    if not get_settings().registration_open:
        raise RegistrationClosed
    check_fields(email, username, password)
    await throttle.take(Bucket.REGISTER, throttle.network_of(caller.address))


def check_fields(email: str, username: str, password: str) -> None:
    """Raises `Invalid` naming every unusable field at once."""
    errors: list[FieldError] = []
    for check, value in (
        (check_email, email),
        (check_username, username),
        (passwords.check_password, password),
    ):
        try:
            check(value)
        except Invalid as refused:
            errors += refused.errors
    if errors:
        raise Invalid(errors[0].message, errors=errors)


async def _new_user(email: str, username: str, password: str) -> User:
    hashed = await passwords.hash_password(password)
    return User(email=email, username=username, password_hash=hashed, role=Role.VISITOR)


async def _keep(work: UnitOfWork, user: User, caller: Caller) -> None:
    await people.save_user(work.session, user)
    audit.record(
        work.session, AuditAction.ACCOUNT_CREATED, subject_id=user.id, actor_id=user.id, caller=caller, role=user.role
    )
    await enqueue_verification(work, user, user.email, caller)
    log.info("account registered", user_id=str(user.id))
