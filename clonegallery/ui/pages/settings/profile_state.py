"""One's own name, address, and who sees what one uploads."""

from typing import Any

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Profile, Visibility
from clonegallery.errors import FieldError, GalleryError, Invalid
from clonegallery.ui.components.notices import tell
from clonegallery.ui.letters import new_address_sent, verification_sent
from clonegallery.ui.photograph import count, file_size
from clonegallery.ui.refusals import REFUSALS, reason, refuse, text_in
from clonegallery.ui.session import caller_of, look_again, viewer_of

_FIELDS = ("username", "default_visibility", "email", "current_password")


class ProfileState(rx.State):
    """What the profile shows, and what was wrong with the last form."""

    username: str = ""
    email: str = ""
    email_verified: bool = False
    role: str = ""
    default_visibility: str = Visibility.PRIVATE
    usage: str = ""
    problem: str = ""
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")
    changing_email: bool = False

    @rx.event
    async def load(self) -> None:
        self._mark()
        self.changing_email = False
        try:
            self._show(await service.profile(await viewer_of(self)))
            self.problem = ""
        except REFUSALS as error:
            self._forget()
            self.problem = (await reason(self, error)).detail

    @rx.event
    async def save(self, form: dict[str, Any]) -> None:
        """Take another username, and another answer to who sees what one uploads."""
        self._mark()
        try:
            username = text_in(form, "username").strip()
            changed = await service.update_account(
                await viewer_of(self),
                username=username if username != self.username else None,
                default_visibility=_visibility(text_in(form, "default_visibility")),
                caller=caller_of(self),
            )
            self._show(await service.profile(changed))
        except REFUSALS as error:
            await self._refuse(error)
            return
        await look_again(self)
        await tell(self, "Saved.")

    @rx.event
    async def send_letter(self) -> None:
        """Send the letter with the link that verifies the address once more."""
        try:
            viewer = await viewer_of(self)
            await service.ask_verification(viewer, caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
            return
        await tell(self, verification_sent(viewer.email))

    @rx.event
    def start_changing_email(self) -> None:
        self.changing_email = True

    @rx.event
    def keep_email(self) -> None:
        self._mark()
        self.changing_email = False

    @rx.event
    async def change_email(self, form: dict[str, Any]) -> None:
        """Send a link to another address; it becomes one's own when the link is followed."""
        self._mark()
        wanted = text_in(form, "email").strip()
        try:
            viewer = await viewer_of(self)
            await service.ask_new_email(viewer, wanted, text_in(form, "current_password"), caller=caller_of(self))
        except REFUSALS as error:
            await self._refuse(error)
            return
        self.changing_email = False
        await tell(self, new_address_sent(wanted))

    def _show(self, profile: Profile) -> None:
        self.username, self.email, self.role = profile.username, profile.email, profile.role
        self.email_verified = profile.email_verified
        self.default_visibility = profile.default_visibility
        allowed = "" if profile.quota_bytes is None else f" of {file_size(profile.quota_bytes)}"
        self.usage = f"{count(profile.images, 'picture', 'pictures')}, {file_size(profile.used_bytes)}{allowed}"

    def _forget(self) -> None:
        self.username = self.email = self.role = self.usage = ""
        self.email_verified = False

    async def _refuse(self, error: Exception) -> None:
        """Say it beneath the fields that it is about, or else in a notice."""
        known = error if isinstance(error, GalleryError) else None
        self._mark(known)
        if known is None or not any(self.errors.values()):
            await refuse(self, error)

    def _mark(self, error: GalleryError | None = None) -> None:
        said = {refused.field: refused.message for refused in error.errors} if error else {}
        self.errors = {name: said.get(name, "") for name in _FIELDS}


def _visibility(text: str) -> Visibility:
    """Raises `Invalid` for one that there is not."""
    try:
        return Visibility(text)
    except ValueError as error:
        raise Invalid(errors=[FieldError("default_visibility", "Choose one of the three.")]) from error
