"""Keyset cursors: opaque, URL-safe, and bound to the list they came from."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from clonegallery.errors import FieldError, Invalid

DEFAULT_LIMIT = 60
MAX_LIMIT = 200
MAX_CURSOR = 500

CursorValue = str | int | float | datetime | UUID
Keys = tuple[CursorValue, ...]

_TYPES: dict[str, type] = {"s": str, "i": int, "f": float, "d": datetime, "u": UUID}


def encode_cursor(scope: str, keys: Sequence[CursorValue]) -> str:
    """The cursor that continues after the row with these sort `keys`; `scope` names the list and its order."""
    body = json.dumps([scope, *(_pack(key) for key in keys)], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_cursor(scope: str, cursor: str, kinds: str) -> Keys:
    """The sort keys inside `cursor`; `kinds` says their types, a letter each (s i f d u).

    Raises `Invalid` on anything that `encode_cursor` did not make for this very `scope`.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        body = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        found, *packed = body
        keys = tuple(_unpack(value, kind) for value, kind in zip(packed, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError) as error:
        raise _bad_cursor("This cursor was not made by this gallery.") from error
    if found != scope:
        raise _bad_cursor("This cursor belongs to another list or order.")
    return keys


def _bad_cursor(reason: str) -> Invalid:
    return Invalid(reason, errors=[FieldError("cursor", reason)])


def _pack(key: CursorValue) -> str | int | float:
    if isinstance(key, datetime):
        return key.isoformat()
    return str(key) if isinstance(key, UUID) else key


def _unpack(value: object, kind: str) -> CursorValue:
    wanted = _TYPES[kind]
    if wanted is datetime:
        moment = datetime.fromisoformat(_text(value))
        if moment.tzinfo is None:
            raise ValueError("cursor time without a zone")
        return moment.astimezone(UTC)  # Raises for a moment before year 1 or after 9999, which no database takes.
    if wanted is UUID:
        return UUID(_text(value))
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise ValueError("cursor value of another type")
    if isinstance(value, int) and abs(value) > 2**62:
        raise ValueError("cursor number out of range")
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("cursor text with NUL")
    assert isinstance(value, str | int | float)  # noqa: S101 Narrowing for the type checker; checked just above.
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("cursor text expected")
    return value
