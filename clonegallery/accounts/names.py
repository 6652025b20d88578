"""What a username and an e-mail address may be."""

import re
import unicodedata

from clonegallery.errors import FieldError, Invalid

MAX_EMAIL = 254
_USERNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{1,48}[A-Za-z0-9])")
# `owner=me` means oneself, so nobody else can be called that; the others would be read as nobody.
_RESERVED = frozenset({"me", "anonymous", "null", "undefined", "none"})
# RFC 5322's dot-atom, and letters beyond ASCII as RFC 6531 allows them: nothing that a mail program takes apart.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_ENCODED_WORD = "=?"


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
    """Raises `Invalid`, naming the field, unless this looks like `someone@somewhere`; only mail proves more.

    Refused too is what a mail program or the database might take for another address: an encoded word, and letters
    that become ASCII ones by NFKC or in lower case, as the Kelvin sign and the dotted capital I do.
    """
    if not is_email(email):
        raise _refused("email", "This is not an e-mail address.")


def is_email(text: str) -> bool:
    """Whether `check_email` lets this pass."""
    plain = text.isprintable() and _ENCODED_WORD not in text and not _passes_for_another(text)
    return len(text) <= MAX_EMAIL and plain and bool(_EMAIL.fullmatch(text))


def _passes_for_another(text: str) -> bool:
    lowered = "".join(letter.lower() for letter in text if not letter.isascii())
    return not unicodedata.is_normalized("NFKC", text) or any(letter.isascii() for letter in lowered)


def _refused(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field, message)])
