"""What the address of the settings and the flash cookie say about a form that was posted, or a provider's answer."""

from urllib.parse import parse_qs, urlsplit

import reflex as rx

from clonegallery import flash
from clonegallery.flash import Flash
from clonegallery.settings import get_settings
from clonegallery.ui import routes
from clonegallery.ui.session import cookie_in

PROVIDER_ERRORS = "provider_"
"""How the words begin that say why a provider's account was not linked."""


def word(state: rx.State, name: str) -> str:
    """The address's parameter `name`, the last one, or an empty text."""
    return parse_qs(urlsplit(str(state.router.url)).query).get(name, [""])[-1]


def said(state: rx.State) -> Flash:
    """What the refused form has to say; empty where its cookie is gone."""
    settings = get_settings()
    cookie = cookie_in(state.router.headers.cookie, flash.cookie_name(secure=settings.secure))
    return flash.unpack(cookie, settings.signing_key(), page=routes.SETTINGS)
