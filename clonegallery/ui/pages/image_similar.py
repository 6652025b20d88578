"""The strip of pictures that look like the one on the page."""

import asyncio
from typing import Any

import reflex as rx

from clonegallery.search import service
from clonegallery.ui import routes
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.thumbs import Thumb, thumb_link, thumb_of
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.refusals import REFUSALS, id_in
from clonegallery.ui.session import viewer_of

_SHOWN = 12
_LOOK_AGAIN_SECONDS = (2.0, 4.0, 8.0, 16.0)


class SimilarState(rx.State):
    """What is alike to the picture `of`; `more` leads to where all of it is in the gallery."""

    items: list[Thumb] = []  # noqa: RUF012 -- Reflex copies it per state.
    of: str = ""
    more: str = ""

    @rx.event
    async def load(self) -> Any:
        """Look for what is alike to the picture that the address names; of one that cannot be seen nothing is."""
        image_id = routes.image_id_in(str(self.router.url))
        if image_id != self.of:
            self.items, self.of = [], image_id
        return None if await self._is_found(image_id) else SimilarState.look_again

    @rx.event(background=True)
    async def look_again(self) -> None:
        """A picture that has just come is placed a moment later: look for it a few times more."""
        async with self:
            image_id = self.of
        for pause in _LOOK_AGAIN_SECONDS:
            await asyncio.sleep(pause)
            async with self:
                if self.of != image_id or await self._is_found(image_id):
                    return

    async def _is_found(self, image_id: str) -> bool:
        """Whether there is nothing to wait for: the picture has been placed, will never be, or cannot be seen."""
        try:
            found = await service.similar(await viewer_of(self), id_in(image_id), _SHOWN)
        except REFUSALS:
            self.items = []  # The page itself says why.
            return True
        self.more = routes.looking_like(image_id)
        self.items = [thumb for card in found.items if (thumb := thumb_of(card)) is not None]
        return found.placed or found.model is None


def strip() -> rx.Component:
    """Nothing at all where nothing is alike, nor what was alike to the picture before this one."""
    shown = rx.el.section(
        rx.el.div(
            rx.el.h2("Similar pictures"),
            page_link("More like this", to=SimilarState.more, class_name="cg-similar-all"),
            class_name="cg-similar-head",
        ),
        rx.el.ul(rx.foreach(SimilarState.items, _one), class_name="cg-similar-list"),
        aria_label="Similar pictures",
        class_name="cg-similar",
    )
    return rx.cond(SimilarState.of == ImageState.picture.id, rx.cond(SimilarState.items, shown))


def _one(thumb: Thumb) -> rx.Component:
    return rx.el.li(thumb_link(thumb, class_name="cg-similar-picture"), key=thumb.id)
