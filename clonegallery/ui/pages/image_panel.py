"""What is known about the picture, and the form that changes what may be changed."""

import reflex as rx

from clonegallery.ui import styles
from clonegallery.ui.components.forms import field
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.keys import shortcut
from clonegallery.ui.components.links import page_link
from clonegallery.ui.pages.image_made import beginning_link, made
from clonegallery.ui.pages.image_similar import strip
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.pages.image_view import Fact

PICTURE = ImageState.picture

_VISIBILITY = (("public", "Public"), ("unlisted", "Unlisted: only by its link"), ("private", "Private: only you"))


def panel() -> rx.Component:
    """The panel beside the picture: the browser's own disclosure, so it opens without a word to the server."""
    return rx.el.details(
        rx.el.summary(
            icon("info"),
            rx.el.span("Details", class_name=styles.HIDDEN),
            class_name=f"{styles.ICON_BUTTON} cg-info-toggle",
            custom_attrs=shortcut("i"),
        ),
        rx.el.div(rx.cond(ImageState.editing, _form(), _about()), class_name="cg-info-body"),
        class_name="cg-info",
        open=True,
    )


def _about() -> rx.Component:
    return rx.fragment(
        rx.el.h1(PICTURE.title),
        rx.cond(PICTURE.caption != "", rx.el.p(PICTURE.caption, class_name="cg-caption")),
        rx.cond(
            PICTURE.settings,
            rx.el.ul(rx.foreach(PICTURE.settings, _setting), class_name="cg-settings", aria_label="Exposure"),
        ),
        made(),
        rx.el.dl(rx.foreach(PICTURE.facts, _fact), class_name="cg-facts"),
        rx.cond(
            PICTURE.tags,
            rx.el.ul(rx.foreach(PICTURE.tags, _tag), class_name="cg-chips", aria_label="Tags"),
        ),
        beginning_link(),
        rx.cond(PICTURE.can_edit | PICTURE.can_delete, _owner_actions()),
        strip(),
    )


def _setting(value: str) -> rx.Component:
    return rx.el.li(value, key=value)


def _fact(fact: Fact) -> rx.Component:
    value = rx.cond(fact.href != "", page_link(fact.value, to=fact.href), fact.value)
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(value), key=fact.label)


def _tag(tag: str) -> rx.Component:
    return rx.el.li(tag, key=tag, class_name=styles.CHIP)


def _owner_actions() -> rx.Component:
    return rx.el.div(
        rx.el.p(PICTURE.visibility_label, class_name="cg-visibility"),
        rx.cond(
            PICTURE.can_edit,
            rx.el.button(
                icon("edit", 18),
                "Edit",
                type="button",
                on_click=ImageState.start_editing,
                class_name=styles.BUTTON,
                custom_attrs=shortcut("e"),
            ),
        ),
        rx.cond(
            PICTURE.can_delete,
            rx.el.button(
                icon("trash", 18),
                "Move to trash",
                type="button",
                on_click=ImageState.trash,
                class_name=styles.DANGER,
            ),
        ),
        class_name="cg-owner-actions",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h1("Edit", class_name="cg-form-title"),
        _text("title", "Title", PICTURE.title, max_length=255, auto_focus=True),
        field(
            "caption",
            "Caption",
            rx.el.textarea(default_value=PICTURE.caption, rows=4, **_control("caption")),
            error=ImageState.errors["caption"],
        ),
        _text("tags", "Tags", PICTURE.tag_text, hint="Separated by commas."),
        _visibility(),
        rx.el.div(
            rx.el.button("Save", type="submit", class_name=styles.PRIMARY),
            rx.el.button("Cancel", type="button", on_click=ImageState.cancel_editing, class_name=styles.QUIET),
            class_name="cg-form-actions",
        ),
        on_submit=ImageState.save,
        class_name="cg-form",
    )


def _text(name: str, label: str, value: str, *, hint: str = "", **props: int | bool) -> rx.Component:
    control = rx.el.input(type="text", default_value=value, **_control(name), **props)
    return field(name, label, control, hint=hint, error=ImageState.errors[name])


def _control(name: str) -> dict[str, str | rx.Var[str]]:
    return {
        "id": name,
        "name": name,
        "class_name": styles.INPUT,
        "aria_invalid": rx.cond(ImageState.errors[name] != "", "true", "false"),
        "aria_describedby": f"{name}-error",
    }


def _visibility() -> rx.Component:
    choices = (rx.el.option(label, value=value) for value, label in _VISIBILITY)
    control = rx.el.select(*choices, default_value=PICTURE.visibility, **_control("visibility"))
    return field("visibility", "Who may see it", control, error=ImageState.errors["visibility"])
