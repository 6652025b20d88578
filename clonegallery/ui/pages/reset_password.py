"""Choosing a new password by the link of a letter."""

from typing import Any

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.entry import entry_field, entry_page, heading
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.settled import settled
from clonegallery.ui.components.states import blank
from clonegallery.ui.posted import Told, link_token, nothing_told, told

TITLE = "Choose a new password · CloneGallery"

_FIELDS = ("password",)


class ResetState(rx.State):
    """The link's secret, whether it is good for anything, and why the last try was refused."""

    token: str = ""
    dead: bool = False
    told: Told = nothing_told(_FIELDS)

    @rx.event
    def load(self) -> Any:
        """Read the address, and take the secret out of it: the browser's history and its sync must not keep that."""
        self.token, clean = link_token(self, self.token)
        if clean:
            return rx.redirect(clean, replace=True)
        self.told = told(self, routes.RESET_PASSWORD, _FIELDS)
        self.dead = not self.token or self.told.is_about_link
        return None

    @rx.event
    def leave(self) -> None:
        """Forget the link with the page."""
        self.token = ""


TOLD = ResetState.told


def page() -> rx.Component:
    return entry_page(
        settled(rx.cond(ResetState.dead, _dead(), _form())), path=routes.RESET_PASSWORD, on_unmount=ResetState.leave
    )


def _form() -> rx.Component:
    return rx.fragment(
        heading(
            "Choose a new password",
            "Everything that is signed in to your account will be signed out.",
            refused=TOLD.message,
        ),
        posted_form(
            hidden("token", ResetState.token),
            entry_field(
                "password",
                "New password",
                TOLD.errors["password"],
                "",
                is_wrong=TOLD.first_wrong == "password",
                kind="password",
                hint="8 to 256 characters, whichever you like. Longer is better.",
                auto_complete="new-password",
                max_length=256,
            ),
            rx.el.button("Change password", type="submit", class_name=styles.PRIMARY),
            action=routes.RESET_ACTION,
            class_name="cg-form",
        ),
    )


def _dead() -> rx.Component:
    return blank(
        "lock",
        "This link does not work any more",
        "A link to a new password works for an hour, once, and only the last one that was asked for.",
        page_link("Ask for a new link", to=routes.FORGOT_PASSWORD, class_name=styles.PRIMARY),
        page_link("Back to signing in", to=routes.LOGIN, class_name=styles.QUIET),
    )
