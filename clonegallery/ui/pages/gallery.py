"""The gallery: every picture that the viewer may see, or what is searched for among them, in justified rows."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.keys import keyboard
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.pages.gallery_chosen import ChosenState, chosen_actions
from clonegallery.ui.pages.gallery_facets import filters_panel
from clonegallery.ui.pages.gallery_facets_state import FacetsState
from clonegallery.ui.pages.gallery_search import SearchState
from clonegallery.ui.pages.gallery_search_view import nothing_found, search_bar, sort_links
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.session import SessionState
from clonegallery.ui.template import template

TITLE = rx.cond(SearchState.read.title, f"{SearchState.read.title} · CloneGallery", "CloneGallery")
DESCRIPTION = "Photographs, as large as they deserve."
ON_LOAD = (SearchState.load, FacetsState.load)


def page() -> rx.Component:
    return template(
        keyboard(),
        rx.el.h1("Gallery", class_name=styles.HIDDEN),
        search_bar(rx.cond(ChosenState.chosen > 0, chosen_actions(), sort_links())),
        rx.el.div(
            filters_panel(),
            gallery_grid(
                # Before it is read what the address asks for, nobody can say why there is nothing.
                rx.cond(
                    SearchState.read.address,
                    rx.cond(SearchState.read.narrows, nothing_found(), _empty()),
                    rx.fragment(),
                ),
                endpoint="/api/v1/images",
                label="Pictures",
                timeline=True,
                selectable=SessionState.can_upload,
                removed=ImageState.gone + ChosenState.removed,
                refresh=ChosenState.changes,
                on_select=ChosenState.select,
            ),
            class_name="cg-find-body",
        ),
        path=routes.GALLERY,
        class_name=f"{styles.PAGE} cg-page-wide",
        on_unmount=ChosenState.leave,
    )


def _empty() -> rx.Component:
    return blank(
        "image",
        "No pictures yet",
        rx.cond(
            SessionState.can_upload,
            "Add the first ones: drop a whole folder, the gallery sorts out the rest.",
            "Once somebody adds some, they appear here.",
        ),
        rx.cond(
            SessionState.can_upload,
            page_link(icon("upload", 18), "Upload pictures", to=routes.UPLOAD, class_name=styles.PRIMARY),
            rx.cond(
                SessionState.signed_in,
                rx.fragment(),
                page_link("Sign in", to=routes.sign_in(routes.UPLOAD), class_name=styles.PRIMARY),
            ),
        ),
    )
