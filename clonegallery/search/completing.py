"""What stands at the caret of the search box, and what of the grammar completes it. Pure: it knows no pictures."""

from dataclasses import dataclass
from typing import Final

from clonegallery.images.schemas import ImageSource, Rating, Visibility
from clonegallery.search.query.keys import BY_NAME, KEYS, Key
from clonegallery.search.query.tokens import Token, read_tokens

_CHOICES: Final = {
    "source": tuple(ImageSource),
    "rating": tuple(Rating),
    "visibility": tuple(Visibility),
    "has": ("gps",),
}
_MOST_WORDS: Final = 4
# A stranger has no pictures that are not public, and is told the place of none.
_FOR_SIGNED_IN: Final = frozenset({"visibility", "has", "near", "bbox"})


@dataclass(frozen=True, slots=True)
class Caret:
    """What is being typed: the term from `start` until before `end`, which is nothing yet where both are the same.

    `key` is None for a free word, and `known` false for a key that there is not; `sign` is a minus or empty.
    """

    start: int
    end: int
    sign: str = ""
    key: Key | None = None
    known: bool = True
    typed: str = ""
    quoted: bool = False


def caret_of(text: str) -> Caret:
    """What stands at the end of a text. Never raises."""
    last = None
    for token in read_tokens(text, unfinished=True):
        last = token
    if last is None or last.end < len(text):
        return Caret(len(text), len(text))
    key = BY_NAME.get(last.key or "")
    known = key is not None or last.key is None
    return Caret(last.start, last.end, "-" if last.negated else "", key, known, last.value, last.quoted)


def longer_carets(text: str) -> list[Caret]:
    """The words before the last one together with it, the most of them first: a name may have several, and nobody types
    quotes. Nothing where the end of the text is no free word. Never raises."""
    words: list[Token] = []
    for token in read_tokens(text, unfinished=True):
        words = [*words[1 - _MOST_WORDS :], token] if _is_plain(token) else []
    if not words or words[-1].end < len(text):
        return []
    typed = [" ".join(word.value for word in words[place:]) for place in range(len(words) - 1)]
    return [Caret(words[place].start, len(text), typed=one) for place, one in enumerate(typed)]


def _is_plain(token: Token) -> bool:
    return token.key is None and not (token.quoted or token.negated or token.value.endswith("*"))


def keys_for(caret: Caret, *, signed_in: bool) -> list[Key]:
    """The keys that a free word may become, by whichever of their names; first those that are written so."""
    if caret.key is not None or not caret.known or caret.quoted:
        return []
    typed = caret.typed.lower()
    found = [key for key in KEYS if any(name.startswith(typed) for name in (key.key, *key.aliases))]
    found.sort(key=lambda key: not key.key.startswith(typed))
    return [key for key in found if _is_for(key, signed_in) and not (caret.sign and key.name is None)]


def choices_for(caret: Caret, *, signed_in: bool) -> list[str]:
    """The values that a key with a fixed choice of them may have, as far as they begin as typed."""
    if caret.key is None or not _is_for(caret.key, signed_in):
        return []
    typed = caret.typed.lower()
    return [str(value) for value in _CHOICES.get(caret.key.key, ()) if value.startswith(typed)]


def _is_for(key: Key, signed_in: bool) -> bool:
    return signed_in or key.key not in _FOR_SIGNED_IN
