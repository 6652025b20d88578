"""Bringing pictures in. The files go from the browser straight to the API; this page only frames the component."""

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Visibility
from clonegallery.settings import get_settings
from clonegallery.ui import routes, styles
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.uploader import uploader
from clonegallery.ui.session import SessionState, viewer_of
from clonegallery.ui.template import template

TITLE = "Upload · CloneGallery"


class UploadState(rx.State):
    """What the server accepts and does without being told, known at run time: settings change without a build."""

    max_bytes: int = 0
    visibility: str = Visibility.PRIVATE

    @rx.event
    async def load(self) -> None:
        self.max_bytes = get_settings().upload_max_bytes
        self.visibility = (await viewer_of(self)).default_visibility


def page() -> rx.Component:
    return template(
        guarded(
            _upload(),
            path=routes.UPLOAD,
            needs=Permission.UPLOAD,
            refusal="Your account may look, like and report, but not upload. An Admin of this gallery can change that.",
        ),
        path=routes.UPLOAD,
        class_name=styles.NARROW_PAGE,
    )


def _upload() -> rx.Component:
    return rx.fragment(
        rx.el.div(rx.el.h1("Upload", class_name=styles.TOOLBAR_TITLE), class_name=styles.TOOLBAR),
        uploader(
            max_bytes=UploadState.max_bytes,
            visibility=UploadState.visibility,
            sign_in=routes.sign_in(routes.UPLOAD),
            on_refused=SessionState.look_again,
        ),
    )
