"""Signing in with a password, from a browser or a program, and signing out.

Guessing is slowed down by account and address together, so that whoever guesses does not shut the owner out, and by
address alone, for those who try one password on many accounts. Many addresses on one account are slowed down too,
except those from which its owner has signed in before, signed out since or not. Whoever is signed in already never
meets any of this.
"""

from datetime import timedelta

from clonegallery import throttle
from clonegallery.accounts import access_tokens, audit, passwords, secrets
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.repository import people, sessions
from clonegallery.accounts.schemas import (
    NOWHERE,
    Caller,
    Credential,
    SessionKind,
    SignedIn,
    SignInMethod,
    TokenPair,
    Viewer,
)
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import NotAllowed, NotSignedIn, TooManyRequests
from clonegallery.log import get_logger
from clonegallery.models.account import LoginSession, User
from clonegallery.models.credential import RefreshToken
from clonegallery.settings import get_settings
from clonegallery.throttle import Bucket

log = get_logger(__name__)

_WRONG = "The username or the password is not right."
_DISABLED = "This account is disabled."


async def sign_in(login: str, password: str, *, caller: Caller = NOWHERE, replaces: str = "") -> SignedIn:
    """A new browser session for the person with this username or e-mail address; the session `replaces` is ended.

    Raises `NotSignedIn` when the pair is wrong, in the same words and time whether or not the account exists,
    `NotAllowed` when it is right but the account is disabled, and `TooManyRequests` after too many wrong ones.
    """
    user, renewed_hash = await authenticate(login, password, caller)
    async with unit_of_work() as work:
        await people.note_login(work.session, user, now=utcnow(), renewed_hash=renewed_hash)
        return await open_browser_session(work, user, SignInMethod.PASSWORD, caller, replaces=replaces)


async def issue_tokens(login: str, password: str, *, caller: Caller = NOWHERE) -> TokenPair:
    """A program's sign-in: the first pair of a new family of tokens. Raises as `sign_in`."""
    user, renewed_hash = await authenticate(login, password, caller)
    row = new_session(user, SignInMethod.PASSWORD, caller, kind=SessionKind.API)
    refresh_token = secrets.new_token()
    async with unit_of_work() as work:
        await people.note_login(work.session, user, now=utcnow(), renewed_hash=renewed_hash)
        await sessions.add(work.session, row)
        await sessions.add(work.session, refresh_row(row, refresh_token))
        _record_sign_in(work, user, row, caller)
    return token_pair(user, row, refresh_token)


async def authenticate(login: str, password: str, caller: Caller) -> tuple[User, str | None]:
    """The person whose password this is, and a fresh hash where the stored one is outdated. Raises as `sign_in`."""
    async with unit_of_work() as work:
        user = await people.user_by_login(work.session, login) if _could_be_login(login) else None
    who = str(user.id) if user else throttle.fingerprint(login)
    network = throttle.network_of(caller.address)
    await _admit(user, who, network, caller)
    right, renewed_hash = await passwords.verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        await _note_failure(user, who, network, caller)
        raise NotSignedIn(_WRONG)
    if not user.is_active:
        await _record_refusal(user, AuditAction.SIGN_IN_FAILED, caller, reason="disabled")
        raise NotAllowed(_DISABLED)
    await throttle.forgive(Bucket.SIGN_IN, who, network)
    await throttle.remember(who, network)
    return user, renewed_hash


async def open_browser_session(
    work: UnitOfWork, user: User, method: SignInMethod, caller: Caller, *, replaces: str = ""
) -> SignedIn:
    """A new session for somebody who has proved who they are, in the caller's transaction."""
    token, row = secrets.new_token(), new_session(user, method, caller, kind=SessionKind.BROWSER)
    row.token_hash = secrets.token_hash(token)
    row.csrf_token = secrets.new_token()
    await _end_replaced(work, replaces, caller)
    await sessions.add(work.session, row)
    _record_sign_in(work, user, row, caller)
    return SignedIn(token, _viewer(user, row))


async def sign_out(viewer: Viewer, *, caller: Caller = NOWHERE) -> None:
    """End the sign-in that `viewer` asks by, with every token of its family; an API key has none to end."""
    if viewer.id is None or viewer.session_id is None:
        return
    async with unit_of_work() as work:
        if await sessions.delete_one(work.session, viewer.session_id, viewer.id):
            audit.record(work.session, AuditAction.SIGNED_OUT, subject_id=viewer.id, actor_id=viewer.id, caller=caller)


async def _end_replaced(work: UnitOfWork, token: str, caller: Caller) -> None:
    hashed = secrets.token_hash(token)
    owner_id = await sessions.delete_by_cookie(work.session, hashed) if hashed else None
    if owner_id is not None:
        action = AuditAction.SIGNED_OUT
        audit.record(work.session, action, subject_id=owner_id, actor_id=owner_id, caller=caller, replaced=True)


def new_session(user: User, method: SignInMethod, caller: Caller, *, kind: SessionKind) -> LoginSession:
    """A sign-in of `user`, not stored yet.

    It carries the epoch that was read before the password was checked: had the password changed meanwhile, the
    session would be born dead.
    """
    now = utcnow()
    return LoginSession(
        kind=kind,
        method=method,
        user_id=user.id,
        token_epoch=user.token_epoch,
        user_agent=audit.plain(caller.user_agent, 300),
        address=audit.plain(caller.address, 64),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(seconds=get_settings().session_absolute_seconds),
    )


def refresh_row(family: LoginSession, token: str) -> RefreshToken:
    """The row of a new refresh token of this family."""
    hashed, nonce = secrets.token_hash(token), secrets.new_nonce()
    if hashed is None:
        raise ValueError("not a token of ours")
    return RefreshToken(session_id=family.id, token_hash=hashed, successor_nonce=nonce)


def token_pair(user: User, family: LoginSession, refresh_token: str) -> TokenPair:
    """What the program is given."""
    access_token = access_tokens.create_access_token(user.id, user.role, family.id)
    return TokenPair(access_token, refresh_token, get_settings().access_token_seconds)


async def _admit(user: User | None, who: str, network: str, caller: Caller) -> None:
    """Raises `TooManyRequests` for whoever has guessed too often, before anything is computed for them."""
    try:
        await throttle.check(Bucket.SIGN_IN_ADDRESS, network)
        await _check_account(who, network)
        await throttle.take(Bucket.SIGN_IN, who, network)
    except TooManyRequests:
        log.warning("sign-in throttled", address=caller.address, user_id=str(user.id) if user else None)
        # One line a minute: a flood must not fill the log that nobody can empty.
        if await throttle.is_news("sign_in_throttled", who, network):
            await _record_refusal(user, AuditAction.SIGN_IN_THROTTLED, caller)
        raise


async def _check_account(who: str, network: str) -> None:
    try:
        await throttle.check(Bucket.SIGN_IN_ACCOUNT, who)
    except TooManyRequests:
        if not await throttle.is_known(who, network):
            raise


async def _note_failure(user: User | None, who: str, network: str, caller: Caller) -> None:
    await _record_refusal(user, AuditAction.SIGN_IN_FAILED, caller, reason="credentials")
    await throttle.count(Bucket.SIGN_IN_ADDRESS, network)
    await throttle.count(Bucket.SIGN_IN_ACCOUNT, who)


async def _record_refusal(user: User | None, action: AuditAction, caller: Caller, reason: str | None = None) -> None:
    """What was typed as a username is not written: people type their password there."""
    async with unit_of_work() as work:
        audit.record(work.session, action, subject_id=user.id if user else None, caller=caller, reason=reason)


def _record_sign_in(work: UnitOfWork, user: User, row: LoginSession, caller: Caller) -> None:
    audit.record(
        work.session,
        AuditAction.SIGNED_IN,
        subject_id=user.id,
        actor_id=user.id,
        caller=caller,
        session_id=str(row.id),
        kind=row.kind,
        method=row.method,
    )
    log.info("signed in", user_id=str(user.id), session_id=str(row.id), kind=row.kind, method=row.method)


def _viewer(user: User, row: LoginSession) -> Viewer:
    return Viewer(
        id=user.id,
        username=user.username,
        email=user.email,
        role=user.role,
        session_id=row.id,
        csrf_token=row.csrf_token,
        credential=Credential.COOKIE,
        email_verified=user.email_verified,
        default_visibility=user.default_visibility,
    )


def _could_be_login(login: str) -> bool:
    return 0 < len(login) <= 255 and login.isprintable()
