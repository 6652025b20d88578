"""The browser's way in and out: plain forms that post and redirect, so that they work before and without JavaScript."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from clonegallery.accounts import service
from clonegallery.accounts.letters import RESET_PAGE, VERIFY_PAGE
from clonegallery.accounts.secrets import cookie_name
from clonegallery.api.deps import (
    CSRF_HEADER,
    CurrentCaller,
    CurrentViewer,
    check_csrf,
    session_token,
    settings_of,
)
from clonegallery.api.forms import NO_STORE, Form, FormFields, answer, done, with_query
from clonegallery.errors import FieldError, Invalid, NotSignedIn

router = APIRouter(include_in_schema=False)

LOGIN_PAGE = "/login"
SETTINGS_PAGE = "/settings"
_LOGIN = Form(LOGIN_PAGE, ("username",))
_REGISTER = Form("/register", ("email", "username"))
_FORGOT = Form("/forgot-password", ("email",))
_RESET = Form(RESET_PAGE)
_VERIFY = Form(VERIFY_PAGE)
_SETTINGS = Form(SETTINGS_PAGE)


@router.post("/auth/login")
async def login(request: Request, fields: FormFields, caller: CurrentCaller) -> Response:
    """Sign in (`username`, `password`, `next`): 303 to `next`, or back to the page with a word."""

    async def act(target: str) -> Response:
        signed_in = await service.sign_in(
            fields.get("username", "").strip(),
            fields.get("password", ""),
            caller=caller,
            replaces=session_token(request),
        )
        return with_session(request, done(target), signed_in.token)

    return await answer(request, fields, _LOGIN, act)


@router.post("/auth/register")
async def register(request: Request, fields: FormFields, caller: CurrentCaller) -> Response:
    """Make an account (`email`, `username`, `password`, `next`) and be signed in: 303 to what is said of the letter."""

    async def act(target: str) -> Response:
        signed_in = await service.register_in_browser(
            email=fields.get("email", "").strip(),
            username=fields.get("username", "").strip(),
            password=fields.get("password", ""),
            caller=caller,
            replaces=session_token(request),
        )
        onwards = {"done": "registered"} | ({"next": target} if target != "/" else {})
        return with_session(request, done(with_query(VERIFY_PAGE, onwards)), signed_in.token)

    return await answer(request, fields, _REGISTER, act)


@router.post("/auth/logout")
async def logout(request: Request, viewer: CurrentViewer, fields: FormFields, caller: CurrentCaller) -> Response:
    """Sign out (`csrf_token`, or the header): 303 to `/` without the cookie.

    With `everywhere` all other sign-ins end too.
    """
    if viewer.is_signed_in:
        check_csrf(request, viewer, request.headers.get(CSRF_HEADER) or fields.get("csrf_token", ""))
        if fields.get("everywhere"):
            await service.end_other_sessions(viewer, caller=caller)
        await service.sign_out(viewer, caller=caller)
    return without_session(request, RedirectResponse("/", 303, NO_STORE))


@router.post("/auth/forgot-password")
async def forgot_password(request: Request, fields: FormFields, caller: CurrentCaller) -> Response:
    """Ask for a link by mail (`email`): 303 to the page, which says the same whether or not there is an account."""

    async def act(_target: str) -> Response:
        await service.ask_password_reset(fields.get("email", "").strip(), caller=caller)
        return done(with_query(_FORGOT.page, {"done": "sent"}))

    return await answer(request, fields, _FORGOT, act)


@router.post("/auth/reset-password")
async def reset_password(request: Request, fields: FormFields, caller: CurrentCaller) -> Response:
    """Set a new password by a mailed link (`token`, `password`): 303 to the sign-in page."""

    async def act(_target: str) -> Response:
        await service.reset_password_by_link(fields.get("token", ""), fields.get("password", ""), caller=caller)
        return without_session(request, done(with_query(LOGIN_PAGE, {"done": "password"})))

    return await answer(request, fields, _RESET, act)


@router.post("/auth/verify-email")
async def verify_email(request: Request, viewer: CurrentViewer, fields: FormFields, caller: CurrentCaller) -> Response:
    """Confirm an address by a mailed link (`token`, and `password` of whoever is not signed in): 303 to the page.

    A form and not the link itself, because mail scanners open links.
    """

    async def act(_target: str) -> Response:
        token, password = fields.get("token", ""), fields.get("password", "")
        await service.verify_email(token, viewer=viewer, password=password, caller=caller)
        return done(with_query(VERIFY_PAGE, {"done": "verified"}))

    return await answer(request, fields, _VERIFY, act)


@router.post("/auth/password")
async def change_password(
    request: Request, viewer: CurrentViewer, fields: FormFields, caller: CurrentCaller
) -> Response:
    """Change one's password (`current_password`, `new_password`, `csrf_token`): every other sign-in ends."""

    async def act(_target: str) -> Response:
        if not viewer.is_signed_in:
            raise NotSignedIn
        check_csrf(request, viewer, fields.get("csrf_token", ""))
        new = fields.get("new_password", "")
        if new != fields.get("repeated_password", new):
            raise Invalid(errors=[FieldError("repeated_password", "The two are not the same.")])
        signed_in = await service.change_password(viewer, fields.get("current_password", ""), new, caller=caller)
        response = done(with_query(_SETTINGS.page, {"done": "password"}))
        return with_session(request, response, signed_in.token) if signed_in else response

    return await answer(request, fields, _SETTINGS, act)


def with_session(request: Request, response: Response, token: str) -> Response:
    """`response`, which signs the browser in."""
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
    return response


def without_session(request: Request, response: Response) -> Response:
    """`response`, which makes the browser forget its session."""
    secure = settings_of(request).secure
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
    return response
