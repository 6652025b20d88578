"""Accounts that a provider vouches for: signing in with one, linking it to one's own account, and unlinking it.

Provider and subject are the key; the address only helps the first time, and only one that both sides have verified.
"""

import re
from collections.abc import Sequence

from clonegallery.accounts import audit
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.names import check_email, is_username
from clonegallery.accounts.provider_refusals import note_provider_refusal
from clonegallery.accounts.repository import identities, people
from clonegallery.accounts.schemas import (
    NOWHERE,
    Caller,
    IdentityRead,
    ProvenIdentity,
    Provider,
    Role,
    SignedIn,
    SignInMethod,
    Viewer,
)
from clonegallery.accounts.sign_in import open_browser_session
from clonegallery.accounts.viewers import lock_person
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, unit_of_work
from clonegallery.errors import (
    Conflict,
    GalleryError,
    NotAllowed,
    NotFound,
    RegistrationClosed,
    UnverifiedAccount,
)
from clonegallery.log import get_logger
from clonegallery.models.account import User
from clonegallery.models.credential import OAuthIdentity
from clonegallery.settings import get_settings

log = get_logger(__name__)

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_BASE = 40


def configured_providers() -> list[Provider]:
    """The providers that this gallery's operator has set up."""
    settings = get_settings()
    return [provider for provider in Provider if getattr(settings, f"{provider}_client_id")]


async def sign_in_with(identity: ProvenIdentity, *, caller: Caller = NOWHERE, replaces: str = "") -> SignedIn:
    """A new browser session for whoever this identity is: known, linked now by its verified address, or new.

    Raises `UnverifiedAccount` where an account has the address but never verified it, `RegistrationClosed` for
    somebody new where nobody may register, `NotAllowed` for a disabled account, `Invalid` for an odd address, and
    `Conflict` where the account has another one of this provider.
    """
    try:
        try:
            return await _sign_in_with(identity, caller, replaces)
        except Conflict:
            # Two tabs that came back at once: the other one has made, or linked, what this one was about to.
            return await _sign_in_with(identity, caller, replaces)
    except (NotAllowed, Conflict) as refused:
        await _note_refusal(identity, refused, caller)
        raise


async def _sign_in_with(identity: ProvenIdentity, caller: Caller, replaces: str) -> SignedIn:
    async with unit_of_work() as work:
        user = await _person_of(work, identity, caller)
        if not user.is_active:
            raise NotAllowed("This account is disabled.")
        now = utcnow()
        await identities.note_use(work.session, identity.provider, identity.subject, email=identity.email, now=now)
        await people.note_login(work.session, user, now=now, renewed_hash=None)
        return await open_browser_session(work, user, SignInMethod(identity.provider), caller, replaces=replaces)


async def link(viewer: Viewer, identity: ProvenIdentity, *, caller: Caller = NOWHERE) -> None:
    """Let this identity open the viewer's account from now on.

    Raises `NotSignedIn` where their sign-in has ended, `Conflict` where the identity opens another account, or the
    viewer has linked another one of this provider.
    """
    try:
        async with unit_of_work() as work:
            # Locked first, so that of two at once the second sees what the first one linked.
            user = await lock_person(work, viewer)
            if await identities.owner_of(work.session, identity.provider, identity.subject) != user.id:
                await _add(work, user, identity, caller)
    except Conflict as refused:
        await note_provider_refusal(identity.provider, refused.code, caller, linking=str(viewer.id))
        raise


async def unlink(viewer: Viewer, provider: Provider, *, caller: Caller = NOWHERE) -> None:
    """Let the provider's account open the viewer's no longer.

    Raises `NotFound` where none is linked and `Conflict` for the last way in, of an account without a password.
    """
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        user = await people.lock_user(work.session, user_id)
        linked = await identities.all_of(work.session, user_id)
        if user is None or provider not in [row.provider for row in linked]:
            raise NotFound("No account of this provider is linked.")
        others = {row.provider for row in linked} - {provider}
        if user.password_hash is None and others.isdisjoint(configured_providers()):
            raise Conflict(
                "This is your only way to sign in. Set a password first: ask for a link at the sign-in page."
            )
        await identities.delete_of(work.session, user_id, provider=provider)
        _record(work, AuditAction.IDENTITY_UNLINKED, user, provider, caller)


async def list_identities(viewer: Viewer) -> Sequence[IdentityRead]:
    """The providers' accounts that open the viewer's own."""
    user_id = viewer.require_person()
    async with unit_of_work() as work:
        rows = await identities.all_of(work.session, user_id)
    return [IdentityRead(row.provider, row.email, row.created_at, row.last_used_at) for row in rows]


async def _person_of(work: UnitOfWork, identity: ProvenIdentity, caller: Caller) -> User:
    owner = await identities.owner_of(work.session, identity.provider, identity.subject)
    if owner is not None and (known := await people.lock_user(work.session, owner)):
        return known
    check_email(identity.email)
    user = await people.user_by_email(work.session, identity.email)
    if user is None:
        user = await _new_user(work, identity, caller)
    elif not user.email_verified:
        # Whoever made that account may not be who reads the address: linking would let both in.
        raise UnverifiedAccount
    await _add(work, user, identity, caller)
    return user


async def _new_user(work: UnitOfWork, identity: ProvenIdentity, caller: Caller) -> User:
    settings = get_settings()
    if not settings.registration_open:
        raise RegistrationClosed
    user = User(
        email=identity.email,
        username=await _free_username(work, identity),
        role=Role(settings.oauth_default_role),
        email_verified=True,
    )
    await people.save_user(work.session, user)
    audit.record(
        work.session,
        AuditAction.ACCOUNT_CREATED,
        subject_id=user.id,
        actor_id=user.id,
        caller=caller,
        role=user.role,
        provider=identity.provider,
    )
    return user


async def _free_username(work: UnitOfWork, identity: ProvenIdentity) -> str:
    """The provider's name for the person, else the beginning of the address, with a number where it is taken."""
    wanted = [_as_username(text) for text in (identity.name, identity.email.split("@", 1)[0], "visitor")]
    base = next(name for name in wanted if is_username(name))
    taken = await people.usernames_like(work.session, base)
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return base if base.lower() not in taken else next(name for name in numbered if name.lower() not in taken)


def _as_username(text: str) -> str:
    return _NOT_IN_NAMES.sub("-", text).strip("-._")[:_MAX_BASE].strip("-._")


async def _add(work: UnitOfWork, user: User, identity: ProvenIdentity, caller: Caller) -> None:
    row = OAuthIdentity(user_id=user.id, provider=identity.provider, subject=identity.subject, email=identity.email)
    await identities.add(work.session, row)
    _record(work, AuditAction.IDENTITY_LINKED, user, identity.provider, caller)


async def _note_refusal(identity: ProvenIdentity, refused: GalleryError, caller: Caller) -> None:
    async with unit_of_work() as work:
        subject_id = await identities.owner_of(work.session, identity.provider, identity.subject)
        if subject_id is None and (user := await people.user_by_email(work.session, identity.email)):
            subject_id = user.id
    reason = "disabled" if type(refused) is NotAllowed else refused.code
    await note_provider_refusal(identity.provider, reason, caller, subject_id=subject_id)


def _record(work: UnitOfWork, action: AuditAction, user: User, provider: Provider, caller: Caller) -> None:
    audit.record(work.session, action, subject_id=user.id, actor_id=user.id, caller=caller, provider=provider)
