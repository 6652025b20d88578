"""Names, choices and whole numbers as people write them.

Every reader raises `ValueError`, with words where these say more than what its key takes.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from clonegallery.images.cameras import named
from clonegallery.images.texts import MAX_TAG

MAX_TEXT = 300
"""As long as names are kept (`images/cameras.py`): what is offered can be asked for."""
_LARGEST_SEED = 2**63 - 1
_SEED = re.compile(r"\d{1,19}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def name_of(text: str) -> str:
    """A name as it was typed, of at most 300 characters."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"this is longer than {MAX_TEXT} characters")
    return text


def whole_name_of(text: str) -> str:
    """A name as names are compared, so that one name is one text however it was typed."""
    found = named(name_of(text))
    if found is None:
        raise ValueError("a name has letters or digits")
    return found.folded.rstrip()


def tag_of(text: str) -> str:
    """A tag as `clean_tags` keeps it."""
    tag = unicodedata.normalize("NFC", text.lower())
    if len(tag) > MAX_TAG:
        raise ValueError(f"a tag has at most {MAX_TAG} characters")
    if "," in tag:
        raise ValueError("a tag has no comma; several tags are written one by one, such as tag:beach tag:sun")
    return tag


def owner_of(text: str) -> str:
    """A username, a UUID or `me`, in lower case as all of them are compared."""
    return name_of(unicodedata.normalize("NFC", text.lower()))


def choice_of(choices: type[StrEnum]) -> Callable[[str], str]:
    """A reader of one of the values of an enum."""

    def read(text: str) -> str:
        if plainly(text) not in set(choices):
            raise ValueError
        return choices(plainly(text)).value

    return read


def seed_of(text: str) -> int:
    """A whole number from 0 to 2⁶³ - 1."""
    text = plainly(text)
    if not _SEED.fullmatch(text) or int(text) > _LARGEST_SEED:
        raise ValueError
    return int(text)


def has_gps(text: str) -> bool:
    """True for `gps`, the one thing that a picture can be asked to have."""
    if plainly(text) != "gps":
        raise ValueError
    return True


def image_id_of(text: str) -> UUID:
    """The id of a picture, in the usual five groups."""
    text = plainly(text)
    if not _UUID.fullmatch(text):
        raise ValueError
    return UUID(text)


def plainly(text: str) -> str:
    """In lower case, and with the digits and signs of ASCII where a keyboard wrote them full-width."""
    return unicodedata.normalize("NFKC", text).lower().strip()
