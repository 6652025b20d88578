"""From terms back to a text that reads the same: the one way in which a search is written."""

from datetime import datetime

from clonegallery.images.conditions import Box, Circle, Condition, ConditionName, Range
from clonegallery.search.query.dates import write_interval
from clonegallery.search.query.keys import KEYS, SCALES
from clonegallery.search.query.parse import may_go_on
from clonegallery.search.query.places import write_place
from clonegallery.search.query.terms import Like, Phrase, Query, Term, Word
from clonegallery.search.query.tokens import EQUALS, QUOTES, quoted

_KEY_OF = {key.name: key.key for key in KEYS if key.name is not None}


def write(query: Query) -> str:
    """The canonical text of a query that `parse` made: `parse(write(query)) == query`.

    A last word that is complete is followed by a space, as it is when people type it.
    """
    if not query.terms:
        return ""
    *before, last = query.terms
    return " ".join([*map(write_term, before), _write_last(last)])


def write_term(term: Term) -> str:
    """One term that others may follow; its condition may also hold a name as a file states it, as facets do."""
    match term:
        case Word():
            return f"{_minus(term)}{term.text}{'*' if term.prefix else ''}"
        case Phrase():
            return f"{_minus(term)}{quoted(term.text)}"
        case Like():
            return f"like:{term.image_id}"
        case Condition():
            return f"{_minus(term)}{_key_of(term)}:{'=' if term.whole else ''}{_value_of(term)}"


def _write_last(term: Term) -> str:
    if not isinstance(term, Word) or term.negated or not may_go_on(term.text):
        return write_term(term)
    return term.text if term.prefix else f"{term.text} "


def _minus(term: Word | Phrase | Condition) -> str:
    return "-" if term.negated else ""


def _key_of(condition: Condition) -> str:
    if condition.name is ConditionName.PLACE:
        return "bbox" if isinstance(condition.value, Box) else "near"
    return _KEY_OF[condition.name]


def _value_of(condition: Condition) -> str:
    match condition.value:
        case Range() as value:
            return write_range(condition.name, value)
        case Box() | Circle() as place:
            return write_place(place)
        case bool():
            return "gps"
        case str(text):
            return quoted(text) if condition.whole or _needs_quotes(text) else text
        case other:
            return str(other)


def _needs_quotes(text: str) -> bool:
    return text.startswith(("//", *EQUALS)) or any(one.isspace() or one in QUOTES for one in text)


def write_range(name: ConditionName, value: Range) -> str:
    """A range without its key."""
    is_time = isinstance(value.low, datetime) or isinstance(value.high, datetime)
    return write_interval(value) if is_time else SCALES[name].write(value)
