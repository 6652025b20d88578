"""Forms: those the browser posts by itself, and the parts of those that the page handles."""

from functools import partial
from typing import Any

import reflex as rx
from reflex_base.components.component import field as prop
from reflex_base.vars import VarData
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.forms import BaseInput

from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon

_TOGGLE: rx.Var[str] = rx.Var("toggleSecret", _var_data=VarData(imports={"$/public/secret_field.js": ["toggleSecret"]}))


class PostedForm(BaseHTML):
    """A `<form method="post">` left to the browser. Reflex's own form always prevents the browser's way."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def posted_form(*children: rx.Component, action: str, **props: Any) -> rx.Component:
    """A form that the browser posts to `action`, with or without JavaScript, and whose answer it follows."""
    form: rx.Component = PostedForm.create(*children, action=action, method="post", **props)
    return form


class KeptInput(BaseInput):
    """An input that shows what was typed before, once the server has told; what is typed meanwhile stays."""

    library = "$/public/kept_input.js"
    tag = "KeptInput"

    kept: rx.Var[str] = prop(doc="What was typed before.")
    wanted: rx.Var[bool] = prop(doc="Whether this is the field where one goes on; it takes the focus.")


def hidden(name: str, value: str) -> rx.Component:
    """A value that goes along unseen."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def field(
    name: str, label: str, control: rx.Component, *, hint: str | rx.Var[str] = "", error: str = ""
) -> rx.Component:
    """`control`, whose id is `name`, under its label, with a hint and the reason why its last value was refused."""
    has_hint = isinstance(hint, rx.Var) or hint != ""
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control,
        rx.el.small(hint, id=f"{name}-hint") if has_hint else rx.fragment(),
        rx.el.p(error, id=f"{name}-error", class_name=styles.FIELD_ERROR, role="alert"),
        class_name=styles.FIELD,
    )


def secret_input(**props: Any) -> rx.Component:
    """The input of a password, with a button that shows what is typed; `props` need an `id`."""
    return rx.el.div(
        KeptInput.create(type="password", **props),
        rx.el.button(
            icon("eye"),
            type="button",
            # Not the word that labels the field: both would answer to it.
            aria_label="Show what is typed",
            aria_pressed="false",
            aria_controls=props["id"],
            class_name=f"{styles.ICON_BUTTON} cg-secret-toggle",
            custom_attrs={"onClick": _TOGGLE},
        ),
        class_name="cg-secret",
    )


def text_field(
    name: str, label: str, error: str, *, place: str = "", hint: str = "", kind: str = "text", **props: Any
) -> rx.Component:
    """A one-line field with the reason why its last value was refused; `place` is its id where `name` is taken."""
    place = place or name
    make = secret_input if kind == "password" else partial(KeptInput.create, type=kind)
    control = make(
        id=place,
        name=name,
        class_name=styles.INPUT,
        aria_invalid=rx.cond(error != "", "true", "false"),
        # The reason says again what the hint says, and stands in its place.
        aria_describedby=rx.cond(error != "", f"{place}-error", f"{place}-hint") if hint else f"{place}-error",
        **props,
    )
    return field(place, label, control, hint=hint, error=error)
