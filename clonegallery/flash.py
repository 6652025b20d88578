"""What a posted form says to the page that it sends the browser back to: once, in a short-lived signed cookie.

Addresses end up in histories and logs, so what was typed does not travel in them; and a page must not show words that
somebody else put into a cookie, so it is signed.
"""

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

LIFETIME_SECONDS = 120
_MAX_VALUE = 300
_MAX_MESSAGE = 200
_MAX_COOKIE = 3800  # Browsers take 4,096 bytes with the name and the attributes.
_SIGNATURE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Flash:
    """For the page at `page`: one sentence, what was wrong with each field, and what was typed (never a password)."""

    page: str
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def cookie_name(*, secure: bool) -> str:
    """The cookie's name, bound to the host under https."""
    return "__Host-cg_flash" if secure else "cg_flash"


def pack(flash: Flash, key: bytes) -> str:
    """The cookie's value. What was typed is cut short, and left out where it would not fit."""
    short = {name: value[:_MAX_VALUE] for name, value in flash.values.items()}
    for values in (short, {}):
        packed = _signed(asdict(flash) | {"values": values}, key)
        if len(packed) <= _MAX_COOKIE:
            return packed
    return _signed(asdict(Flash(flash.page, flash.message[:_MAX_MESSAGE])), key)


def unpack(cookie: str, key: bytes, *, page: str) -> Flash:
    """What the cookie says to `page`; an empty flash for a cookie of another page, an old one, or none of ours."""
    try:
        raw = base64.urlsafe_b64decode(cookie.encode("ascii"))
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(body, key)):
            return Flash(page)
        content = json.loads(body)
        if content.pop("until") < time.time():
            return Flash(page)
        flash = Flash(**content)
    except (ValueError, TypeError, KeyError, binascii.Error):
        return Flash(page)
    return flash if flash.page == page else Flash(page)


def _signed(content: Mapping[str, object], key: bytes) -> str:
    dated = {**content, "until": int(time.time()) + LIFETIME_SECONDS}
    body = json.dumps(dated, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(body, key) + body).decode()


def _signature(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"flash:" + body, "sha256")
