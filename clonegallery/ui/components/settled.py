"""What is drawn only once the server has told the page what it has to know."""

import reflex as rx
from reflex_base.components.component import field

from clonegallery.ui.components.states import skeleton
from clonegallery.ui.session import SessionState


class Settled(rx.Component):
    """The first of its two children until `known` has turned true on this page, then the second."""

    library = "$/public/settled.js"
    tag = "Settled"

    known: rx.Var[bool] = field(doc="Whether the server has told this page.")


class KnownOnce(Settled):
    """The same for what is on every page: it stays from one page to the next."""

    tag = "KnownOnce"


def settled(content: rx.Component) -> rx.Component:
    """`content` after a skeleton, once all loaders of the page have run."""
    return Settled.create(skeleton(), content, known=rx.State.is_hydrated)


def with_viewer(content: rx.Component, waiting: rx.Component | None = None) -> rx.Component:
    """`content` about the viewer, on every page: `waiting` until the first page of this document knows who that is."""
    return KnownOnce.create(waiting or rx.fragment(), content, known=rx.State.is_hydrated & SessionState.loaded)
