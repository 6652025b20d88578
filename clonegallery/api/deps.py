"""Who is asking, from where, and whether the request may write: the dependencies that routes declare."""

from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from clonegallery.accounts import service
from clonegallery.accounts.callers import client_address
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Caller, Credential, Scope, Viewer
from clonegallery.accounts.secrets import cookie_name, same_secret
from clonegallery.errors import CsrfFailed, NotSignedIn
from clonegallery.settings import Settings

CSRF_HEADER = "X-CSRF-Token"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BEARER = "bearer"
READS = ("GET", "HEAD")


def settings_of(request: Request) -> Settings:
    """The settings that this API was made with."""
    settings: Settings = request.app.state.settings
    return settings


def session_token(request: Request) -> str:
    """The opaque session id in the request's cookie, or an empty text."""
    return request.cookies.get(cookie_name(secure=settings_of(request).secure), "")


def caller_of(request: Request) -> Caller:
    """Where the request comes from, behind as many proxies as `TRUSTED_PROXY_HOPS` says."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    return Caller(
        client_address(peer, forwarded, settings_of(request).trusted_proxy_hops),
        request.headers.get("user-agent", ""),
    )


CurrentCaller = Annotated[Caller, Depends(caller_of)]


async def current_viewer(request: Request) -> Viewer:
    """Who is asking; somebody without credentials, or whose session is over, is anonymous.

    Raises `NotSignedIn` for bearer credentials that are not valid: a program must not silently become a stranger. With
    both, the bearer's count.
    """
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == _BEARER:
        viewer = await service.viewer_for_bearer(credentials.strip())
        if request.method in READS:
            viewer.require_scope(Scope.READ)
        else:
            viewer.require_writing()
        return viewer
    token = session_token(request)
    return (token and await service.viewer_for_session(token)) or ANONYMOUS


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


async def signed_in_viewer(viewer: CurrentViewer) -> Viewer:
    """Who is asking. Raises `NotSignedIn` for a stranger."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    return viewer


SignedInViewer = Annotated[Viewer, Depends(signed_in_viewer)]


async def anybody_writing(request: Request, viewer: CurrentViewer) -> Viewer:
    """Who is writing, a stranger too. Raises `CsrfFailed` for a session whose own token did not come along.

    Only a cookie goes along unasked; bearer credentials are put there by a program that means it.
    """
    if viewer.credential is Credential.COOKIE:
        check_csrf(request, viewer, request.headers.get(CSRF_HEADER, ""))
    return viewer


AnybodyWriting = Annotated[Viewer, Depends(anybody_writing)]


async def writing_viewer(viewer: AnybodyWriting, _signed_in: SignedInViewer) -> Viewer:
    """Who is writing. Raises `NotSignedIn` for a stranger, and `CsrfFailed`."""
    return viewer


WritingViewer = Annotated[Viewer, Depends(writing_viewer)]


async def signed_in_person(viewer: SignedInViewer) -> Viewer:
    """Who is asking, for what an API key must not do. Raises `NotSignedIn`, `NotAllowed`."""
    viewer.require_person()
    return viewer


PersonViewer = Annotated[Viewer, Depends(signed_in_person)]


async def writing_person(viewer: WritingViewer) -> Viewer:
    """Who is writing, for what an API key must not do. Raises as `writing_viewer`, and `NotAllowed`."""
    viewer.require_person()
    return viewer


WritingPerson = Annotated[Viewer, Depends(writing_person)]


class require_permission:  # noqa: N801 It reads as the verb that it is: Depends(require_permission(...)).
    """A dependency: the viewer, who has this permission.

    On a request that writes it is a `writing_viewer` too. Raises `NotAllowed` where role or key lack it.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request, viewer: SignedInViewer) -> Viewer:
        if request.method not in READS:
            await anybody_writing(request, viewer)
        viewer.require(self.permission)
        return viewer


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
    return origin_of(source) not in _own_origins(tuple(settings_of(request).origins))


@lru_cache(maxsize=8)
def _own_origins(origins: tuple[str, ...]) -> frozenset[str]:
    return frozenset(origin_of(origin) for origin in origins)


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers write an origin, the default port left out; an unreadable one is no origin."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "invalid"
    shown = "" if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{parts.hostname or ''}{shown}"
