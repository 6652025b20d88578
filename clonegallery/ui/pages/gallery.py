"""The gallery: every picture that the viewer may see, in justified rows."""

from urllib.parse import parse_qs, urlsplit

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.pages.gallery_chosen import ChosenState, chosen_actions
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.session import SessionState
from clonegallery.ui.template import template

TITLE = "CloneGallery"
DESCRIPTION = "Photographs, as large as they deserve."

NEWEST = "newest"
_SORTS = ((NEWEST, "Newest"), ("oldest", "Oldest"), ("taken", "Taken"), ("popular", "Popular"))


class GalleryState(rx.State):
    """Which order the address asks for. The pictures themselves never pass through state."""

    sort: str = NEWEST

    @rx.event
    def load(self) -> None:
        self.sort = sort_in(str(self.router.url))


def sort_in(url: str) -> str:
    """The order that `url` asks for, or the newest first where it names none that there is."""
    asked = parse_qs(urlsplit(url).query).get("sort", [NEWEST])[-1]
    return asked if asked in dict(_SORTS) else NEWEST


def page() -> rx.Component:
    return template(
        rx.el.div(
            rx.el.h1("Gallery", class_name=styles.TOOLBAR_TITLE),
            rx.cond(
                ChosenState.chosen > 0,
                chosen_actions(),
                rx.el.nav(*(_sort_link(*sort) for sort in _SORTS), aria_label="Order", class_name="cg-sort"),
            ),
            class_name=styles.TOOLBAR,
        ),
        gallery_grid(
            _empty(),
            endpoint="/api/v1/images",
            label="Pictures",
            timeline=True,
            selectable=SessionState.can_upload,
            removed=ImageState.gone + ChosenState.removed,
            refresh=ChosenState.changes,
            on_select=ChosenState.select,
        ),
        path=routes.GALLERY,
        class_name=f"{styles.PAGE} cg-page-wide",
        on_unmount=ChosenState.leave,
    )


def _sort_link(name: str, label: str) -> rx.Component:
    to = routes.GALLERY if name == NEWEST else f"{routes.GALLERY}?sort={name}"
    current = rx.cond(GalleryState.sort == name, "true", "false")
    return page_link(label, to=to, custom_attrs={"aria-current": current})


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
