"""Questions that stop everything else: the browser's own modal `<dialog>`, which keeps the focus and hears Escape."""

import reflex as rx
from reflex_base.event import EventSpec, EventType, run_script

from clonegallery.ui import styles
from clonegallery.ui.components.forms import PostedForm


def open_dialog(name: str) -> EventSpec:
    """Opens the dialog with the id `name`. Compiled into the page: nothing is evaluated at run time."""
    return run_script(f"document.getElementById({name!r}).showModal()")


def confirm(name: str, title: str, text: str | rx.Var[str], *, action: str, on_confirm: EventType[()]) -> rx.Component:
    """A dialog with the id `name` that asks before something that cannot be undone; keeping is what Enter does."""
    return rx.el.dialog(
        PostedForm.create(
            rx.el.h2(title, id=f"{name}-title"),
            rx.el.p(text),
            rx.el.div(
                rx.el.button("Keep them", type="submit", auto_focus=True, class_name=styles.BUTTON),
                rx.el.button(
                    action,
                    type="submit",
                    on_click=on_confirm,
                    class_name=f"{styles.BUTTON} cg-button-solid-danger",
                ),
                class_name="cg-form-actions",
            ),
            method="dialog",
        ),
        id=name,
        class_name="cg-dialog",
        aria_labelledby=f"{name}-title",
    )
