"""The designed moments when there is nothing to show yet, nothing at all, or nothing for this viewer."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link


def blank(symbol: str, title: str, text: str | rx.Var[str] | rx.Component, *actions: rx.Component) -> rx.Component:
    """A quiet message in the middle of the page, with what one can do about it."""
    return rx.el.section(
        rx.el.div(icon(symbol, 28), class_name="cg-blank-symbol"),
        rx.el.h1(title),
        rx.el.p(text),
        rx.el.div(*actions, class_name="cg-blank-actions") if actions else rx.fragment(),
        class_name="cg-blank",
    )


def skeleton() -> rx.Component:
    """Stands in until the viewer is known: the shape of a page, no words, so that nothing flashes."""
    return rx.el.div(
        rx.el.span("Loading", class_name=styles.HIDDEN),
        *(rx.el.div(class_name="cg-skeleton-line") for _ in range(3)),
        class_name="cg-skeleton",
        role="status",
    )


def sign_in_first(back_to: str) -> rx.Component:
    """For somebody not signed in, on a page that needs it."""
    return blank(
        "lock",
        "Sign in to see this page",
        "This part of the gallery belongs to the people who fill it.",
        page_link("Sign in", to=routes.sign_in(back_to), class_name=styles.PRIMARY),
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.QUIET),
    )


def not_allowed(text: str) -> rx.Component:
    """For somebody signed in whose role does not reach here."""
    return blank(
        "lock",
        "Not with this account",
        text,
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
    )
