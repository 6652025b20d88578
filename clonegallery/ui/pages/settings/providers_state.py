"""The providers' accounts that open one's own."""

from dataclasses import dataclass

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Provider, Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import NotFound
from clonegallery.ui import routes
from clonegallery.ui.components.dialogs import Question
from clonegallery.ui.components.entry import PROVIDER_NAMES as NAMES
from clonegallery.ui.components.notices import tell
from clonegallery.ui.posted import PROVIDER_ERRORS, said, word
from clonegallery.ui.refusals import REFUSALS, reason, refuse
from clonegallery.ui.session import caller_of, viewer_of
from clonegallery.ui.when import ago

_UNSAID = "This account was not linked. Please try again."


@dataclass(frozen=True)
class ProviderView:
    """A provider that is set up here or linked, and one's account there."""

    name: str = ""
    label: str = ""
    account: str = ""
    linked: bool = False
    usable: bool = False
    link_action: str = ""


class ProvidersState(rx.State):
    """What can be linked and what is, and the one that is about to be unlinked."""

    providers: list[ProviderView] = []  # noqa: RUF012 -- Reflex copies it per state.
    problem: str = ""
    linked_now: str = ""
    refused: str = ""
    asked: Question = Question()
    _unlinking: str = ""

    @rx.event
    async def load(self) -> None:
        failed = word(self, "error").startswith(PROVIDER_ERRORS)
        self.asked = Question()
        linked = _label(word(self, "linked"))
        self.linked_now = f"{linked} is linked." if linked else ""
        self.refused = (said(self, routes.SETTINGS).message or _UNSAID) if failed else ""
        await self._read()

    @rx.event
    def ask_unlink(self, provider: str) -> None:
        """Ask before a provider's account stops opening one's own."""
        label = _label(provider)
        if label:
            self._unlinking = provider
            text = f"You can no longer sign in with {label}. You can link it again at any time."
            self.asked = Question(f"Unlink {label}?", text, "Unlink")

    @rx.event
    def forget_question(self) -> None:
        self.asked, self._unlinking = Question(), ""

    @rx.event
    async def unlink(self) -> None:
        """Unlink the provider that was asked about; refused where it is the last way in."""
        try:
            provider = _provider(self._unlinking)
            await service.unlink(await viewer_of(self), provider, caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            self.linked_now = ""
            await tell(self, f"{NAMES[provider]} is unlinked.")
        await self._read()

    async def _read(self) -> None:
        try:
            self.providers, self.problem = await _views(await viewer_of(self)), ""
        except REFUSALS as error:
            self.providers, self.problem = [], (await reason(self, error)).detail


async def _views(viewer: Viewer) -> list[ProviderView]:
    """Those that are set up, and those that are linked though they are no longer set up: they can be unlinked."""
    linked = {identity.provider: identity for identity in await service.list_identities(viewer)}
    usable = service.configured_providers()
    views = []
    for provider in (one for one in Provider if one in usable or one in linked):
        identity = linked.get(provider)
        used = ago(identity.last_used_at, utcnow()) if identity else ""
        views.append(
            ProviderView(
                name=provider.value,
                label=NAMES[provider],
                account=" · ".join(part for part in (identity.email, used and f"used {used}") if part)
                if identity
                else "",
                linked=identity is not None,
                usable=provider in usable,
                link_action=routes.link_action(provider),
            )
        )
    return views


def _provider(text: object) -> Provider:
    """Raises `NotFound` for one that there is not."""
    try:
        return Provider(str(text))
    except ValueError as error:
        raise NotFound("There is no such provider.") from error


def _label(text: object) -> str:
    return next((label for provider, label in NAMES.items() if provider == text), "")
