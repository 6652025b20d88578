"""Who is looking at the pages: read from the HttpOnly cookie, asked of the database, shown from plain fields.

The socket's copy of the cookie is as old as the socket, so nothing here is remembered as a right: every privileged
event asks `viewer_of` again, and signing in or out is a real request that loads a new document.
"""

from typing import Any

import reflex as rx
from starlette.requests import cookie_parser

from clonegallery.accounts import service
from clonegallery.accounts.callers import client_address
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Caller, Viewer
from clonegallery.accounts.secrets import cookie_name
from clonegallery.settings import get_settings
from clonegallery.ui import routes


async def viewer_of(state: rx.State) -> Viewer:
    """Who sends this event, as the database has it now; somebody without a living session is anonymous."""
    return await viewer_for_cookies(state.router.headers.cookie)


async def viewer_for_cookies(cookie_header: str) -> Viewer:
    """Who holds the session in a `Cookie` header; somebody without a living one is anonymous."""
    token = session_token(cookie_header)
    return (token and await service.viewer_for_session(token)) or ANONYMOUS


def session_token(cookie_header: str) -> str:
    """The session's token in a `Cookie` header, or an empty text."""
    return cookie_in(cookie_header, cookie_name(secure=get_settings().secure))


def cookie_in(cookie_header: str, name: str) -> str:
    """The value of the cookie of that name in a `Cookie` header, or an empty text.

    Read as the API reads it: the standard library gives up at the first odd cookie, which another program on the same
    host may have set, and the pages would take somebody signed in for a stranger.
    """
    return cookie_parser(cookie_header).get(name, "")


def caller_of(state: rx.State) -> Caller:
    """Where this event comes from, for the audit log: the address that the API would see, and the browser's name."""
    headers = state.router.headers
    forwarded = headers.raw_headers.get("x-forwarded-for", "")
    hops = get_settings().trusted_proxy_hops
    return Caller(client_address(state.router.session.client_ip, [forwarded], hops), headers.user_agent)


class SessionState(rx.State):
    """What the pages show about the viewer. Display only: no handler decides by these fields.

    `ended` is true when somebody who was signed in no longer is, while the page is open.
    """

    loaded: bool = False
    signed_in: bool = False
    ended: bool = False
    permissions: rx.Field[list[str]] = rx.field(default_factory=list)
    username: str = ""
    initial: str = ""
    role: str = ""
    can_like: bool = False
    can_upload: bool = False
    can_generate: bool = False
    can_administer: bool = False
    can_register: bool = False
    csrf_token: str = ""

    @rx.event
    async def load(self) -> None:
        """Find out who is looking; the first thing that a page for everybody does."""
        self._show(await viewer_of(self))

    @rx.event
    async def admit(self) -> Any:
        """Find out who is looking, and send a stranger to sign in and come back; the first thing of a guarded page."""
        self._show(await viewer_of(self))
        if self.signed_in:
            return None
        return rx.redirect(routes.sign_in(routes.path_in(str(self.router.url))), replace=True)

    @rx.event
    async def look_again(self) -> None:
        """Show what the viewer may do now; sent by components whose own requests were refused."""
        await look_again(self)

    def _show(self, viewer: Viewer) -> None:
        self.ended = False
        self.signed_in = viewer.is_signed_in
        self.username = viewer.username
        self.initial = viewer.username[:1].upper()
        self.role = viewer.role or ""
        self.permissions = [permission for permission in Permission if viewer.may(permission)]
        self.can_like = viewer.may(Permission.LIKE)
        self.can_upload = viewer.may(Permission.UPLOAD)
        self.can_generate = viewer.may(Permission.GENERATE)
        self.can_administer = viewer.may(Permission.ADMIN)
        self.can_register = not viewer.is_signed_in and get_settings().registration_open
        self.csrf_token = viewer.csrf_token
        self.loaded = True


async def look_again(state: rx.State) -> None:
    """Show what the viewer may do now: after a refusal, or a change of one's own, what the page knew is old."""
    session = await state.get_state(SessionState)
    was_signed_in = session.signed_in or session.ended
    session._show(await viewer_of(state))
    session.ended = was_signed_in and not session.signed_in
