"""One's API keys. A new key's secret goes to the browser in an event and is in no state, here or in Redis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.permissions import scopes_within
from clonegallery.accounts.schemas import ApiKeyRead, Scope, Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import FieldError, GalleryError, Invalid
from clonegallery.ui.components.dialogs import Question
from clonegallery.ui.components.notices import tell
from clonegallery.ui.photograph import day
from clonegallery.ui.refusals import REFUSALS, id_in, reason, refuse, text_in
from clonegallery.ui.session import caller_of, viewer_of
from clonegallery.ui.when import ago, exactly

FRESH_KEY = "fresh-key"
"""The id of the field that shows a new key; it is empty at any other time."""

NEVER = "never"
LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), (NEVER, "Never"))
SCOPES = (
    (Scope.READ, "Read", "See what you see"),
    (Scope.WRITE, "Write", "Upload, edit, like and report"),
    (Scope.GENERATE, "Generate", "Start generations"),
    (Scope.MODERATE, "Moderate", "Decide about reports"),
    (Scope.ADMIN, "Admin", "Manage people"),
)
_FIELDS = ("name", "scopes", "expires_at")


@dataclass(frozen=True)
class KeyView:
    """One key as its row shows it, without its secret, which nobody has any more."""

    id: str = ""
    name: str = ""
    prefix: str = ""
    scopes: str = ""
    used: str = ""
    used_exactly: str = ""
    ends: str = ""
    ended: bool = False


class KeysState(rx.State):
    """The keys there are, what was wrong with the last form, and the key that is about to be revoked."""

    keys: list[KeyView] = []  # noqa: RUF012 -- Reflex copies it per state.
    allowed: list[str] = []  # noqa: RUF012 -- as above.
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")
    problem: str = ""
    asked: Question = Question()
    made: int = 0
    _revoking: str = ""

    @rx.event
    async def load(self) -> None:
        self.asked = Question()
        self._mark()
        await self._read()

    @rx.event
    async def create(self, form: dict[str, Any]) -> Any:
        """Make a key, and hand it to the field that shows it this once."""
        self._mark()
        try:
            viewer = await viewer_of(self)
            made = await service.create_api_key(
                viewer,
                name=text_in(form, "name"),
                scopes=_scopes_in(form),
                expires_at=_end_in(form, utcnow()),
                caller=caller_of(self),
            )
        except REFUSALS as error:
            await self._refuse(error)
            return None
        self.made += 1
        await self._read()
        await tell(self, "The key is made. Copy it now.")
        return [rx.set_value(FRESH_KEY, made.secret), rx.set_focus(FRESH_KEY)]

    @rx.event
    async def ask_revoke(self, key_id: str) -> None:
        """Ask before a key of one's own ends."""
        try:
            key = await service.api_key(await viewer_of(self), id_in(key_id))
        except REFUSALS as error:
            await refuse(self, error)
            await self._read()
            return
        self._revoking = str(key.id)
        text = f"“{key.name}” ({key.prefix}…) stops working at once, in every program that uses it."
        self.asked = Question("Revoke this key?", text, "Revoke")

    @rx.event
    def forget_question(self) -> None:
        self.asked, self._revoking = Question(), ""

    @rx.event
    async def revoke(self) -> None:
        """End the key that was asked about."""
        try:
            await service.revoke_api_key(await viewer_of(self), id_in(self._revoking), caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            await tell(self, "Revoked.")
        await self._read()

    async def _read(self) -> None:
        try:
            viewer = await viewer_of(self)
            self.keys = views_of(await service.list_api_keys(viewer), utcnow())
            self.allowed, self.problem = _allowed(viewer), ""
        except REFUSALS as error:
            self.keys, self.allowed = [], []
            self.problem = (await reason(self, error)).detail

    async def _refuse(self, error: Exception) -> None:
        """Say it beneath the fields that it is about, or else in a notice."""
        if isinstance(error, GalleryError):
            self._mark(error)
        if not any(self.errors.values()):
            await refuse(self, error)

    def _mark(self, error: GalleryError | None = None) -> None:
        said = {refused.field: refused.message for refused in error.errors} if error else {}
        self.errors = {name: said.get(name, "") for name in _FIELDS}


def views_of(keys: Sequence[ApiKeyRead], now: datetime) -> list[KeyView]:
    return [_view(key, now) for key in keys]


def _view(key: ApiKeyRead, now: datetime) -> KeyView:
    ended = key.expires_at is not None and key.expires_at <= now
    return KeyView(
        id=str(key.id),
        name=key.name,
        prefix=key.prefix,
        scopes=", ".join(label for scope, label, _ in SCOPES if scope in key.scopes),
        used=f"used {ago(key.last_used_at, now)}" if key.last_used_at else "never used",
        used_exactly=exactly(key.last_used_at),
        ends=f"{'ended' if ended else 'ends'} {day(key.expires_at)}" if key.expires_at else "does not end",
        ended=ended,
    )


def _allowed(viewer: Viewer) -> list[str]:
    return [scope.value for scope in Scope if viewer.role and scope in scopes_within(viewer.role)]


def _scopes_in(form: dict[str, Any]) -> list[Scope]:
    """The scopes whose boxes are ticked; a box that is not ticked is not in the form."""
    return [scope for scope in Scope if text_in(form, f"scope_{scope}")]


def _end_in(form: dict[str, Any], now: datetime) -> datetime | None:
    """When the key shall end. Raises `Invalid` for a lifetime that there is not."""
    wanted = text_in(form, "lifetime")
    if wanted not in dict(LIFETIMES):
        raise Invalid(errors=[FieldError("expires_at", "Choose one of these.")])
    return None if wanted == NEVER else now + timedelta(days=int(wanted))
