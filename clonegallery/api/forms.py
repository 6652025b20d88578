"""The forms that browsers post: read safely, answered with a redirect, and sent back with what was typed if refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from clonegallery import flash
from clonegallery.accounts.secrets import token_hash
from clonegallery.addresses import safe_next
from clonegallery.api.deps import comes_from_elsewhere, settings_of
from clonegallery.errors import (
    Conflict,
    CsrfFailed,
    GalleryError,
    Invalid,
    NotAllowed,
    NotSignedIn,
    ProviderDenied,
    ProviderEmailUnverified,
    ProviderFailed,
    ProviderStateLost,
    RegistrationClosed,
    TooManyRequests,
    UnverifiedAccount,
)
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error
from clonegallery.flash import Flash

NO_STORE = {"Cache-Control": "no-store"}
_MAX_FIELDS = 20
REFUSALS: tuple[type[Exception], ...] = (GalleryError, *LIBRARY_FAILURES)

Fields = dict[str, str]

# The first that fits: a kind stands before those that it is one of.
_WORDS: tuple[tuple[type[GalleryError], str], ...] = (
    (CsrfFailed, "origin"),
    (RegistrationClosed, "closed"),
    (UnverifiedAccount, "unverified"),
    (ProviderDenied, "provider_denied"),
    (ProviderStateLost, "provider_state"),
    (ProviderEmailUnverified, "provider_email"),
    (ProviderFailed, "provider_failed"),
    (NotAllowed, "disabled"),
    (NotSignedIn, "credentials"),
    (Invalid, "invalid"),
    (Conflict, "invalid"),
    (TooManyRequests, "too_many"),
)


async def form_fields(request: Request) -> Fields:
    """The fields of a posted HTML form (`application/x-www-form-urlencoded`), the last of each name.

    Raises `Invalid` for any other kind of body and for more than 20 fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("This address takes an HTML form.")
    body = (await request.body()).decode("utf-8", "replace")
    try:
        found = parse_qs(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise Invalid("This form has too many fields.") from error
    return {name: values[-1] for name, values in found.items()}


FormFields = Annotated[Fields, Depends(form_fields)]


@dataclass(frozen=True, slots=True)
class Form:
    """A page's form: where it stands, and which of its fields may be shown again (never a password)."""

    page: str
    shown: tuple[str, ...] = ()


async def answer(request: Request, fields: Fields, form: Form, act: Callable[[str], Awaitable[Response]]) -> Response:
    """What `act`, told where the person wants to go, answers; a refusal leads back to the form's page with a word.

    A form that another site posted is refused before anything is done.
    """
    target = _target(request, fields)
    try:
        if comes_from_elsewhere(request):
            raise CsrfFailed
        return await act(target)
    except REFUSALS as error:
        known = as_gallery_error(error)
        if known is None:
            raise
        return back(request, form, known, word_for(known), fields=fields, target=target)


def done(target: str) -> Response:
    """303 to `target`, a path of this site."""
    return RedirectResponse(target, 303, NO_STORE)


def with_query(path: str, query: Mapping[str, str]) -> str:
    """`path` with these parameters, or as it is without any."""
    return f"{path}?{urlencode(query)}" if query else path


def word_for(error: GalleryError) -> str:
    """What a page is told about a refusal, in a word that may stand in an address."""
    return next((word for kind, word in _WORDS if isinstance(error, kind)), "unavailable")


def back(
    request: Request,
    form: Form,
    error: GalleryError,
    word: str,
    *,
    fields: Mapping[str, str] = MappingProxyType({}),
    target: str = "/",
) -> Response:
    """303 to the form's page, which is told of the refusal by `word` in its address and by the flash cookie."""
    query = {"error": word} | ({"next": target} if target != "/" else {})
    token = fields.get("token", "")
    if token_hash(token):  # Whatever else was sent as one has no place in an address.
        query["token"] = token
    response = RedirectResponse(with_query(form.page, query), 303, NO_STORE | dict(error.headers()))
    said = Flash(
        form.page,
        error.detail,
        {refused.field: refused.message for refused in error.errors},
        {name: fields[name] for name in form.shown if name in fields},
    )
    _set_flash(request, response, said)
    return response


def _set_flash(request: Request, response: Response, said: Flash) -> None:
    settings = settings_of(request)
    response.set_cookie(
        flash.cookie_name(secure=settings.secure),
        flash.pack(said, settings.signing_key()),
        max_age=flash.LIFETIME_SECONDS,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


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
