"""What one likes: a list that only oneself sees."""

from typing import Any

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank, skeleton
from clonegallery.ui.session import SessionState, viewer_of
from clonegallery.ui.template import template

TITLE = "Favourites · CloneGallery"


class FavouritesState(rx.State):
    """Who may not have favourites is led away; the pictures themselves never pass through state."""

    @rx.event
    async def load(self) -> Any:
        """Send a stranger to sign in and come back."""
        if (await viewer_of(self)).is_signed_in:
            return None
        return rx.redirect(routes.sign_in(routes.FAVOURITES), replace=True)


def page() -> rx.Component:
    return template(
        # For a stranger it stays at the skeleton until the browser has left: nothing flashes.
        rx.cond(rx.State.is_hydrated & SessionState.can_like, _favourites(), skeleton()),
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
