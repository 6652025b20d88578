"""What a username and an e-mail address may be."""

import re

from clonegallery.errors import FieldError, Invalid

MAX_EMAIL = 254
_USERNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,48}[A-Za-z0-9])")
# `owner=me` means oneself, so nobody else can be called that; the others would be read as nobody.
_RESERVED = frozenset({"me", "anonymous", "null", "undefined", "none"})
_EMAIL = re.compile(r"[^\s@,;<>()\"\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def check_username(username: str) -> None:
    """Raises `Invalid`, naming the field, unless these are 3 to 50 ASCII letters, digits, `.`, `_`, `-`."""
    if not _USERNAME.fullmatch(username):
        raise _refused("username", "A username has 3 to 50 letters, digits, dots, dashes or underscores.")
    if username.lower() in _RESERVED:
        raise _refused("username", "This username is reserved.")


def is_username(text: str) -> bool:
    """Whether `check_username` lets this pass."""
    return bool(_USERNAME.fullmatch(text)) and text.lower() not in _RESERVED


def check_email(email: str) -> None:
    """Raises `Invalid`, naming the field, unless this looks like `someone@somewhere`; only mail proves more."""
    if not is_email(email):
        raise _refused("email", "This is not an e-mail address.")


def is_email(text: str) -> bool:
    """Whether `check_email` lets this pass."""
    return len(text) <= MAX_EMAIL and bool(_EMAIL.fullmatch(text)) and text.isprintable()


def _refused(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field, message)])
