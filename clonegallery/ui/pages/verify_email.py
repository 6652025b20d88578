"""Verifying an address: the page that says a letter is on its way, and the one that its link leads to.

The link alone changes nothing, because mail scanners open links: a press of the button does.
"""

from typing import Any

import reflex as rx

from clonegallery.accounts import service
from clonegallery.addresses import safe_next
from clonegallery.mail import sends_mail
from clonegallery.ui import routes, styles
from clonegallery.ui.components.entry import entry_field, entry_page, good_news, heading
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.notices import tell
from clonegallery.ui.components.settled import settled
from clonegallery.ui.components.states import blank, skeleton
from clonegallery.ui.letters import verification_sent
from clonegallery.ui.posted import Told, link_token, nothing_told, told, word
from clonegallery.ui.refusals import REFUSALS, refuse
from clonegallery.ui.session import SessionState, caller_of, viewer_of

TITLE = "Verify your address · CloneGallery"

PRESS, DEAD, DONE, WAIT, STRANGER = "press", "dead", "done", "wait", "stranger"
_FIELDS = ("password",)
_NOT_YET = ""
"""While the secret is taken out of the address: what is posted meanwhile would be lost."""


class VerifyState(rx.State):
    """Which of its faces the page has, the link's secret, and whose address it is about."""

    face: str = _NOT_YET
    token: str = ""
    email: str = ""
    is_new: bool = False
    mails: bool = True
    next_path: str = routes.GALLERY
    asks_password: bool = False
    told: Told = nothing_told(_FIELDS)

    @rx.event
    async def load(self) -> Any:
        """Read the address, and take the secret out of it: the browser's history and its sync must not keep that."""
        self.token, clean = link_token(self, self.token)
        if clean:
            self.face = _NOT_YET
            return rx.redirect(clean, replace=True)
        done = word(self, "done")
        viewer = await viewer_of(self)
        self.is_new, self.mails = done == "registered", sends_mail()
        self.next_path = safe_next(word(self, "next"))
        self.email = viewer.email
        self.told = told(self, routes.VERIFY_EMAIL, _FIELDS)
        self.asks_password = not viewer.is_signed_in or bool(self.told.errors["password"])
        self.face = self._face(done == "verified" or viewer.email_verified, viewer.is_signed_in)
        return None

    @rx.event
    def leave(self) -> None:
        """Forget the link with the page."""
        self.token = ""

    @rx.event
    async def send_again(self) -> None:
        """Send the letter once more; the links of those before stop working."""
        try:
            viewer = await viewer_of(self)
            await service.ask_verification(viewer, caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
            return
        self.token, self.face = "", WAIT
        await tell(self, verification_sent(viewer.email))

    def _face(self, verified: bool, signed_in: bool) -> str:
        if self.token:
            return DEAD if self.told.is_about_link else PRESS
        if verified:
            return DONE
        return WAIT if signed_in else STRANGER


def page() -> rx.Component:
    return entry_page(
        settled(
            rx.match(
                VerifyState.face,
                (PRESS, _press()),
                (DEAD, _dead()),
                (DONE, _done()),
                (WAIT, _wait()),
                (STRANGER, _stranger()),
                skeleton(),
            )
        ),
        path=routes.VERIFY_EMAIL,
        on_unmount=VerifyState.leave,
    )


def _press() -> rx.Component:
    return rx.fragment(
        heading(
            "Verify your address",
            rx.cond(
                VerifyState.asks_password,
                "Enter the password of your account here to say that the address is yours.",
                "Press the button to say that it is yours.",
            ),
            refused=VerifyState.told.message,
        ),
        posted_form(
            hidden("token", VerifyState.token),
            rx.cond(VerifyState.asks_password, _password()),
            rx.el.button("Verify my address", type="submit", class_name=styles.PRIMARY),
            action=routes.VERIFY_ACTION,
            class_name="cg-form",
        ),
        rx.cond(VerifyState.asks_password, _not_mine()),
    )


def _password() -> rx.Component:
    return entry_field(
        "password",
        "Password",
        VerifyState.told.errors["password"],
        "",
        is_wrong=VerifyState.told.first_wrong == "password",
        kind="password",
        hint="The one that the account was made with.",
        auto_complete="current-password",
        max_length=256,
    )


def _not_mine() -> rx.Component:
    """For whoever reads the address of an account that somebody else made."""
    return rx.el.p(
        "Not your doing? ",
        page_link("Choose a new password", to=routes.FORGOT_PASSWORD),
        ", and whoever made the account is shut out.",
        class_name="cg-entry-more",
    )


def _dead() -> rx.Component:
    return blank(
        "lock",
        "This link does not work any more",
        "A link that verifies an address works for three days, once, and only the last one that was sent.",
        rx.cond(
            SessionState.signed_in,
            rx.el.button("Send a new link", type="button", on_click=VerifyState.send_again, class_name=styles.PRIMARY),
            page_link("Sign in for a new one", to=routes.sign_in(routes.VERIFY_EMAIL), class_name=styles.PRIMARY),
        ),
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.QUIET),
    )


def _done() -> rx.Component:
    return good_news(
        "check",
        "Your address is verified",
        rx.el.p("If you ever lose your password, a link to it gets you back in."),
        rx.cond(
            SessionState.signed_in,
            page_link("To the gallery", to=VerifyState.next_path, class_name=styles.PRIMARY),
            page_link("Sign in", to=routes.LOGIN, class_name=styles.PRIMARY),
        ),
    )


def _wait() -> rx.Component:
    return good_news(
        "mail",
        rx.cond(VerifyState.is_new, f"Welcome, {SessionState.username}", "Verify your address"),
        rx.cond(
            VerifyState.mails,
            rx.el.p("A letter is on its way to ", rx.el.strong(VerifyState.email), ". Its link works for three days."),
            rx.el.p(
                "This gallery sends no mail: the link that verifies ",
                rx.el.strong(VerifyState.email),
                " stands in its log. Ask the operator to pass it on to you.",
            ),
        ),
        page_link("To the gallery", to=VerifyState.next_path, class_name=styles.PRIMARY),
        rx.el.button("Send it again", type="button", on_click=VerifyState.send_again, class_name=styles.QUIET),
    )


def _stranger() -> rx.Component:
    return blank(
        "mail",
        "Verify your address",
        "Open the link in the letter that you got, or sign in to have another one sent.",
        page_link("Sign in", to=routes.sign_in(routes.VERIFY_EMAIL), class_name=styles.PRIMARY),
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.QUIET),
    )
