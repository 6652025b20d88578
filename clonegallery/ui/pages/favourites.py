"""What one likes: a list that only oneself sees."""

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.ui import routes, styles
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.template import template

TITLE = "Favourites · CloneGallery"


def page() -> rx.Component:
    return template(
        guarded(
            _favourites(),
            path=routes.FAVOURITES,
            needs=Permission.LIKE,
            refusal="Your account may not like pictures. An Admin of this gallery can change that.",
        ),
        path=routes.FAVOURITES,
        class_name=f"{styles.PAGE} cg-page-wide",
    )


def _favourites() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h1("Favourites", class_name=styles.TOOLBAR_TITLE),
            rx.el.p("Only you see this list.", class_name=styles.NOTE),
            class_name=styles.TOOLBAR,
        ),
        gallery_grid(
            blank(
                "heart",
                "No favourites yet",
                "The heart above a picture, or the key f, keeps it here.",
                page_link("Look around in the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
            ),
            endpoint="/api/v1/images",
            query="liked=true",
            label="Pictures that you like",
        ),
    )
