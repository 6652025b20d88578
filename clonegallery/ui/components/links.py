"""Links that change the page without loading a new document."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router import ReactRouterLink


def page_link(*children: Any, to: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link to another page of the gallery; a real `<a href>`, so that it opens in new tabs and without JavaScript."""
    link: rx.Component = ReactRouterLink.create(*children, to=to, **props)
    return link
