"""The section about oneself."""

import reflex as rx

from clonegallery.ui import styles
from clonegallery.ui.components.forms import field, text_field
from clonegallery.ui.pages.settings.parts import or_problem, section
from clonegallery.ui.pages.settings.profile_state import ProfileState

NAME = "profile"

_VISIBILITY = (
    ("private", "Only me"),
    ("unlisted", "Whoever has the link"),
    ("public", "Everyone"),
)


def profile() -> rx.Component:
    return section(
        NAME,
        "Profile",
        "Your name is shown beside what you share; your address never is.",
        or_problem(
            ProfileState.problem,
            rx.fragment(_form(), rx.cond(ProfileState.changing_email, _email_form(), _email())),
            retry=ProfileState.load,
        ),
    )


def _form() -> rx.Component:
    errors = ProfileState.errors
    return rx.el.form(
        text_field(
            "username",
            "Username",
            errors["username"],
            default_value=ProfileState.username,
            key=ProfileState.username,
            required=True,
            max_length=50,
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
        ),
        field(
            "default_visibility",
            "Who sees what you upload",
            rx.el.select(
                *(rx.el.option(label, value=value) for value, label in _VISIBILITY),
                default_value=ProfileState.default_visibility,
                id="default_visibility",
                name="default_visibility",
                class_name=styles.INPUT,
                aria_describedby="default_visibility-error",
            ),
            hint="Unless you say otherwise for a picture.",
            error=errors["default_visibility"],
        ),
        rx.el.div(
            rx.el.button("Save", type="submit", class_name=styles.BUTTON),
            rx.el.span(ProfileState.role, " · ", ProfileState.usage, class_name=styles.NOTE),
            class_name="cg-form-actions",
        ),
        on_submit=ProfileState.save,
        class_name="cg-form cg-section-form",
    )


def _email() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.strong("E-mail"),
            rx.el.span(ProfileState.email, class_name="cg-item-main"),
            rx.cond(
                ProfileState.email_verified,
                rx.el.span("Verified", class_name="cg-badge cg-badge-good"),
                rx.el.span("Not verified", class_name="cg-badge cg-badge-warning"),
            ),
            class_name="cg-email-line",
        ),
        rx.el.div(
            rx.cond(
                ProfileState.email_verified,
                rx.fragment(),
                rx.el.button(
                    "Send the letter again", type="button", on_click=ProfileState.send_letter, class_name=styles.BUTTON
                ),
            ),
            rx.el.button(
                "Change address", type="button", on_click=ProfileState.start_changing_email, class_name=styles.BUTTON
            ),
            class_name="cg-form-actions",
        ),
        class_name="cg-email",
    )


def _email_form() -> rx.Component:
    errors = ProfileState.errors
    return rx.el.form(
        text_field(
            "email",
            "New e-mail address",
            errors["email"],
            hint="We send a link there. Your address changes when you follow it.",
            kind="email",
            auto_complete="email",
            auto_focus=True,
            required=True,
        ),
        text_field(
            "current_password",
            "Your password",
            errors["current_password"],
            place="email_password",
            kind="password",
            auto_complete="current-password",
            required=True,
        ),
        rx.el.div(
            rx.el.button("Send the link", type="submit", class_name=styles.PRIMARY),
            rx.el.button("Cancel", type="button", on_click=ProfileState.keep_email, class_name=styles.QUIET),
            class_name="cg-form-actions",
        ),
        on_submit=ProfileState.change_email,
        class_name="cg-form cg-section-form cg-email",
    )
