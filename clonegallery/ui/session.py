"""Who is looking at the pages: read from the HttpOnly cookie, asked of the database, shown from plain fields.

The socket's copy of the cookie is as old as the socket, so nothing here is remembered as a right: every privileged
event asks `viewer_of` again, and signing in or out is a real request that loads a new document.
"""

from http.cookies import CookieError, SimpleCookie

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.accounts.secrets import cookie_name
from clonegallery.settings import get_settings


async def viewer_of(state: rx.State) -> Viewer:
    """Who sends this event, as the database has it now; somebody without a living session is anonymous."""
    return await viewer_for_cookies(state.router.headers.cookie)


async def viewer_for_cookies(cookie_header: str) -> Viewer:
    """Who holds the session in a `Cookie` header; somebody without a living one is anonymous."""
    token = session_token(cookie_header)
    return (token and await service.viewer_for_session(token)) or ANONYMOUS


def session_token(cookie_header: str) -> str:
    """The session's token in a `Cookie` header, or an empty text."""
    try:
        cookies = SimpleCookie(cookie_header)
    except CookieError:
        return ""
    morsel = cookies.get(cookie_name(secure=get_settings().secure))
    return morsel.value if morsel else ""


class SessionState(rx.State):
    """What the navigation shows about the viewer. Display only: no handler decides by these fields."""

    loaded: bool = False
    signed_in: bool = False
    username: str = ""
    initial: str = ""
    role: str = ""
    can_upload: bool = False
    csrf_token: str = ""

    @rx.event
    async def load(self) -> None:
        """Find out who is looking; the first thing that every page does."""
        self._show(await viewer_of(self))

    def _show(self, viewer: Viewer) -> None:
        self.signed_in = viewer.is_signed_in
        self.username = viewer.username
        self.initial = viewer.username[:1].upper()
        self.role = viewer.role or ""
        self.can_upload = viewer.may(Permission.UPLOAD)
        self.csrf_token = viewer.csrf_token
        self.loaded = True
