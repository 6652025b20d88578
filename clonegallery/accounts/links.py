"""Mailed links: they prove that somebody reads an address, to verify it or to get a new password.

A request only writes a job, the same for addresses with and without an account. The worker makes the secret when it
sends the letter, so that no secret waits in a queue, and only its hash is kept.
"""

from datetime import timedelta

from clonegallery import throttle
from clonegallery.accounts import audit, passwords, secrets
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.letters import letter_for
from clonegallery.accounts.names import check_email
from clonegallery.accounts.repository import identities, links, people
from clonegallery.accounts.schemas import ANONYMOUS, NOWHERE, Caller, Viewer
from clonegallery.accounts.shutting_out import end_everything
from clonegallery.accounts.sign_in import authenticate
from clonegallery.accounts.viewers import lock_person
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import FieldError, Invalid, NotSignedIn
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger
from clonegallery.mail import get_mailer
from clonegallery.models.account import User
from clonegallery.models.credential import LinkPurpose, MailedLink
from clonegallery.throttle import Bucket

log = get_logger(__name__)

JOB_KIND = "mail_link"
_LIFETIME = {LinkPurpose.VERIFY_EMAIL: timedelta(days=3), LinkPurpose.RESET_PASSWORD: timedelta(hours=1)}
_DEAD_LINK = "This link does not work any more. Ask for a new one."


async def ask_verification(viewer: Viewer, *, caller: Caller = NOWHERE) -> None:
    """Send the viewer a link that verifies their address. Raises `NotSignedIn`, `NotAllowed`, `TooManyRequests`."""
    user_id = viewer.require_person()
    await throttle.take(Bucket.MAIL, str(user_id))
    async with unit_of_work() as work:
        user = await lock_person(work, viewer)
        await enqueue_verification(work, user, user.email, caller)


async def enqueue_verification(work: UnitOfWork, user: User, email: str, caller: Caller) -> None:
    """Send a link to `email` that makes it this person's verified address."""
    await _enqueue(work, LinkPurpose.VERIFY_EMAIL, email, caller, user=user)


async def ask_password_reset(email: str, *, caller: Caller = NOWHERE) -> None:
    """Send a link that sets a new password, if there is an account with this address; nobody is told whether.

    Raises `Invalid` for what is no address and `TooManyRequests`.
    """
    check_email(email)
    await throttle.take(Bucket.MAIL, "address", throttle.network_of(caller.address))
    await throttle.take(Bucket.MAIL, "email", throttle.fingerprint(email))
    async with unit_of_work() as work:
        await _enqueue(work, LinkPurpose.RESET_PASSWORD, email, caller)


async def verify_email(token: str, *, viewer: Viewer = ANONYMOUS, password: str = "", caller: Caller = NOWHERE) -> None:
    """Make the address that the link was sent to its person's own and verified one.

    Whoever follows it must be that person, signed in as `viewer` or knowing the account's `password`: else a stranger
    who registered with this address would keep an account that its reader has just vouched for.

    Raises `Invalid` for a link that is unknown, used or over, naming the field `password` where it is missing or wrong,
    `Conflict` where another account has the address, and `TooManyRequests` for whoever guesses.
    """
    async with unit_of_work() as work:
        _, user = await _opened(work, token, LinkPurpose.VERIFY_EMAIL)
    if viewer.id != user.id:
        await _prove(user, password, caller)
    async with unit_of_work() as work:
        link, user = await _opened(work, token, LinkPurpose.VERIFY_EMAIL)
        changed = user.email.lower() != link.email.lower()
        user.email, user.email_verified = link.email, True
        await people.save_user(work.session, user)
        await links.delete_of(work.session, user.id, purpose=LinkPurpose.VERIFY_EMAIL)
        _record(work, AuditAction.EMAIL_VERIFIED, user, caller)
        if changed:
            _record(work, AuditAction.EMAIL_CHANGED, user, caller)


async def reset_password_by_link(token: str, password: str, *, caller: Caller = NOWHERE) -> None:
    """Set a new password, which ends every session, token and key, and verifies the address.

    Where the address was never verified before, somebody else may have made the account: the providers that they
    linked are unlinked. Raises `Invalid` for the link as `verify_email`, and naming the field for an unusable password,
    which leaves the link usable.
    """
    passwords.check_password(password)
    async with unit_of_work() as work:
        # Looked at before the costly hashing, which strangers could otherwise have done as often as they like.
        await _opened(work, token, LinkPurpose.RESET_PASSWORD)
    hashed = await passwords.hash_password(password)
    async with unit_of_work() as work:
        _, user = await _opened(work, token, LinkPurpose.RESET_PASSWORD)
        if not user.email_verified:
            for provider in await identities.delete_of(work.session, user.id):
                audit.record(
                    work.session,
                    AuditAction.IDENTITY_UNLINKED,
                    subject_id=user.id,
                    caller=caller,
                    provider=provider,
                )
        user.password_hash, user.email_verified = hashed, True
        await end_everything(work, user)
        _record(work, AuditAction.PASSWORD_RESET, user, caller)


async def send_link(run: JobRun) -> None:
    """The job of kind `mail_link`: make a secret, keep its hash, send the letter. Raises `Unavailable` if that fails.

    Doing it twice sends two letters, of which only the second one's link works.
    """
    purpose = LinkPurpose(run.payload["purpose"])
    token, now = secrets.new_token(), utcnow()
    async with unit_of_work() as work:
        user = await _addressee(work, run)
        if user is None:
            log.info("no account for a link", purpose=purpose)
            return
        # A new password goes to the address that the account has: what was typed may only look like it.
        email = user.email if purpose is LinkPurpose.RESET_PASSWORD else str(run.payload["email"])
        link = MailedLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=secrets.token_hash(token) or b"",
            email=email,
            expires_at=now + _LIFETIME[purpose],
        )
        await links.replace(work.session, link)
        if purpose is LinkPurpose.RESET_PASSWORD and run.attempt == 1:
            caller = Caller(str(run.payload.get("address", "")), str(run.payload.get("user_agent", "")))
            audit.record(work.session, AuditAction.PASSWORD_RESET_ASKED, subject_id=user.id, caller=caller)
    await get_mailer().send(letter_for(purpose, email, user.username, token, _LIFETIME[purpose]))


async def remove_expired_links() -> int:
    """Remove links that hold no longer, for the periodic sweep; returns how many."""
    async with unit_of_work() as work:
        return await links.delete_expired(work.session, now=utcnow())


async def _addressee(work: UnitOfWork, run: JobRun) -> User | None:
    """Whose link it is: the person named, unless their password changed since, or whoever has the address.

    Never somebody shut out.
    """
    if run.subject_id is not None:
        user = await people.lock_user(work.session, run.subject_id)
        if user is not None and user.token_epoch != run.payload.get("token_epoch"):
            return None
    else:
        user = await people.user_by_email(work.session, str(run.payload["email"]))
    return user if user is not None and user.is_active else None


async def _prove(user: User, password: str, caller: Caller) -> None:
    if not password:
        raise Invalid(errors=[FieldError("password", f"Enter the password of the account {user.username}.")])
    try:
        await authenticate(user.username, password, caller)
    except NotSignedIn as error:
        wrong = FieldError("password", f"This is not the password of the account {user.username}.")
        raise Invalid(errors=[wrong]) from error


async def _opened(work: UnitOfWork, token: str, purpose: LinkPurpose) -> tuple[MailedLink, User]:
    """The link and its person, whose row is locked: of two who follow the link at once, the second finds it used.

    The person is locked before anything of theirs, as everywhere, so that nobody waits in a circle.
    """
    hashed = secrets.token_hash(token)
    link = await links.find(work.session, hashed, purpose=purpose, now=utcnow()) if hashed else None
    user = await people.lock_user(work.session, link.user_id) if link else None
    if hashed is None or user is None or not user.is_active:
        raise Invalid(_DEAD_LINK)
    link = await links.find(work.session, hashed, purpose=purpose, now=utcnow())
    if link is None or (purpose is LinkPurpose.RESET_PASSWORD and user.email.lower() != link.email.lower()):
        raise Invalid(_DEAD_LINK)
    return link, user


async def _enqueue(
    work: UnitOfWork, purpose: LinkPurpose, email: str, caller: Caller, *, user: User | None = None
) -> None:
    payload = {
        "purpose": purpose,
        "email": email,
        "token_epoch": user.token_epoch if user else None,
        "address": audit.plain(caller.address, 64),
        "user_agent": audit.plain(caller.user_agent, 300),
    }
    await jobs.enqueue(work, kind=JOB_KIND, subject_id=user.id if user else None, payload=payload, priority=1)


def _record(work: UnitOfWork, action: AuditAction, user: User, caller: Caller) -> None:
    audit.record(work.session, action, subject_id=user.id, actor_id=user.id, caller=caller)
