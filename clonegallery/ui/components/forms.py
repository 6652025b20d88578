"""Forms: those the browser posts by itself, and the parts of those that the page handles."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from clonegallery.ui import styles


class PostedForm(BaseHTML):
    """A `<form method="post">` left to the browser. Reflex's own form always prevents the browser's way."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def posted_form(*children: rx.Component, action: str, **props: Any) -> rx.Component:
    """A form that the browser posts to `action`, with or without JavaScript, and whose answer it follows."""
    form: rx.Component = PostedForm.create(*children, action=action, method="post", **props)
    return form


def hidden(name: str, value: str) -> rx.Component:
    """A value that goes along unseen."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def field(name: str, label: str, control: rx.Component, *, hint: str = "", error: str = "") -> rx.Component:
    """`control`, whose id is `name`, under its label, with a hint and the reason why its last value was refused."""
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control,
        rx.el.small(hint) if hint else rx.fragment(),
        rx.el.p(error, id=f"{name}-error", class_name=styles.FIELD_ERROR, role="alert"),
        class_name=styles.FIELD,
    )
