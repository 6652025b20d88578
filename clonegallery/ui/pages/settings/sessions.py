"""The section about where one is signed in."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.dialogs import question
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.components.icons import icon
from clonegallery.ui.events import calling
from clonegallery.ui.pages.settings.parts import item, moment, or_problem, section
from clonegallery.ui.pages.settings.sessions_state import SessionsState, SignInView
from clonegallery.ui.session import SessionState

NAME = "sessions"


def sessions() -> rx.Component:
    return section(
        NAME,
        "Where you are signed in",
        "Browsers, and programs that hold tokens. Ending one takes effect at once.",
        or_problem(
            SessionsState.problem,
            rx.fragment(
                rx.el.ul(rx.foreach(SessionsState.sessions, _session), class_name="cg-items"),
                rx.el.div(
                    rx.el.button(
                        "Sign out everywhere else",
                        type="button",
                        on_click=SessionsState.ask_end_others,
                        disabled=SessionsState.others == 0,
                        class_name=styles.BUTTON,
                    ),
                    _everywhere(),
                    class_name="cg-form-actions",
                ),
            ),
            retry=SessionsState.load,
        ),
        question(
            "end-sessions",
            SessionsState.asked,
            on_confirm=SessionsState.end_others,
            on_close=SessionsState.forget_question,
        ),
    )


def _session(session: SignInView) -> rx.Component:
    return item(
        rx.el.p(
            _symbol(session),
            rx.el.strong(session.name),
            rx.cond(session.current, rx.el.span("This device", class_name="cg-badge cg-badge-good")),
            rx.cond(session.is_program, rx.el.span("Program", class_name="cg-badge")),
            class_name="cg-item-main",
        ),
        rx.el.p(session.detail, class_name="cg-item-detail"),
        rx.el.p(moment("Last used ", session.used, session.used_exactly), class_name="cg-item-detail"),
        action=rx.cond(
            session.current,
            rx.fragment(),
            rx.el.button(
                "Sign out",
                type="button",
                on_click=calling(SessionsState.end, session.id),
                aria_label=f"Sign out {session.name}",
                class_name=styles.DANGER,
            ),
        ),
        key=session.id,
    )


def _symbol(session: SignInView) -> rx.Component:
    return rx.cond(session.is_program, icon("terminal", 18), icon("browser", 18))


def _everywhere() -> rx.Component:
    """A posted form, because it also takes this browser's cookie away."""
    return posted_form(
        hidden("csrf_token", SessionState.csrf_token),
        hidden("everywhere", "1"),
        rx.el.button("Sign out everywhere, here too", type="submit", class_name=styles.DANGER),
        action=routes.SIGN_OUT_ACTION,
    )
