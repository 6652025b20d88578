"""What the sections of the settings have in common."""

from typing import Any

import reflex as rx
from reflex_base.event import EventType
from reflex_base.vars import VarData

from clonegallery.ui import styles

_IN_SIGHT: rx.Var[str] = rx.Var("bringIntoView", _var_data=VarData(imports={"$/public/sections.js": ["bringIntoView"]}))


def section(name: str, title: str, text: str, *content: rx.Component) -> rx.Component:
    """A part of the page that `#name` leads to."""
    return rx.el.section(
        rx.el.h2(title, id=f"{name}-heading"),
        rx.el.p(text, class_name=styles.NOTE),
        *content,
        id=name,
        aria_labelledby=f"{name}-heading",
        class_name="cg-section",
    )


def or_problem(problem: str, content: rx.Component, *, retry: EventType[()]) -> rx.Component:
    """`content`, or why it could not be read, with a way to try again."""
    return rx.cond(
        problem == "",
        content,
        rx.el.div(
            rx.el.p(problem),
            rx.el.button("Try again", type="button", on_click=retry, class_name=styles.BUTTON),
            class_name="cg-problem",
            role="alert",
        ),
    )


def outcome(text: str, *, failed: bool = False) -> rx.Component:
    """What became of a form that was posted, in sight wherever on the page it stands; an empty text is nothing."""
    looks, role = ("cg-alert", "alert") if failed else ("cg-good-news", "status")
    return rx.cond(text != "", rx.el.p(text, class_name=looks, role=role, custom_attrs={"ref": _IN_SIGHT}))


def nothing(text: str) -> rx.Component:
    """In place of an empty list."""
    return rx.el.p(text, class_name="cg-nothing")


def item(*lines: rx.Component, action: rx.Component, **props: Any) -> rx.Component:
    """One row of a list: what it is, and what can be done with it."""
    return rx.el.li(rx.el.div(*lines, class_name="cg-item-text"), action, class_name="cg-item", **props)


def moment(label: str, words: str, exact: str) -> rx.Component:
    """A moment in words, with the exact one for whoever points at it."""
    return rx.el.span(label, rx.el.span(words, title=exact), class_name="cg-moment")
