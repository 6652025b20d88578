"""The section about the password: a posted form, because a new password means a new session and so a new cookie."""

import reflex as rx

from clonegallery.flash import Flash
from clonegallery.ui import routes, styles
from clonegallery.ui.components.forms import hidden, posted_form, text_field
from clonegallery.ui.components.links import page_link
from clonegallery.ui.pages.settings.parts import outcome, section
from clonegallery.ui.posted import PROVIDER_ERRORS, said, word
from clonegallery.ui.session import SessionState

NAME = "password"

_FIELDS = ("current_password", "new_password", "repeated_password")
_CHANGED = "Your password is changed. Everything else that was signed in has been signed out."
_UNSAID = "Your password was not changed. Please try again."


class PasswordState(rx.State):
    """What became of the form that was posted last, as the address and the flash cookie tell."""

    changed: str = ""
    message: str = ""
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")

    @rx.event
    def load(self) -> None:
        error = word(self, "error")
        failed = error != "" and not error.startswith(PROVIDER_ERRORS)
        told = said(self, routes.SETTINGS) if failed else Flash(routes.SETTINGS)
        self.changed = _CHANGED if word(self, "done") == "password" else ""
        self.errors = {name: told.errors.get(name, "") for name in _FIELDS}
        self.message = (told.message or _UNSAID) if failed and not any(self.errors.values()) else ""


def password() -> rx.Component:
    return section(
        NAME,
        "Password",
        "A new one ends every other sign-in and every API key. Between 8 and 256 characters; longer is better.",
        outcome(PasswordState.changed),
        outcome(PasswordState.message, failed=True),
        _form(),
    )


def _form() -> rx.Component:
    return posted_form(
        hidden("csrf_token", SessionState.csrf_token),
        # Password managers want to know whose password this is.
        rx.el.input(
            type="text",
            name="username",
            value=SessionState.username,
            auto_complete="username",
            read_only=True,
            hidden=True,
        ),
        rx.el.div(
            _field("current_password", "Current password", "current-password"),
            _field("new_password", "New password", "new-password", min_length=8),
            _field("repeated_password", "New password again", "new-password", min_length=8),
            rx.el.div(
                rx.el.button("Change password", type="submit", class_name=styles.BUTTON),
                page_link("I have none, or forgot it", to=routes.FORGOT_PASSWORD, class_name=styles.QUIET),
                class_name="cg-form-actions",
            ),
            class_name="cg-form",
        ),
        action=routes.PASSWORD_ACTION,
        class_name="cg-section-form",
    )


def _field(name: str, label: str, auto_complete: str, min_length: int = 1) -> rx.Component:
    error = PasswordState.errors[name]
    return text_field(
        name,
        label,
        error,
        kind="password",
        auto_complete=auto_complete,
        required=True,
        max_length=256,
        auto_focus=error != "",
        min_length=min_length,
    )
