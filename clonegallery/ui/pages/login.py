"""Signing in: a real form, posted to the API by the browser, so that it works before and without JavaScript."""

from dataclasses import replace
from typing import Any

import reflex as rx

from clonegallery.addresses import safe_next
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
from clonegallery.ui.posted import Told, nothing_told, told, word
from clonegallery.ui.session import SessionState, viewer_of

TITLE = "Sign in · CloneGallery"

_FIELDS = ("username", "password")
_DONE = {"password": "Your password is changed. Sign in with the new one."}


class LoginState(rx.State):
    """Where to go afterwards, what brought one here, and why the last try was refused."""

    next_path: str = routes.GALLERY
    register_path: str = routes.REGISTER
    told: Told = nothing_told(_FIELDS)
    done: str = ""
    providers: list[ProviderLink] = []  # noqa: RUF012 -- Reflex copies it per state.

    @rx.event
    async def load(self) -> Any:
        """Read the address; whoever is signed in already goes on to where it leads."""
        self.next_path = safe_next(word(self, "next"))
        if (await viewer_of(self)).is_signed_in:
            return rx.redirect(self.next_path, replace=True)
        self.register_path = routes.register(self.next_path)
        self.providers = provider_links(self.next_path)
        self.done = _DONE.get(word(self, "done"), "")
        self.told = _read(self)
        return None


def _read(state: rx.State) -> Told:
    """What was wrong; after a name that was kept one goes on with the password."""
    found = told(state, routes.LOGIN, _FIELDS)
    if found.message and not found.first_wrong:
        return replace(found, first_wrong="password" if found.typed["username"] else "username")
    return found


TOLD = LoginState.told


def page() -> rx.Component:
    return entry_page(
        rx.cond(LoginState.done != "", rx.el.p(LoginState.done, class_name="cg-good-news", role="status")),
        heading("Sign in", "To upload, and to see what is not public.", refused=TOLD.message),
        _form(),
        rx.el.p(page_link("Forgot your password?", to=routes.FORGOT_PASSWORD), class_name="cg-entry-more"),
        with_providers(LoginState.providers),
        rx.cond(SessionState.can_register, _register()),
        path=routes.LOGIN,
    )


def _form() -> rx.Component:
    return posted_form(
        hidden("next", LoginState.next_path),
        _field(
            "username",
            "Username or e-mail",
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
        ),
        _field("password", "Password", kind="password", auto_complete="current-password"),
        rx.el.button("Sign in", type="submit", class_name=styles.PRIMARY),
        action=routes.SIGN_IN_ACTION,
        class_name="cg-form",
    )


def _field(name: str, label: str, **props: Any) -> rx.Component:
    return entry_field(name, label, TOLD.errors[name], TOLD.typed[name], is_wrong=TOLD.first_wrong == name, **props)


def _register() -> rx.Component:
    return rx.el.p(
        "New here? ", page_link("Create an account", to=LoginState.register_path), class_name="cg-entry-more"
    )
