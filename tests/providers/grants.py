"""What both stand-ins do alike: ask their user, hand out codes, and take each back once (RFC 6749, 4.1; RFC 7636)."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

CLIENT_ID = "gallery"
CLIENT_SECRET = "a secret between gallery and provider"

Parameters = Mapping[str, str]


class Grants:
    """The codes that were given out and not taken back yet, each with the request that it answers."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, str]] = {}

    def give(self, asked: Parameters) -> str:
        code = secrets.token_urlsafe(16)
        self._given[code] = dict(asked)
        return code

    def take(self, sent: Parameters) -> dict[str, str] | None:
        """The request that was answered with this code; None unless code, address and verifier all fit it."""
        asked = self._given.pop(sent.get("code", ""), None)
        if asked is None or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        return asked if challenge.decode().rstrip("=") == asked["code_challenge"] else None


def is_well_asked(asked: Parameters, redirect_uris: list[str]) -> bool:
    """Whether an authorization request is our client's, to one of its addresses, for a code, with PKCE's S256."""
    return (
        asked.get("client_id") == CLIENT_ID
        and asked.get("redirect_uri") in redirect_uris
        and asked.get("response_type", "code") == "code"
        and asked.get("code_challenge_method") == "S256"
        and len(asked.get("code_challenge", "")) == 43
    )


def consent_page(name: str, action: str, asked: Parameters) -> HTMLResponse:
    """The page on which the provider's user allows or denies."""
    hidden = "".join(f'<input type="hidden" name="{escape(key)}" value="{escape(asked[key])}">' for key in asked)
    buttons = "".join(f'<button name="decision" value="{word}">{word.title()}</button>' for word in ("allow", "deny"))
    form = f'<form method="post" action="{escape(action)}">{hidden}{buttons}</form>'
    return HTMLResponse(f"<!doctype html><title>{name}</title><h1>{name}</h1>{form}")


def sent_back(asked: Parameters, answer: Parameters) -> RedirectResponse:
    """To the client's address with this answer and the client's own state."""
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked.get('state', '')})}", 303)
