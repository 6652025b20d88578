"""The browser's way in and out: plain forms that post and redirect, and the API's own logout."""

from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from clonegallery.accounts import service
from clonegallery.accounts.schemas import SignedIn
from clonegallery.accounts.sessions import cookie_name
from clonegallery.api.deps import (
    CSRF_HEADER,
    CurrentViewer,
    WritingViewer,
    check_csrf,
    comes_from_elsewhere,
    session_token,
    settings_of,
)
from clonegallery.errors import CsrfFailed, GalleryError, Invalid, NotAllowed, NotSignedIn, TooManyRequests
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error

router = APIRouter(tags=["auth"])

LOGIN_PAGE = "/login"
_MAX_FIELDS = 20
_MAX_NEXT = 2000
_NO_STORE = {"Cache-Control": "no-store"}

_REFUSALS: tuple[type[Exception], ...] = (GalleryError, *LIBRARY_FAILURES)

Fields = dict[str, str]


async def form_fields(request: Request) -> Fields:
    """The fields of a posted HTML form (`application/x-www-form-urlencoded`), the last of each name.

    Raises `Invalid` for any other kind of body and for more than 20 fields.
    """
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Invalid("This address takes an HTML form.")
    body = (await request.body()).decode("utf-8", "replace")
    try:
        found = parse_qs(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise Invalid("This form has too many fields.") from error
    return {name: values[-1] for name, values in found.items()}


FormFields = Annotated[Fields, Depends(form_fields)]


def safe_next(target: str) -> str:
    """`target` when it is a path on this very site, else `/`.

    Browsers read `//host`, `/\\host` and control characters between the slashes as another site, so none may pass.
    """
    local = target.startswith("/") and not target.startswith(("//", "/auth/")) and "\\" not in target
    if not local or len(target) > _MAX_NEXT or not target.isprintable():
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target


@router.post("/auth/login", include_in_schema=False)
async def login(request: Request, fields: FormFields) -> Response:
    """Sign in by form (`username`, `password`, `next`): 303 to `next`, or back to the page with a word."""
    target = _target(request, fields)
    try:
        signed_in = await _signed_in(request, fields)
    except _REFUSALS as error:
        known = as_gallery_error(error)
        if known is None:
            raise
        return _back_to_page(known, target)
    response = RedirectResponse(target, 303, _NO_STORE)
    _set_cookie(request, response, signed_in.token)
    return response


def _target(request: Request, fields: Fields) -> str:
    """Where to go after signing in: the form's `next`, or that of the page's own address.

    The page fills the field in by JavaScript, and a quick hand or a password manager may post before that has run.
    """
    named = fields.get("next", "")
    if named in ("", "/"):
        named = _next_in(request.headers.get("referer", ""))
    return safe_next(named)


def _next_in(address: str) -> str:
    try:
        return parse_qs(urlsplit(address).query).get("next", ["/"])[-1]
    except ValueError:
        return "/"


async def _signed_in(request: Request, fields: Fields) -> SignedIn:
    if comes_from_elsewhere(request):
        raise CsrfFailed
    return await service.sign_in(
        fields.get("username", "").strip(),
        fields.get("password", ""),
        user_agent=request.headers.get("user-agent", ""),
        address=request.client.host if request.client else "",
        replaces=session_token(request),
    )


def _back_to_page(error: GalleryError, target: str) -> Response:
    query = {"error": _word(error)} | ({"next": target} if target != "/" else {})
    return RedirectResponse(f"{LOGIN_PAGE}?{urlencode(query)}", 303, _NO_STORE | dict(error.headers()))


def _word(error: GalleryError) -> str:
    """What the login page is told: one of credentials, disabled, origin, too_many, unavailable."""
    match error:
        case CsrfFailed():
            return "origin"
        case NotAllowed():
            return "disabled"
        case NotSignedIn() | Invalid():
            return "credentials"
        case TooManyRequests():
            return "too_many"
        case _:
            return "unavailable"


@router.post("/auth/logout", include_in_schema=False)
async def logout(request: Request, viewer: CurrentViewer, fields: FormFields) -> Response:
    """Sign out by form (`csrf_token`, or the header): 303 to `/` without the cookie."""
    if viewer.is_signed_in:
        check_csrf(request, viewer, request.headers.get(CSRF_HEADER) or fields.get("csrf_token", ""))
        await service.sign_out(session_token(request))
    response = RedirectResponse("/", 303, _NO_STORE)
    _drop_cookie(request, response)
    return response


@router.post("/api/v1/auth/logout", status_code=204, operation_id="logout", summary="End this session")
async def api_logout(request: Request, _viewer: WritingViewer) -> Response:
    """End the session that this request came with; its cookie is void from here on."""
    await service.sign_out(session_token(request))
    response = Response(status_code=204, headers=_NO_STORE)
    _drop_cookie(request, response)
    return response


def _set_cookie(request: Request, response: Response, token: str) -> None:
    settings = settings_of(request)
    response.set_cookie(
        cookie_name(secure=settings.secure),
        token,
        max_age=settings.session_absolute_seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def _drop_cookie(request: Request, response: Response) -> None:
    secure = settings_of(request).secure
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
