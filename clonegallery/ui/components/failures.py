"""What stands in for a page that could not be drawn."""

import reflex as rx
from reflex_base.vars.base import Var
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary

from clonegallery.ui import routes, styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import document_link


def failure_boundary(stateful: bool) -> rx.Component:
    """Surrounds every page: a defect in drawing one shows a way on, without its trace."""
    del stateful  # Reflex passes it to every wrapper; this one is the same with and without state.
    return ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("event_args",), Var.create(_apology())),
        on_error=rx.noop(),
    )


def _apology() -> rx.Component:
    return rx.el.main(
        rx.el.section(
            rx.el.div(icon("warning", 28), class_name="cg-blank-symbol"),
            rx.el.h1("This page could not be drawn"),
            rx.el.p("Something in it is broken. Loading it again may help."),
            rx.el.div(
                # Plain links, because nothing else of the page can be relied on.
                document_link("Load again", href="", class_name=styles.PRIMARY),
                document_link("Back to the gallery", href=routes.GALLERY, class_name=styles.QUIET),
                class_name="cg-blank-actions",
            ),
            class_name="cg-blank",
        )
    )
