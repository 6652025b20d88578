"""How words are made comparable: without case, accents and punctuation, whatever the script.

The same folding is done to what is stored and to what is asked for, in Python, so that every database finds the same.
"""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
"""Letters that Unicode does not take apart, though people who type them without their strokes mean the same."""

_WORD = re.compile(r"[^\W_]+")
# Scripts that are written without spaces: each sign is a word of its own, and a run of them a phrase.
_SIGN = re.compile(
    "([\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
MAX_WORD = 100


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits only, each at most 100 characters long."""
    return [word[:MAX_WORD] for word in _WORD.findall(_SIGN.sub(r" \1 ", bare(text)))]


def folded(text: str) -> str:
    """The folded words, a space between them; an empty text where there is nothing to compare."""
    return " ".join(words_of(text))


def bare(text: str) -> str:
    """Without case and accents; punctuation stays, as in what people choose from a list by its beginning."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", bare.casefold()).translate(_LETTERS)
