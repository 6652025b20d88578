"""Where one term ends and the next begins."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from clonegallery.images.texts import printable
from clonegallery.search.query.keys import BY_NAME
from clonegallery.search.query.terms import QueryError

# Telephones turn straight quotes into curly ones while one types, and Asian keyboards have a wide one.
QUOTES = '"\u201c\u201d\u201e\u201f\uff02'
# What stands before the whole name of something; Asian keyboards have a wide one here too.
EQUALS = ("=", "\uff1d")
_SPACES = re.compile(r"\s*")
_RUN = re.compile(rf"[^\s{QUOTES}]*")
# Between quotes a backslash says that the quote or the backslash after it is one of the text; any other is itself.
_QUOTED = re.compile(rf"[{QUOTES}]((?:\\[\\{QUOTES}]|[^{QUOTES}])*)([{QUOTES}]?)", re.DOTALL)
_ESCAPED = re.compile(rf"\\([\\{QUOTES}])")
_KEYED = re.compile(r"([^\W\d]\w*)([:\uff1a])(?!//)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A term as it was typed, from `start` until before `end`.

    `key` is in lower case, known or not, and None for free words; `value` is composed (NFC) and holds no control
    characters and no marks that turn the direction of text. It is `whole` where a sign of equality came before it.
    """

    start: int
    end: int
    negated: bool
    key: str | None
    value: str
    quoted: bool
    whole: bool = False


def read_tokens(text: str, *, unfinished: bool = False) -> Iterator[Token]:
    """The tokens of a text, in order.

    A quote that is never closed raises `QueryError`; in a text that is `unfinished` it reaches to the end instead.
    """
    position = _end(_SPACES, text, 0)
    while position < len(text):
        token = _token_at(text, position, unfinished)
        yield token
        position = _end(_SPACES, text, token.end)


def _token_at(text: str, start: int, unfinished: bool) -> Token:
    end = _end(_RUN, text, start)
    typed = _clean(text[start:end])
    body = typed.lstrip("-")
    key, value = _keyed(body)
    whole = value.startswith(EQUALS) and _has_whole(key)
    value = value[1:] if whole else value
    # A quote belongs to what stands before it only where that waits for something: nothing at all, `key:` or `key:=`.
    found = None if value else _QUOTED.match(text, end)
    if found is None:
        return Token(start, end, body != typed, key, value, quoted=False, whole=whole)
    if not found[2] and not unfinished:
        raise QueryError("this quote is never closed", text[end:], end)
    value = " ".join(_clean(_ESCAPED.sub(r"\1", found[1])).split())
    return Token(start, found.end(), body != typed, key, value, quoted=True, whole=whole)


def quoted(text: str) -> str:
    """A text between quotes, so that it is read as it is, but for white space, which is collapsed."""
    inner = re.sub(rf"[\\{QUOTES}]", r"\\\g<0>", " ".join(text.split()))
    return f'"{inner}"'


def _keyed(body: str) -> tuple[str | None, str]:
    """The key and the value of a term; no key for free words, `16:9`, `https://…`, and a wide colon in plain text."""
    found = _KEYED.fullmatch(body)
    if found is None:
        return None, body
    key = unicodedata.normalize("NFKC", found[1]).lower()
    return (key, found[3]) if found[2] == ":" or key in BY_NAME else (None, body)


def _has_whole(key: str | None) -> bool:
    known = BY_NAME.get(key or "")
    return known is not None and known.whole


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", printable(text))


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
