"""Signing in: a real form, posted to the API by the browser, so that it works before and without JavaScript."""

from urllib.parse import parse_qs, urlsplit

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.forms import field, hidden, posted_form
from clonegallery.ui.template import template

TITLE = "Sign in · CloneGallery"

_REASONS = {
    "credentials": "The username or the password is not right.",
    "disabled": "This account is disabled.",
    "origin": "This form came from another site. Please try again here.",
    "too_many": "Too many tries. Wait a little, then try again.",
    "unavailable": "The gallery cannot answer right now. Please try again in a moment.",
}


class LoginState(rx.State):
    """What the address brought along: where to go afterwards, and why the last try was refused."""

    next_path: str = routes.GALLERY
    reason: str = ""

    @rx.event
    def load(self) -> None:
        self.next_path, self.reason = read_address(str(self.router.url))


def read_address(url: str) -> tuple[str, str]:
    """Where `url` says to go after signing in, and the words for its error. The API checks the path again."""
    query = parse_qs(urlsplit(url).query)
    target = query.get("next", [routes.GALLERY])[-1]
    return target, _REASONS.get(query.get("error", [""])[-1], "")


def page() -> rx.Component:
    return template(_form(), path=routes.LOGIN, class_name="cg-sign-in-page")


def _form() -> rx.Component:
    return posted_form(
        rx.el.h1("Sign in"),
        rx.el.p("To upload, and to see what is not public.", class_name=styles.NOTE),
        rx.el.div(LoginState.reason, role="alert", class_name="cg-alert"),
        hidden("next", LoginState.next_path),
        rx.el.div(
            _input("username", "Username or e-mail", type="text", auto_complete="username", auto_capitalize="none"),
            _input("password", "Password", type="password", auto_complete="current-password"),
            rx.el.button("Sign in", type="submit", class_name=styles.PRIMARY),
            class_name="cg-form",
        ),
        action=routes.SIGN_IN_ACTION,
        class_name="cg-sign-in-form",
    )


def _input(name: str, label: str, **props: str) -> rx.Component:
    return field(name, label, rx.el.input(id=name, name=name, required=True, class_name=styles.INPUT, **props))
