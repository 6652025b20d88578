"""What every page shares: the bar, the page's own place, the notice, the lost connection."""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_too_many_connection_errors

from clonegallery.ui.components.navigation import navigation
from clonegallery.ui.components.notices import notice


def template(*content: rx.Component, path: str, class_name: str = "", **props: Any) -> rx.Component:
    """`content` as the page under `path`; `props` are those of its `<main>`."""
    return rx.fragment(
        navigation(path),
        rx.el.main(*content, id="content", class_name=class_name, custom_attrs={"tabIndex": -1}, **props),
        notice(),
        rx.cond(has_too_many_connection_errors, _offline()),
    )


def _offline() -> rx.Component:
    return rx.el.div(
        "The gallery does not answer. Trying again …",
        class_name="cg-offline",
        role="alert",
    )
