"""The upload page's component: files go from the browser straight to the API, a row and a bar each.

Reflex's own upload holds whole files on the server without a size limit and knows no progress per file.
"""

from typing import Any

import reflex as rx
from reflex_base.components.component import field
from reflex_base.event import no_args_event_spec

EXTENSIONS = ("jpg", "jpeg", "jpe", "jfif", "png", "webp", "avif", "heic", "heif", "gif")
VISIBILITIES = ("public", "unlisted", "private")


class Uploader(rx.Component):
    """Drop zone, file and folder buttons, and the queue; it survives a reload of the page."""

    library = "$/public/uploader.js"
    tag = "Uploader"

    endpoint: rx.Var[str] = field(doc="Where a multipart `file` is posted; answers 201, or 200 for a duplicate.")
    extensions: rx.Var[list[str]] = field(doc="File name extensions that may be tried, in lower case, without dot.")
    max_bytes: rx.Var[int] = field(doc="Larger files are refused before they are sent; 0 leaves it to the server.")
    visibilities: rx.Var[list[str]] = field(doc="What the visibility selector offers.")
    visibility: rx.Var[str] = field(doc="What it shows until another is chosen; it may change meanwhile.")
    link_prefix: rx.Var[str] = field(doc="What precedes the id in a picture's address; `/image/` when left out.")
    sign_in: rx.Var[str] = field(doc="Where to sign in again; `/login?next=%2Fupload` when left out.")

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """`on_refused` is an answer that this person may not upload, or not any more."""
        return {**super().get_event_triggers(), "on_refused": no_args_event_spec}


def uploader(**props: Any) -> rx.Component:
    """An `Uploader` that posts to the gallery's own API unless `props` say otherwise."""
    defaults: dict[str, Any] = {
        "endpoint": "/api/v1/images",
        "extensions": list(EXTENSIONS),
        "visibilities": list(VISIBILITIES),
        "visibility": VISIBILITIES[0],
    }
    return Uploader.create(**(defaults | props))
