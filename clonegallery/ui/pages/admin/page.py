"""Administration: what all of its pages have around them."""

import reflex as rx
from reflex_base.event import EventType

from clonegallery.accounts.permissions import Permission
from clonegallery.ui import routes, styles
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.template import template

_PAGES = (("People", routes.ADMIN), ("Models", routes.MODELS), ("Audit log", routes.AUDIT))


def admin_page(*content: rx.Component, path: str) -> rx.Component:
    """`content` for Admins as the page under `path`."""
    return template(
        guarded(
            _frame(*content, path=path),
            path=path,
            needs=Permission.ADMIN,
            refusal="Only Admins can manage the gallery.",
        ),
        path=routes.ADMIN,
        class_name=styles.PAGE,
    )


def _frame(*content: rx.Component, path: str) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Administration", class_name=styles.TOOLBAR_TITLE),
            rx.el.nav(
                *(_link(label, to, path) for label, to in _PAGES), aria_label="Administration", class_name="cg-sort"
            ),
            class_name=styles.TOOLBAR,
        ),
        rx.el.div(*content, class_name=rx.cond(rx.State.is_hydrated, "", "cg-waiting")),
        class_name="cg-admin",
    )


def _link(label: str, to: str, current: str) -> rx.Component:
    return page_link(label, to=to, custom_attrs={"aria-current": "page"} if to == current else {})


def pages(first_link: str, next_link: str, *, first: str, more: str) -> rx.Component:
    """The links from one page of a list to its first and its next one; an empty address is no link."""
    return rx.el.nav(
        rx.cond(first_link != "", page_link(first, to=first_link, class_name=styles.BUTTON)),
        rx.cond(next_link != "", page_link(more, icon("chevron-right", 18), to=next_link, class_name=styles.BUTTON)),
        aria_label="Pages",
        class_name="cg-pages",
    )


def problem(text: str, *, retry: EventType[()]) -> rx.Component:
    """Why a list could not be read, with a way to try again."""
    return rx.el.div(
        rx.el.p(text),
        rx.el.button("Try again", type="button", on_click=retry, class_name=styles.BUTTON),
        class_name="cg-problem",
        role="alert",
    )
