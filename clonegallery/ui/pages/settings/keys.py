"""The section about keys for programs."""

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.ui import styles
from clonegallery.ui.components.dialogs import question
from clonegallery.ui.components.forms import field, text_field
from clonegallery.ui.components.icons import icon
from clonegallery.ui.events import calling
from clonegallery.ui.pages.settings.keys_state import FRESH_KEY, LIFETIMES, SCOPES, KeysState, KeyView
from clonegallery.ui.pages.settings.parts import item, moment, nothing, or_problem, section

NAME = "keys"

_DEFAULT_LIFETIME = "90"
_NAME_FIELD = "key-name"
_COPY: rx.Var[str] = rx.Var("copyField", _var_data=VarData(imports={"$/public/copying.js": ["copyField"]}))


def keys() -> rx.Component:
    return section(
        NAME,
        "API keys",
        "For programs of yours. A key does what its scopes say, and never more than you may yourself.",
        _fresh(),
        or_problem(
            KeysState.problem,
            rx.fragment(
                rx.cond(
                    KeysState.keys,
                    rx.el.ul(rx.foreach(KeysState.keys, _key), class_name="cg-items"),
                    nothing("You have no keys."),
                ),
                _form(),
            ),
            retry=KeysState.load,
        ),
        question("revoke-key", KeysState.asked, on_confirm=KeysState.revoke, on_close=KeysState.forget_question),
    )


def _fresh() -> rx.Component:
    """The new key, in a field that nothing but the browser holds; `theme.css` shows the box while it is not empty."""
    return rx.el.div(
        rx.el.label("Your new key", html_for=FRESH_KEY),
        rx.el.p("Copy it now: it is shown this once and cannot be found again.", class_name="cg-item-detail"),
        rx.el.div(
            rx.el.input(
                id=FRESH_KEY,
                type="text",
                placeholder=" ",
                read_only=True,
                auto_complete="off",
                spell_check=False,
                class_name=f"{styles.INPUT} cg-fresh-value",
            ),
            rx.el.button(
                rx.el.span(icon("copy", 18), "Copy", class_name="cg-copy-before"),
                rx.el.span("Copied", class_name="cg-copy-after", role="status"),
                type="button",
                class_name=f"{styles.PRIMARY} cg-copy",
                custom_attrs={"data-copies": FRESH_KEY, "onClick": _COPY},
            ),
            rx.el.button(
                "Done",
                type="button",
                on_click=[rx.set_value(FRESH_KEY, ""), rx.set_focus(_NAME_FIELD)],
                class_name=styles.BUTTON,
            ),
            class_name="cg-fresh-line",
        ),
        class_name="cg-fresh",
    )


def _key(key: KeyView) -> rx.Component:
    return item(
        rx.el.p(
            rx.el.strong(key.name),
            rx.el.code(key.prefix, "…", class_name="cg-code"),
            rx.cond(key.ended, rx.el.span("Ended", class_name="cg-badge cg-badge-warning")),
            class_name="cg-item-main",
        ),
        rx.el.p(
            key.scopes, " · ", moment("", key.used, key.used_exactly), " · ", key.ends, class_name="cg-item-detail"
        ),
        action=rx.el.button(
            "Revoke",
            type="button",
            on_click=calling(KeysState.ask_revoke, key.id),
            aria_label=f"Revoke {key.name}",
            class_name=styles.DANGER,
        ),
        key=key.id,
    )


def _form() -> rx.Component:
    errors = KeysState.errors
    return rx.el.form(
        rx.el.h3("New key"),
        text_field(
            "name",
            "Name",
            errors["name"],
            place=_NAME_FIELD,
            hint="For yourself: what it is for.",
            auto_complete="off",
            max_length=100,
            required=True,
        ),
        _scopes(errors["scopes"]),
        field(
            "lifetime",
            "Ends after",
            rx.el.select(
                *(rx.el.option(label, value=value) for value, label in LIFETIMES),
                default_value=_DEFAULT_LIFETIME,
                id="lifetime",
                name="lifetime",
                class_name=styles.INPUT,
                aria_describedby="lifetime-error",
            ),
            error=errors["expires_at"],
        ),
        rx.el.div(rx.el.button("Make key", type="submit", class_name=styles.BUTTON), class_name="cg-form-actions"),
        # A key that was made leaves an empty form.
        key=f"{KeysState.made}",
        on_submit=KeysState.create,
        class_name="cg-form cg-section-form",
    )


def _scopes(error: str) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("It may"),
        *(_scope(scope, label, text) for scope, label, text in SCOPES),
        rx.el.p(error, class_name=styles.FIELD_ERROR, role="alert"),
        class_name=f"{styles.FIELD} cg-choices",
    )


def _scope(scope: str, label: str, text: str) -> rx.Component:
    box = rx.el.input(type="checkbox", name=f"scope_{scope}", default_checked=scope == "read")
    return rx.cond(
        rx.Var.create(KeysState.allowed).contains(scope),
        rx.el.label(box, rx.el.span(label), rx.el.small(text), class_name="cg-choice"),
    )
