"""Links: to pages, without loading a new document, and to everything else."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router import ReactRouterLink


def page_link(*children: Any, to: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link to another page of the gallery; a real `<a href>`, so that it opens in new tabs and without JavaScript."""
    link: rx.Component = ReactRouterLink.create(*children, to=to, **props)
    return link


def document_link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link to what is no page: an address of the API. Reflex's own `rx.el.a` would look for a page under it."""
    link: rx.Component = A.create(*children, href=href, target="_self", **props)
    return link
