"""Asking for a letter with a link to a new password. It says the same whether or not there is such an account."""

import reflex as rx

from clonegallery.mail import sends_mail
from clonegallery.ui import routes, styles
from clonegallery.ui.components.entry import entry_field, entry_page, good_news, heading
from clonegallery.ui.components.forms import posted_form
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.settled import settled
from clonegallery.ui.posted import Told, nothing_told, told, word

TITLE = "Forgot your password? · CloneGallery"

_FIELDS = ("email",)
_BY_MAIL = "We send a link to your address, to choose a new one."
_BY_HAND = "This gallery sends no mail: its operator gets the link to a new one and passes it on to you."


class ForgotState(rx.State):
    """Whether a letter was asked for, whether letters leave by themselves, and why the last try was refused."""

    sent: bool = False
    mails: bool = True
    told: Told = nothing_told(_FIELDS)

    @rx.event
    def load(self) -> None:
        self.sent = word(self, "done") == "sent"
        self.mails = sends_mail()
        self.told = told(self, routes.FORGOT_PASSWORD, _FIELDS)


TOLD = ForgotState.told


def page() -> rx.Component:
    return entry_page(settled(rx.cond(ForgotState.sent, _sent(), _form())), path=routes.FORGOT_PASSWORD)


def _form() -> rx.Component:
    return rx.fragment(
        heading("Forgot your password?", rx.cond(ForgotState.mails, _BY_MAIL, _BY_HAND), refused=TOLD.message),
        posted_form(
            entry_field(
                "email",
                "E-mail",
                TOLD.errors["email"],
                TOLD.typed["email"],
                is_wrong=TOLD.first_wrong == "email",
                kind="email",
                auto_complete="email",
            ),
            rx.el.button("Send the link", type="submit", class_name=styles.PRIMARY),
            action=routes.FORGOT_ACTION,
            class_name="cg-form",
        ),
        rx.el.p(page_link("Back to signing in", to=routes.LOGIN), class_name="cg-entry-more"),
    )


def _sent() -> rx.Component:
    return good_news(
        "mail",
        rx.cond(ForgotState.mails, "Look into your mail", "Ask the operator"),
        rx.cond(
            ForgotState.mails,
            rx.el.p(
                "If there is an account with this address, a letter with a link is on its way. It works for an hour."
            ),
            rx.el.p(
                "This gallery sends no mail. If there is an account with this address, its operator finds the link in "
                "the log and can pass it on to you. It works for an hour."
            ),
        ),
        page_link("Back to signing in", to=routes.LOGIN, class_name=styles.BUTTON),
        page_link("Use another address", to=routes.FORGOT_PASSWORD, class_name=styles.QUIET),
    )
