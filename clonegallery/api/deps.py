"""Who is asking, and whether the request may write: the dependencies that routes declare."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.accounts.sessions import cookie_name, same_secret
from clonegallery.errors import CsrfFailed, NotSignedIn
from clonegallery.settings import Settings

CSRF_HEADER = "X-CSRF-Token"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def settings_of(request: Request) -> Settings:
    """The settings that this API was made with."""
    settings: Settings = request.app.state.settings
    return settings


def session_token(request: Request) -> str:
    """The opaque session id in the request's cookie, or an empty text."""
    return request.cookies.get(cookie_name(secure=settings_of(request).secure), "")


async def current_viewer(request: Request) -> Viewer:
    """Who is asking; somebody without credentials, or whose session is over, is anonymous.

    Raises `NotSignedIn` for bearer credentials that are not valid: a program must not silently become a stranger.
    """
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        raise NotSignedIn("These bearer credentials are not valid.")
    token = session_token(request)
    return (token and await service.viewer_for_session(token)) or ANONYMOUS


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


async def signed_in_viewer(viewer: CurrentViewer) -> Viewer:
    """Who is asking. Raises `NotSignedIn` for a stranger."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    return viewer


SignedInViewer = Annotated[Viewer, Depends(signed_in_viewer)]


async def writing_viewer(request: Request, viewer: SignedInViewer) -> Viewer:
    """Who is writing. Raises `NotSignedIn` for a stranger, `CsrfFailed` unless the session's own token came along."""
    check_csrf(request, viewer, request.headers.get(CSRF_HEADER, ""))
    return viewer


WritingViewer = Annotated[Viewer, Depends(writing_viewer)]


def require_permission(permission: Permission) -> Callable[..., Awaitable[Viewer]]:
    """A dependency that is a `WritingViewer` with this permission; raises `NotAllowed` where the role lacks it."""

    async def allowed_viewer(viewer: WritingViewer) -> Viewer:
        viewer.require(permission)
        return viewer

    return allowed_viewer


def check_csrf(request: Request, viewer: Viewer, token: str) -> None:
    """Raises `CsrfFailed` unless `token` is the session's own and the request came from the gallery's own pages."""
    if comes_from_elsewhere(request) or not same_secret(token, viewer.csrf_token):
        raise CsrfFailed


def comes_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that a page of another site sent this.

    Browsers name the sending page in `Origin`, else in `Referer`; without either, `Sec-Fetch-Site` still tells. A
    request with none of the three is no browser's and carries nobody's cookies unasked.
    """
    source = request.headers.get("origin") or request.headers.get("referer")
    if source is None:
        return request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    return _origin_of(source) not in _own_origins(tuple(settings_of(request).origins))


@lru_cache(maxsize=8)
def _own_origins(origins: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_origin_of(origin) for origin in origins)


def _origin_of(url: str) -> str:
    """Scheme, host and port as browsers write an origin, the default port left out; an unreadable one is no origin."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "invalid"
    shown = "" if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{parts.hostname or ''}{shown}"
