"""From the text of the search box to terms."""

import difflib
import re
import string
import unicodedata
from uuid import UUID

from clonegallery.images.conditions import Condition
from clonegallery.search.query.keys import BY_NAME, KEYS, Key
from clonegallery.search.query.terms import Like, Phrase, Query, QueryError, Term, Word
from clonegallery.search.query.tokens import Token, read_tokens
from clonegallery.search.query.values import whole_name_of

MAX_LENGTH = 2000
MAX_TERMS = 30
_SHOWN = 30
"""So much of what is too much is pointed at."""
# Half of a surrogate pair is not text, and neither can be sent to a database.
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def parse(text: str) -> Query:
    """What a text asks for.

    Words of nothing but punctuation are left out, where there is anything else. The last word of the text is a prefix,
    since it may not be finished, if it ends in a letter or a digit and is not negated; `*` makes any word a prefix.
    Every text is either read or raises `QueryError`.
    """
    _check_characters(text)
    terms: list[Term] = []
    for token in read_tokens(text):
        term = _keyed(token, text) if token.key is not None else _free(token, token.end == len(text))
        if term is None:
            continue
        if len(terms) == MAX_TERMS:
            raise _refused(f"a search has at most {MAX_TERMS} terms", token, text)
        if isinstance(term, Like) and any(isinstance(other, Like) for other in terms):
            raise _refused("like is there already: pictures are compared with one picture", token, text)
        terms.append(term)
    if not terms and (said := text.strip()):
        # To leave out all of it would find everything, which nobody asked for.
        raise QueryError("this has no word in it to look for", said[:_SHOWN], text.index(said))
    return Query(tuple(terms))


def may_go_on(word: str) -> bool:
    """Whether a word at the end of a text may be the beginning of a longer one: it ends in a letter or a digit."""
    return unicodedata.category(word[-1])[0] in "LMN"


def _check_characters(text: str) -> None:
    if unreadable := _UNREADABLE.search(text[:MAX_LENGTH]):
        raise QueryError("this character cannot be searched for", unreadable[0], unreadable.start())
    if len(text) > MAX_LENGTH:
        beyond = text[MAX_LENGTH : MAX_LENGTH + _SHOWN]
        raise QueryError(f"a search has at most {MAX_LENGTH:,} characters", beyond, MAX_LENGTH)


def _free(token: Token, is_last: bool) -> Word | Phrase | None:
    if token.quoted:
        return None if _says_nothing(token.value) else Phrase(token.value, token.negated)
    word = token.value.rstrip("*")
    if _says_nothing(word):
        return None
    starred = word != token.value
    return Word(word, starred or (is_last and not token.negated and may_go_on(word)), token.negated)


def _says_nothing(text: str) -> bool:
    """Whether a text is nothing but punctuation, spaces and marks that nobody sees; an emoji says something."""
    kinds = (unicodedata.category(character) for character in text if character not in string.punctuation)
    return all(kind[0] in "PZ" or kind in ("Cc", "Cf") for kind in kinds)


def _keyed(token: Token, text: str) -> Condition | Like:
    key = BY_NAME.get(token.key or "")
    if key is None:
        raise _refused(_unknown(token.key or ""), token, text)
    if not token.value:
        raise _refused(f"{key.key} needs {key.takes} right after its colon, such as {key.example}", token, text)
    try:
        value = whole_name_of(token.value) if token.whole else key.read(token.value)
    except ValueError as error:
        raise _refused(_reason(key, error), token, text) from error
    if key.name is not None:
        return Condition(key.name, value, token.negated, token.whole)
    if token.negated or not isinstance(value, UUID):
        raise _refused("like cannot be turned around with a minus", token, text)
    return Like(value)


def _reason(key: Key, error: ValueError) -> str:
    """What the reader says in words of its own, else what the key takes."""
    own = str(error) or f"{key.key} takes {key.takes} such as {key.example}"
    return own if own.startswith(f"{key.key} ") else f"{key.key}: {own}"


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, BY_NAME, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the keys are {', '.join(known.key for known in KEYS)}."
    said = key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"
    return f"{said} is not a key; {hint} Quotes around a text with a colon look for the text itself"


def _refused(reason: str, token: Token, text: str) -> QueryError:
    return QueryError(reason, text[token.start : token.end], token.start)
