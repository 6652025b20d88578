"""What a page does when an event is refused: says why, and shows no longer what the viewer may not see."""

from uuid import UUID

import reflex as rx

from clonegallery.errors import GalleryError, NotAllowed, NotFound, NotSignedIn
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error
from clonegallery.ui.components.notices import tell_error
from clonegallery.ui.session import look_again

REFUSALS: tuple[type[Exception], ...] = (GalleryError, *LIBRARY_FAILURES)
"""What a service raises on purpose, and what the libraries underneath raise when something is gone."""


async def refuse(state: rx.State, error: Exception) -> GalleryError:
    """Tell the sender of the event why it was refused; returns the reason. Raises `error` again where it is a defect.

    A right that was lost while the page was open is the usual reason, so the page then looks who the viewer is now.
    """
    known = await reason(state, error)
    await tell_error(state, known)
    return known


async def reason(state: rx.State, error: Exception) -> GalleryError:
    """The same for what the page says in a place of its own, without a notice."""
    known = as_gallery_error(error)
    if known is None:
        raise error
    if isinstance(known, NotSignedIn | NotAllowed):
        await look_again(state)
    return known


def id_in(value: object) -> UUID:
    """The id that an event carries. Raises `NotFound` for what is none: nothing can be under it."""
    try:
        return UUID(str(value))
    except ValueError as error:
        raise NotFound from error


def text_in(form: object, name: str, longest: int = 1000) -> str:
    """A field of an event's form as text, cut to `longest`; an empty one where there is no such text."""
    value = form.get(name) if isinstance(form, dict) else None
    return value[:longest] if isinstance(value, str) else ""
