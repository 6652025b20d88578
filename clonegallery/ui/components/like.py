"""The heart beside a picture: one JavaScript component that asks the API itself, so that it answers at once."""

from typing import Any

import reflex as rx
from reflex_base.components.component import field

from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.keys import shortcut
from clonegallery.ui.components.links import page_link

_CLASS = f"{styles.ICON_BUTTON} cg-like"


class LikeButton(rx.Component):
    """A button that is pressed while the viewer likes the picture; children are its symbol."""

    library = "$/public/like_button.js"
    tag = "LikeButton"

    image_id: rx.Var[str] = field(doc="The picture; give it as `key` too, so that the next one starts anew.")
    liked: rx.Var[bool] = field(doc="Whether the viewer likes it, as the server said last.")
    likes: rx.Var[int] = field(doc="How many people like it, the viewer included.")
    sign_in: rx.Var[str] = field(doc="Where to go when the session turns out to be over.")


def like_button(**props: Any) -> rx.Component:
    """A `LikeButton` with `props`, for whoever may like; its key is `f`."""
    return LikeButton.create(icon("heart"), class_name=_CLASS, custom_attrs=shortcut("f"), **props)


def like_after_sign_in(likes: int, *, sign_in: str) -> rx.Component:
    """The same heart for a stranger: a link to the page where one signs in."""
    return page_link(
        icon("heart"),
        rx.el.span("Sign in to like this picture", class_name=styles.HIDDEN),
        rx.cond(likes > 0, rx.el.span(likes, aria_hidden="true")),
        to=sign_in,
        class_name=_CLASS,
        custom_attrs=shortcut("f"),
    )
