"""Words that people write on their pictures, made clean or refused by the name of the field."""

import unicodedata
from collections.abc import Iterable

from clonegallery.errors import FieldError, Invalid

MAX_TITLE = 255
MAX_CAPTION = 5000
MAX_TAG = 50
MAX_TAGS = 30
MAX_FILENAME = 255
_UNTITLED = "Untitled"
# Marks that turn the direction of text around can make one name look like another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean_title(text: str) -> str:
    """One line of 1 to 255 characters. Raises `Invalid` naming `title`."""
    title = " ".join(printable(_composed(text, "title")).split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise refused("title", f"A title has 1 to {MAX_TITLE} characters.")
    return title


def clean_caption(text: str) -> str:
    """At most 5,000 characters, line breaks kept. Raises `Invalid` naming `caption`."""
    lines = _composed(text, "caption").replace("\r\n", "\n").split("\n")
    caption = "\n".join(printable(line.replace("\t", " ")) for line in lines).strip()
    if len(caption) > MAX_CAPTION:
        raise refused("caption", f"A caption has at most {MAX_CAPTION} characters.")
    return caption


def clean_tags(tags: Iterable[str]) -> list[str]:
    """At most 30 different tags, lower-case, in the order given. Raises `Invalid` naming `tags`."""
    cleaned = (" ".join(printable(_composed(tag, "tags").lower()).split()) for tag in tags)
    unique = list(dict.fromkeys(tag for tag in cleaned if tag))
    if len(unique) > MAX_TAGS:
        raise refused("tags", f"A picture has at most {MAX_TAGS} tags.")
    if any(len(tag) > MAX_TAG or "," in tag for tag in unique):
        raise refused("tags", f"A tag has 1 to {MAX_TAG} characters and no comma.")
    return unique


def tag_of(text: str) -> str:
    """A tag that is asked for, written as `clean_tags` would; never raises, for nothing has a tag that cannot be."""
    return " ".join(printable(unicodedata.normalize("NFC", _valid(text)).lower()).split())


def clean_filename(name: str) -> str:
    """The last part of a file's name as its sender's system wrote it, safe to show and to send; at most 255 characters.

    Never raises: what a camera or a phone calls its file is not the sender's doing.
    """
    last = _valid(name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join(printable(unicodedata.normalize("NFC", last)).split()).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 10:
        return plain[:MAX_FILENAME]
    return f"{stem[: MAX_FILENAME - len(extension) - 1]}.{extension}"


def title_from(filename: str) -> str:
    """A title for a picture that was given none: its cleaned file name without the extension."""
    cleaned = clean_filename(filename)
    stem, dot, extension = cleaned.rpartition(".")
    return (stem if dot and len(extension) <= 10 else cleaned).strip()[:MAX_TITLE].strip() or _UNTITLED


def _composed(text: str, field: str) -> str:
    if "\x00" in text:
        raise refused(field, "This holds a NUL character.")
    if _valid(text) != text:
        raise refused(field, "This is not valid Unicode text.")
    return unicodedata.normalize("NFC", text)


def _valid(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


def printable(text: str) -> str:
    """Without control characters and turning marks; white space of any kind stays, to be collapsed."""
    return "".join(
        character
        for character in text
        if character not in _TURNING and (character.isspace() or unicodedata.category(character) != "Cc")
    )


def refused(field: str, message: str) -> Invalid:
    """The refusal of one field, by its name and in plain words."""
    return Invalid(message, errors=[FieldError(field, message)])
