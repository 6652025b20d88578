"""What a page reads after a form was posted: words in its address, and the cookie that says what was wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import reflex as rx

from clonegallery import flash
from clonegallery.flash import Flash
from clonegallery.settings import get_settings
from clonegallery.ui.session import cookie_in

PROVIDER_ERRORS = "provider_"
"""How the words begin that say why a provider's account was not taken."""

_REASONS = {
    "credentials": "The username or the password is not right.",
    "disabled": "This account is disabled.",
    "origin": "This form came from another site. Please try again here.",
    "too_many": "Too many tries. Wait a little, then try again.",
    "unavailable": "The gallery cannot answer right now. Please try again in a moment.",
    "invalid": "This was not accepted. Please try again.",
    "closed": "Registration is closed here.",
    "provider_denied": "You did not let the provider say who you are.",
    "provider_state": "This was begun in another browser, or too long ago. Please try again.",
    "provider_email": "The provider has no verified e-mail address of yours.",
    "provider_taken": "An account here has this address already but never verified it. Sign in with your password.",
    "provider_failed": "The provider did not answer as it should. Try again, or sign in another way.",
    "provider_closed": "You have no account here yet, and registration is closed.",
}

_TAKEN = {"link": "taken"}


@dataclass(frozen=True)
class Told:
    """What became of the form of a page: one sentence, or what was wrong with each field, and what had been typed.

    `first_wrong` is the field where one goes on. `is_about_link` is true where the link of a letter was refused itself,
    and not what was typed; where the reason got lost on the way, the link may still be good.
    """

    message: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    first_wrong: str = ""
    is_about_link: bool = False


def nothing_told(fields: Sequence[str]) -> Told:
    """What a page with these fields shows before anything was posted."""
    return Told(errors=dict.fromkeys(fields, ""), typed=dict.fromkeys(fields, ""))


def told(state: rx.State, page: str, fields: Sequence[str]) -> Told:
    """What became of the form of `page` with these fields; nothing where its address names no error of ours.

    The flash cookie says it in full and lives for two minutes; after that there is a general sentence.
    """
    error = word(state, "error")
    if error not in _REASONS:
        return nothing_told(fields)
    heard = said(state, page)
    errors = {name: heard.errors.get(name, "") for name in fields}
    wrong = next((name for name in fields if errors[name]), "")
    return Told(
        message="" if wrong else heard.message or _REASONS[error],
        errors=errors,
        typed={name: heard.values.get(name, "") for name in fields},
        first_wrong=wrong,
        is_about_link=error == "invalid" and bool(heard.message) and not heard.errors,
    )


def link_token(state: rx.State, known: str) -> tuple[str, str]:
    """The secret of a letter's link, and the page's address without it; an empty address where it holds none.

    `known` is the secret that was taken out of the address before. The address says so from then on, that it may not
    be taken for one without a link, nor another one for it.
    """
    parameters = dict(words(state))
    token = parameters.pop("token", "")
    if not token:
        return (known if _TAKEN.items() <= parameters.items() else ""), ""
    return token, f"{urlsplit(str(state.router.url)).path}?{urlencode(parameters | _TAKEN)}"


def word(state: rx.State, name: str) -> str:
    """The address's parameter `name`, the last one, or an empty text."""
    return words(state).get(name, "")


def words(state: rx.State) -> Mapping[str, str]:
    """Every parameter of the address, the last of each name; an unreadable address has none."""
    try:
        return {name: values[-1] for name, values in parse_qs(urlsplit(str(state.router.url)).query).items()}
    except ValueError:
        return {}


def said(state: rx.State, page: str) -> Flash:
    """What the refused form of `page` has to say; empty where its cookie is gone."""
    settings = get_settings()
    cookie = cookie_in(state.router.headers.cookie, flash.cookie_name(secure=settings.secure))
    return flash.unpack(cookie, settings.signing_key(), page=page)
