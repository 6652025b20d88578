"""The page for an address that leads nowhere."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.template import template

TITLE = "Not found · CloneGallery"


def page() -> rx.Component:
    return template(nothing_here(), path=routes.NOT_FOUND, class_name=styles.PAGE)


def nothing_here() -> rx.Component:
    """The same words wherever an address leads nowhere."""
    return blank(
        "image",
        "There is nothing here",
        "The address may be mistyped, or what was here has been taken down.",
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
    )
