"""Small pictures that lead to their pages, as strips show them."""

from dataclasses import dataclass

import reflex as rx

from clonegallery.images.schemas import ImageCard
from clonegallery.ui import routes
from clonegallery.ui.components.links import page_link


@dataclass(frozen=True)
class Thumb:
    """One picture of a strip; `color` stands in while it loads."""

    id: str = ""
    href: str = ""
    title: str = ""
    src: str = ""
    color: str = ""
    width: int = 1
    height: int = 1


def thumb_of(card: ImageCard) -> Thumb | None:
    """The small copy of a picture; None while it has none."""
    if not card.urls.thumb_300:
        return None
    return Thumb(
        id=str(card.id),
        href=routes.image(str(card.id)),
        title=card.title,
        src=card.urls.thumb_300,
        color=card.dominant_color or "",
        width=card.width,
        height=card.height,
    )


def thumb_link(thumb: Thumb, *, class_name: str, keeps_shape: bool = False) -> rx.Component:
    """The picture as a link; with its own shape where `keeps_shape`, else as its class has it."""
    shape = {"aspectRatio": f"{thumb.width} / {thumb.height}"} if keeps_shape else {}
    return page_link(
        rx.el.img(src=thumb.src, alt=thumb.title, loading="lazy"),
        to=thumb.href,
        title=thumb.title,
        class_name=class_name,
        style={"backgroundColor": thumb.color, **shape},
    )
