"""The strip of pictures that look like the one on the page."""

from dataclasses import dataclass

import reflex as rx

from clonegallery.images.schemas import ImageCard
from clonegallery.search import service
from clonegallery.ui import routes
from clonegallery.ui.components.links import page_link
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.refusals import REFUSALS, id_in
from clonegallery.ui.session import viewer_of

_SHOWN = 12


@dataclass(frozen=True)
class SimilarView:
    """One picture of the strip."""

    id: str = ""
    href: str = ""
    title: str = ""
    thumb: str = ""
    color: str = ""


class SimilarState(rx.State):
    """What is alike to the picture `of`."""

    items: list[SimilarView] = []  # noqa: RUF012 -- Reflex copies it per state.
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
        self.items = [_view(card) for card in found.items if card.urls.thumb_300]


def strip() -> rx.Component:
    """Nothing at all where nothing is alike, nor what was alike to the picture before this one."""
    shown = rx.el.section(
        rx.el.h2("Similar pictures"),
        rx.el.ul(rx.foreach(SimilarState.items, _one), class_name="cg-similar-list"),
        aria_label="Similar pictures",
        class_name="cg-similar",
    )
    return rx.cond(SimilarState.of == ImageState.picture.id, rx.cond(SimilarState.items, shown))


def _one(item: SimilarView) -> rx.Component:
    return rx.el.li(
        page_link(
            rx.el.img(src=item.thumb, alt=item.title, loading="lazy"),
            to=item.href,
            title=item.title,
            style={"backgroundColor": item.color},
        ),
        key=item.id,
    )


def _view(card: ImageCard) -> SimilarView:
    return SimilarView(
        id=str(card.id),
        href=routes.image(str(card.id)),
        title=card.title,
        thumb=card.urls.thumb_300 or "",
        color=card.dominant_color or "",
    )
