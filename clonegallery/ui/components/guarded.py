"""The one guard of pages: what stands in a page's place until it is known who looks, and for whoever may not."""

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.ui.components.settled import Settled
from clonegallery.ui.components.states import not_allowed, sign_in_first, skeleton
from clonegallery.ui.session import SessionState


class Guard(Settled):
    """What keeps a page for whoever may see it."""


def guarded(content: rx.Component, *, path: str, needs: Permission | None = None, refusal: str = "") -> rx.Component:
    """`content` for whoever has the permission that the page at `path` `needs`; for None, for everybody signed in.

    Until that is known there is a skeleton, which is all that the served HTML holds; somebody signed in who may not
    reads the `refusal`. A stranger is led to the sign-in page by `SessionState.admit`, the first of the page's loaders,
    and whoever is signed out while the page is open reads so. It follows every change of the viewer that the page
    learns of. This only chooses what is drawn: a page's code is public, and every event behind it authorises by itself.
    """
    may = SessionState.signed_in if needs is None else SessionState.permissions.contains(str(needs))
    signed_out = rx.cond(SessionState.ended, sign_in_first(path), skeleton())
    return Guard.create(
        skeleton(),
        rx.cond(may, content, rx.cond(SessionState.signed_in, not_allowed(refusal), signed_out)),
        known=rx.State.is_hydrated & SessionState.loaded,
    )
