"""The strip of pictures that look like the one on the page."""

import reflex as rx

from clonegallery.search import service
from clonegallery.ui import routes
from clonegallery.ui.components.thumbs import Thumb, thumb_link, thumb_of
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.refusals import REFUSALS, id_in
from clonegallery.ui.session import viewer_of

_SHOWN = 12


class SimilarState(rx.State):
    """What is alike to the picture `of`."""

    items: list[Thumb] = []  # noqa: RUF012 -- Reflex copies it per state.
    of: str = ""

    @rx.event
    async def load(self) -> None:
        """Look for what is alike to the picture that the address names; of one that cannot be seen nothing is."""
        image_id = routes.image_id_in(str(self.router.url))
        if image_id != self.of:
            self.items, self.of = [], image_id
        try:
            found = await service.similar(await viewer_of(self), id_in(image_id), _SHOWN)
        except REFUSALS:
            self.items = []  # The page itself says why.
            return
        self.items = [thumb for card in found.items if (thumb := thumb_of(card)) is not None]


def strip() -> rx.Component:
    """Nothing at all where nothing is alike, nor what was alike to the picture before this one."""
    shown = rx.el.section(
        rx.el.h2("Similar pictures"),
        rx.el.ul(rx.foreach(SimilarState.items, _one), class_name="cg-similar-list"),
        aria_label="Similar pictures",
        class_name="cg-similar",
    )
    return rx.cond(SimilarState.of == ImageState.picture.id, rx.cond(SimilarState.items, shown))


def _one(thumb: Thumb) -> rx.Component:
    return rx.el.li(thumb_link(thumb, class_name="cg-similar-picture"), key=thumb.id)
