"""One's own account: what it says, and what one may change about it oneself."""

from dataclasses import replace

from clonegallery import throttle
from clonegallery.accounts import audit, passwords
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.links import enqueue_verification
from clonegallery.accounts.names import check_email, check_username, is_username
from clonegallery.accounts.permissions import PERMISSIONS
from clonegallery.accounts.repository import people
from clonegallery.accounts.schemas import (
    NOWHERE,
    Caller,
    Credential,
    Profile,
    PublicProfile,
    SignedIn,
    SignInMethod,
    Viewer,
    Visibility,
)
from clonegallery.accounts.shutting_out import end_everything
from clonegallery.accounts.sign_in import authenticate, open_browser_session
from clonegallery.accounts.viewers import lock_person
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, NotSignedIn
from clonegallery.throttle import Bucket

_WRONG_PASSWORD = "This is not your current password."  # noqa: S105 A sentence, not a secret.


async def profile(viewer: Viewer) -> Profile:
    """One's own account. Raises `NotSignedIn` for somebody not signed in."""
    if viewer.id is None or viewer.role is None:
        raise NotSignedIn
    async with reading() as connection:
        owned = await people.belongings(connection, viewer.id)
    return Profile(
        id=viewer.id,
        email=viewer.email,
        email_verified=viewer.email_verified,
        username=viewer.username,
        role=viewer.role,
        csrf_token=viewer.csrf_token,
        permissions=tuple(sorted(right for right in PERMISSIONS[viewer.role] if viewer.may(right))),
        default_visibility=viewer.default_visibility,
        quota_bytes=owned.quota_bytes,
        used_bytes=owned.used_bytes,
        images=owned.images,
    )


async def public_profile(username: str) -> PublicProfile:
    """What anybody may know of the person with this username. Raises `NotFound`, also for a disabled account."""
    async with unit_of_work() as work:
        user = await people.user_by_login(work.session, username) if is_username(username) else None
    if user is None or not user.is_active:
        raise NotFound("There is nobody of this name.")
    return PublicProfile(user.id, user.username, user.created_at)


async def update_account(
    viewer: Viewer,
    *,
    username: str | None = None,
    default_visibility: Visibility | None = None,
    caller: Caller = NOWHERE,
) -> Viewer:
    """Change what is not None; returns the viewer as changed.

    Raises `Invalid` or, where the username is taken, `Conflict`, naming the field.
    """
    user_id = viewer.require_person()
    if username is not None:
        check_username(username)
    async with unit_of_work() as work:
        user = await lock_person(work, viewer)
        if username is not None and username != user.username:
            audit.record(
                work.session,
                AuditAction.USERNAME_CHANGED,
                subject_id=user_id,
                actor_id=user_id,
                caller=caller,
                before=user.username,
                after=username,
            )
            user.username = username
        user.default_visibility = default_visibility or user.default_visibility
        await people.save_user(work.session, user)
        return replace(viewer, username=user.username, default_visibility=user.default_visibility)


async def ask_new_email(viewer: Viewer, email: str, current_password: str, *, caller: Caller = NOWHERE) -> None:
    """Send a link to `email` that makes it the viewer's address; until it is followed, the old one stays.

    Raises `Invalid` naming `email` or `current_password`, `Conflict` where the address is taken, `TooManyRequests`.
    """
    user_id = viewer.require_person()
    check_email(email)
    await _confirm_password(viewer, current_password, caller)
    await throttle.take(Bucket.MAIL, str(user_id))
    async with unit_of_work() as work:
        other = await people.user_by_email(work.session, email)
        if other is not None and other.id != user_id:
            taken = FieldError("email", "Another account has this e-mail address.")
            raise Conflict(taken.message, errors=[taken])
        await enqueue_verification(work, await lock_person(work, viewer), email, caller)


async def change_password(
    viewer: Viewer, current_password: str, new_password: str, *, caller: Caller = NOWHERE
) -> SignedIn | None:
    """Set a new password, which ends every session, token and key; a browser gets a new session, a program none.

    Raises `Invalid` naming `current_password` or `new_password`, and `TooManyRequests` after too many wrong ones.
    """
    user_id = viewer.require_person()
    passwords.check_password(new_password, field="new_password")
    await _confirm_password(viewer, current_password, caller)
    hashed = await passwords.hash_password(new_password)
    async with unit_of_work() as work:
        user = await lock_person(work, viewer)
        user.password_hash = hashed
        await end_everything(work, user)
        audit.record(work.session, AuditAction.PASSWORD_CHANGED, subject_id=user_id, actor_id=user_id, caller=caller)
        if viewer.credential is not Credential.COOKIE:
            return None
        return await open_browser_session(work, user, SignInMethod.PASSWORD, caller)


async def _confirm_password(viewer: Viewer, password: str, caller: Caller) -> None:
    """Ask again before what an open, unattended page must not be enough for."""
    try:
        await authenticate(viewer.username, password, caller)
    except (NotSignedIn, NotAllowed) as error:
        raise Invalid(_WRONG_PASSWORD, errors=[FieldError("current_password", _WRONG_PASSWORD)]) from error
