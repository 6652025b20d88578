"""Making an account of one's own, where the operator lets everybody do that."""

from typing import Any

import reflex as rx

from clonegallery.addresses import safe_next
from clonegallery.settings import get_settings
from clonegallery.ui import routes, styles
from clonegallery.ui.components.entry import (
    ProviderLink,
    entry_field,
    entry_page,
    heading,
    provider_links,
    with_providers,
)
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.settled import settled
from clonegallery.ui.components.states import blank
from clonegallery.ui.posted import Told, nothing_told, told, word
from clonegallery.ui.session import viewer_of

TITLE = "Create an account · CloneGallery"

_FIELDS = ("email", "username", "password")


class RegisterState(rx.State):
    """Whether registration is open, where to go afterwards, and why the last try was refused."""

    is_open: bool = False
    next_path: str = routes.GALLERY
    sign_in_path: str = routes.LOGIN
    told: Told = nothing_told(_FIELDS)
    providers: list[ProviderLink] = []  # noqa: RUF012 -- Reflex copies it per state.

    @rx.event
    async def load(self) -> Any:
        """Read the address; whoever is signed in already has an account and goes on."""
        self.next_path = safe_next(word(self, "next"))
        if (await viewer_of(self)).is_signed_in:
            return rx.redirect(self.next_path, replace=True)
        self.is_open = get_settings().registration_open
        self.sign_in_path = routes.sign_in(self.next_path)
        self.providers = provider_links(self.next_path)
        self.told = told(self, routes.REGISTER, _FIELDS)
        return None


TOLD = RegisterState.told


def page() -> rx.Component:
    return entry_page(settled(rx.cond(RegisterState.is_open, _form(), _closed())), path=routes.REGISTER)


def _form() -> rx.Component:
    return rx.fragment(
        heading("Create an account", "To like pictures, and to keep the ones you like.", refused=TOLD.message),
        posted_form(
            hidden("next", RegisterState.next_path),
            _field("email", "E-mail", kind="email", auto_complete="email", hint="Nobody else sees it.", max_length=254),
            _field(
                "username",
                "Username",
                hint="3 to 50 letters, digits, dots, dashes or underscores.",
                auto_complete="username",
                auto_capitalize="none",
                spell_check=False,
                max_length=50,
            ),
            _field(
                "password",
                "Password",
                kind="password",
                hint="8 to 256 characters, whichever you like. Longer is better.",
                auto_complete="new-password",
                max_length=256,
            ),
            rx.el.button("Create account", type="submit", class_name=styles.PRIMARY),
            action=routes.REGISTER_ACTION,
            class_name="cg-form",
        ),
        with_providers(RegisterState.providers),
        rx.el.p("You have one? ", page_link("Sign in", to=RegisterState.sign_in_path), class_name="cg-entry-more"),
    )


def _field(name: str, label: str, **props: Any) -> rx.Component:
    return entry_field(name, label, TOLD.errors[name], TOLD.typed[name], is_wrong=TOLD.first_wrong == name, **props)


def _closed() -> rx.Component:
    return blank(
        "lock",
        "Registration is closed",
        "New accounts are made by the Admins of this gallery. Ask one of them.",
        page_link("Sign in", to=RegisterState.sign_in_path, class_name=styles.PRIMARY),
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.QUIET),
    )
