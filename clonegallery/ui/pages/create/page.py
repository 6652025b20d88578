"""Asking for pictures, and watching them as they form."""

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.ui import routes, styles
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.states import blank, skeleton
from clonegallery.ui.pages.create.form import form
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.pages.create.panels import MADE_ID, panels
from clonegallery.ui.pages.create.state import CreateState
from clonegallery.ui.pages.create.ways import nothing_set_up
from clonegallery.ui.template import template

TITLE = "Create · CloneGallery"
ON_LOAD = (CreateState.load, JobsState.follow)


def page() -> rx.Component:
    return template(
        guarded(
            rx.cond(CreateState.loaded, _create(), skeleton()),
            path=routes.CREATE,
            needs=Permission.GENERATE,
            refusal="Your account may look, like and report, but not create. An Admin of this gallery can change that.",
        ),
        path=routes.CREATE,
        class_name=styles.PAGE,
    )


def _create() -> rx.Component:
    return rx.cond(
        CreateState.problem != "",
        _problem(),
        rx.cond(
            CreateState.choices,
            rx.el.div(
                rx.el.div(_head(), form(), class_name="cg-wish"),
                panels(),
                class_name="cg-create",
            ),
            nothing_set_up(),
        ),
    )


def _head() -> rx.Component:
    """Where the pictures stand below the form, as on a phone, a link leads to them while some are being made."""
    return rx.el.div(
        rx.el.h1("Create", class_name=styles.TOOLBAR_TITLE),
        rx.cond(
            JobsState.jobs,
            rx.el.a("See what is being made", href=f"#{MADE_ID}", class_name="cg-more-link cg-to-made"),
        ),
        class_name="cg-wish-head",
    )


def _problem() -> rx.Component:
    return rx.el.div(
        blank(
            "warning",
            "This page cannot be shown now",
            CreateState.problem,
            rx.el.button("Try again", type="button", on_click=CreateState.load, class_name=styles.PRIMARY),
        ),
        role="alert",
    )
