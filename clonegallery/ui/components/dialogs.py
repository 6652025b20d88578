"""Questions that stop everything else: the browser's own modal `<dialog>`, which keeps the focus and hears Escape."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_base.event import EventSpec, EventType, no_args_event_spec, run_script
from reflex_base.vars import VarData
from reflex_components_core.el.elements.base import BaseHTML

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


@dataclass(frozen=True)
class Question:
    """What an event asks before it does something; without a title nothing is asked. `harmless` can be taken back."""

    title: str = ""
    text: str = ""
    action: str = ""
    harmless: bool = False


class AskingDialog(BaseHTML):
    """A modal `<dialog>` that opens by being drawn. `on_close` is its end, by a button or by Escape."""

    tag = "dialog"

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), "on_close": no_args_event_spec}


_OPENED: rx.Var[str] = rx.Var("showAtOnce", _var_data=VarData(imports={"$/public/dialogs.js": ["showAtOnce"]}))


def question(name: str, asked: Question, *, on_confirm: EventType[()], on_close: EventType[()]) -> rx.Component:
    """The dialog of a state that asks in its own words: drawn while there is a question, and Enter answers no.

    The state forgets the question in `on_close`, which follows every answer.
    """
    return rx.cond(
        asked.title != "",
        AskingDialog.create(
            PostedForm.create(
                rx.el.h2(asked.title, id=f"{name}-title"),
                rx.el.p(asked.text),
                rx.el.div(
                    rx.el.button("Cancel", type="submit", auto_focus=True, class_name=styles.BUTTON),
                    rx.el.button(
                        asked.action,
                        type="submit",
                        on_click=on_confirm,
                        class_name=rx.cond(asked.harmless, styles.PRIMARY, f"{styles.BUTTON} cg-button-solid-danger"),
                    ),
                    class_name="cg-form-actions",
                ),
                method="dialog",
            ),
            on_close=on_close,
            class_name="cg-dialog",
            aria_labelledby=f"{name}-title",
            custom_attrs={"ref": _OPENED},
        ),
    )
