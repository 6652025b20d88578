"""The browser's way in by Google or GitHub, and how somebody signed in links one. Refusals are redirects too."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Caller, Credential, ProvenIdentity, Provider
from clonegallery.addresses import safe_next
from clonegallery.api import oauth_flows as flows
from clonegallery.api.browser import LOGIN_PAGE, SETTINGS_PAGE, with_session
from clonegallery.api.deps import CurrentCaller, check_csrf, current_viewer, origin_of, session_token, settings_of
from clonegallery.api.forms import (
    NO_STORE,
    REFUSALS,
    Form,
    FormFields,
    answer,
    back,
    done,
    with_query,
    word_for,
)
from clonegallery.api.oauth_clients import ProviderClient
from clonegallery.api.oauth_flows import Flow
from clonegallery.errors import (
    Conflict,
    GalleryError,
    NotFound,
    NotSignedIn,
    ProviderDenied,
    ProviderFailed,
    ProviderRefused,
    ProviderStateLost,
    RegistrationClosed,
    UnverifiedAccount,
)
from clonegallery.failures import as_gallery_error

router = APIRouter(include_in_schema=False)

_LOGIN = Form(LOGIN_PAGE)
_SETTINGS = Form(SETTINGS_PAGE)
_NAMES = {Provider.GOOGLE: "Google", Provider.GITHUB: "GitHub"}
_MOVED = "moved"
_NOTHING_LOADED = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}

# What these mean to somebody who comes from a provider; to a posted form they mean something else.
_WORDS: tuple[tuple[type[GalleryError], str], ...] = (
    (RegistrationClosed, "provider_closed"),
    (UnverifiedAccount, "provider_taken"),
    (Conflict, "provider_taken"),
)


@router.get("/auth/{provider}/login")
async def begin_sign_in(request: Request, provider: Provider, caller: CurrentCaller) -> Response:
    """Leave for the provider to sign in (`next`): 303 there, or back to the sign-in page with a word."""
    client = _client_of(request, provider)
    target = safe_next(request.query_params.get("next", "/"))
    if _is_elsewhere(request) and _MOVED not in request.query_params:
        return _at_home(request, request.url.path, {"next": target, _MOVED: "1"})
    try:
        return _redirect(request, *await _begin(request, client, caller, target=target))
    except REFUSALS as error:
        return _refused(request, _LOGIN, error, target)


@router.post("/auth/{provider}/link")
async def begin_link(request: Request, provider: Provider, fields: FormFields, caller: CurrentCaller) -> Response:
    """Leave for the provider to link it (`csrf_token`): a page that goes there, or 303 back to the settings.

    A page, because browsers that keep `form-action` follow no redirect of a posted form to another site.
    """
    client = _client_of(request, provider)

    async def act(_target: str) -> Response:
        viewer = await current_viewer(request)
        if viewer.credential is not Credential.COOKIE:
            raise NotSignedIn
        check_csrf(request, viewer, fields.get("csrf_token", ""))
        if _is_elsewhere(request):
            # The provider sends back to the canonical address, where this browser is not signed in.
            return _leaving(request, f"{settings_of(request).origin}{SETTINGS_PAGE}?error=provider_state", "")
        url, browser = await _begin(request, client, caller, user_id=str(viewer.id))
        return _leaving(request, url, browser, _NAMES[provider])

    return await answer(request, fields, _SETTINGS, act)


@router.get("/auth/{provider}/callback")
async def callback(request: Request, provider: Provider, caller: CurrentCaller) -> Response:
    """Come back from the provider: signed in or linked, and 303 onwards; or 303 back to where it began, with a word."""
    client = _client_of(request, provider)
    flow: Flow | None = None
    try:
        await service.admit_from_provider(caller)
        flow = await flows.take(provider, _browser_cookie(request), request.query_params.get("state", ""))
        return await _arrive(request, client, flow, caller)
    except REFUSALS as error:
        form = _SETTINGS if flow and flow.user_id else _LOGIN
        return _refused(request, form, error, flow.target if flow else "/")


async def _begin(
    request: Request, client: ProviderClient, caller: Caller, *, target: str = "/", user_id: str = ""
) -> tuple[str, str]:
    """The provider's address with a new request in it, and what the browser is known by from now on."""
    await service.admit_to_provider(caller)
    begun = await client.begin(_callback_url(request, client.provider))
    browser = flows.browser_of(_browser_cookie(request))
    await flows.keep(client.provider, browser, Flow(begun, target, user_id))
    return begun.url, browser


async def _arrive(request: Request, client: ProviderClient, flow: Flow | None, caller: Caller) -> Response:
    linking = flow.user_id if flow else ""
    try:
        identity = await _proof(request, client, flow)
    except ProviderRefused as refused:
        await service.note_provider_refusal(client.provider, refused.code, caller, linking=linking)
        raise
    if linking:
        await service.link(await current_viewer(request), identity, caller=caller)
        return done(with_query(SETTINGS_PAGE, {"linked": client.provider}))
    signed_in = await service.sign_in_with(identity, caller=caller, replaces=session_token(request))
    return with_session(request, done(flow.target if flow else "/"), signed_in.token)


async def _proof(request: Request, client: ProviderClient, flow: Flow | None) -> ProvenIdentity:
    if flow is None:
        raise ProviderStateLost
    if flow.user_id:
        viewer = await current_viewer(request)
        if viewer.credential is not Credential.COOKIE or str(viewer.id) != flow.user_id:
            raise ProviderStateLost("You are not signed in any more as who began this.")
    told = request.query_params
    if "error" in told:
        raise ProviderDenied if told["error"] == "access_denied" else ProviderFailed
    if not told.get("code"):
        raise ProviderFailed
    return await client.prove(told, flow.begun, _callback_url(request, client.provider))


def _refused(request: Request, form: Form, error: Exception, target: str) -> Response:
    known = as_gallery_error(error)
    if known is None:
        raise error
    word = next((word for kind, word in _WORDS if isinstance(known, kind)), word_for(known))
    return back(request, form, known, word, target=target)


def _client_of(request: Request, provider: Provider) -> ProviderClient:
    """Raises `NotFound` for a provider that is not set up."""
    clients: Mapping[Provider, ProviderClient] = request.app.state.provider_clients
    if provider not in clients:
        raise NotFound("This gallery does not sign in with this provider.")
    return clients[provider]


def _callback_url(request: Request, provider: Provider) -> str:
    return f"{settings_of(request).origin}/auth/{provider}/callback"


def _is_elsewhere(request: Request) -> bool:
    """Whether the browser is at another of the gallery's addresses than that to which providers send it back."""
    home = settings_of(request).origin
    return origin_of(f"{urlsplit(home).scheme}://{request.headers.get('host', '')}") != origin_of(home)


def _at_home(request: Request, path: str, query: Mapping[str, str]) -> Response:
    """303 to the canonical address, at which the cookies will be. Once: a proxy may hide the host that was asked."""
    return RedirectResponse(settings_of(request).origin + with_query(path, query), 303, NO_STORE)


def _redirect(request: Request, url: str, browser: str) -> Response:
    return _with_browser(request, RedirectResponse(url, 303, NO_STORE), browser)


def _leaving(request: Request, url: str, browser: str, name: str = "the gallery") -> Response:
    address = escape(url, quote=True)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>One moment</title>'
        f'<meta http-equiv="refresh" content="0;url={address}"></head>'
        f'<body><p><a href="{address}">Continue to {name}</a></p></body></html>'
    )
    response = HTMLResponse(page, headers=NO_STORE | _NOTHING_LOADED)
    return _with_browser(request, response, browser) if browser else response


def _browser_cookie(request: Request) -> str:
    return request.cookies.get(flows.cookie_name(secure=settings_of(request).secure), "")


def _with_browser(request: Request, response: Response, browser: str) -> Response:
    secure = settings_of(request).secure
    response.set_cookie(
        flows.cookie_name(secure=secure),
        browser,
        max_age=flows.LIFETIME_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response
