"""One person's pictures, for everybody: each sees what of them they may see, and nothing else of the person."""

import reflex as rx

from clonegallery.errors import NotFound
from clonegallery.ui import routes, styles
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank, skeleton
from clonegallery.ui.pages import missing
from clonegallery.ui.pages.profile_view import ProfileView, profile_view
from clonegallery.ui.session import viewer_of
from clonegallery.ui.template import template


class ProfileState(rx.State):
    """Whose page it is, as this viewer may know them."""

    person: ProfileView = ProfileView()
    title: str = "CloneGallery"
    loaded: bool = False
    found: bool = False

    @rx.event
    async def load(self) -> None:
        """Read the person that the address names, also when the page reconnects."""
        try:
            self.person = await profile_view(await viewer_of(self), routes.username_in(str(self.router.url)))
            self.title, self.found = f"{self.person.username} · CloneGallery", True
        except NotFound:
            self.person, self.title, self.found = ProfileView(), missing.TITLE, False
        self.loaded = True

    @rx.event
    def leave(self) -> None:
        """Forget the person, so that the next one is not preceded by this one for a moment."""
        self.person, self.title, self.loaded, self.found = ProfileView(), "CloneGallery", False, False


PERSON = ProfileState.person
TITLE = ProfileState.title


def page() -> rx.Component:
    return template(
        rx.cond(
            rx.State.is_hydrated & ProfileState.loaded,
            rx.cond(ProfileState.found, _profile(), missing.nothing_here()),
            skeleton(),
        ),
        path=routes.PROFILE,
        class_name=styles.PAGE,
        on_unmount=ProfileState.leave,
    )


def _profile() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            rx.el.span(PERSON.initial, class_name="cg-profile-mark", aria_hidden="true"),
            rx.el.div(
                rx.el.h1(PERSON.username),
                rx.el.p(f"Joined {PERSON.joined} · {PERSON.pictures}", class_name=styles.NOTE),
            ),
            class_name="cg-profile",
        ),
        gallery_grid(
            blank(
                "image",
                "No pictures to see here",
                "What this person shows to everybody appears here.",
                page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
            ),
            endpoint="/api/v1/images",
            query=PERSON.query,
            label=f"Pictures by {PERSON.username}",
        ),
    )
