"""The terms of a search as the gallery shows them: words in the box, chips below it, ranges in fields. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clonegallery.images.conditions import Condition, ConditionName, Range
from clonegallery.images.names import NameKind
from clonegallery.search.query import (
    Like,
    Phrase,
    Query,
    QueryError,
    Term,
    Word,
    label_of,
    parse,
    quoted,
    with_term,
    without_term,
    write,
    write_term,
)

RANGES: Mapping[str, ConditionName] = {
    "f": ConditionName.APERTURE,
    "iso": ConditionName.ISO,
    "mm": ConditionName.FOCAL_LENGTH,
    "s": ConditionName.EXPOSURE,
    "taken": ConditionName.TAKEN,
}
LONGEST_TOKEN = 60
"""So much of one thing that was typed is said again: more would push about what lies below."""
_BESIDE = LONGEST_TOKEN // 2
_ROOM = LONGEST_TOKEN + 2 * _BESIDE
_DAY = timedelta(days=1)

Ends = tuple[str, str]
Names = Mapping[tuple[NameKind, str], str]


@dataclass(frozen=True)
class ChipView:
    """A term below the box: what it says, its text, and the small picture where it means one."""

    label: str = ""
    term: str = ""
    thumb: str = ""


@dataclass(frozen=True)
class Wrong:
    """Why a text cannot be searched for, and where: what is wrong, between what is written before and after it.

    However long the text, this is at most 120 characters of it, for which there is room below the box: what is left out
    is an ellipsis.
    """

    reason: str = ""
    before: str = ""
    token: str = ""
    after: str = ""


def is_free(term: Term) -> bool:
    """Whether a term stays in the box: a wanted word or phrase."""
    return isinstance(term, Word | Phrase) and not term.negated


def free_text(query: Query) -> str:
    """The words in the box, without what the chips say."""
    return write(Query(tuple(term for term in query.terms if is_free(term))))


def without_words(text: str) -> str:
    """The search without what stays in the box. Raises `QueryError`."""
    return write(Query(tuple(term for term in parse(text).terms if not is_free(term)))).rstrip()


def chips_of(query: Query, look: ChipView | None = None, names: Names | None = None) -> list[ChipView]:
    """A chip for each term that is not in the box, once; `look` stands for the picture that is compared with, and whole
    names are as people write them where `names` knows how."""
    shown = [term for term in query.terms if not is_free(term)]
    made = [look if look and isinstance(term, Like) else chip_of(term, names or {}) for term in shown]
    return list({chip.term: chip for chip in made}.values())


def chip_of(term: Term, names: Names | None = None) -> ChipView:
    known = _named_by(term) if isinstance(term, Condition) else None
    name = (names or {}).get(known) if known else None
    said = replace(term, value=name) if name and isinstance(term, Condition) else term
    return ChipView(label_of(said), write(Query((term,))).rstrip())


def whole_names(query: Query) -> set[tuple[NameKind, str]]:
    """What a search calls by a whole name, which is folded in it."""
    return {named for term in query.conditions if (named := _named_by(term))}


def _named_by(condition: Condition) -> tuple[NameKind, str] | None:
    return (NameKind(condition.name), str(condition.value)) if condition.whole else None


def wrong_in(text: str, error: QueryError) -> Wrong:
    """What is said under the box about a text that raised `error`."""
    end = error.position + len(error.token)
    before, token, after = text[: error.position], text[error.position : end], text[end:]
    if len(text) > _ROOM and len(before) > _BESIDE:
        before = f"…{before[-_BESIDE + 1 :]}"
    if len(text) > _ROOM:
        after = shortened(after, _BESIDE)
    return Wrong(_sentence(error.reason), before, shortened(token), after)


def shortened(text: str, most: int = LONGEST_TOKEN) -> str:
    """The beginning of a text that is longer than `most` characters, which its ellipsis is one of."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def toggled(text: str, term: str) -> str:
    """The search with `term` where it was not, without it where it was. Raises `QueryError`."""
    return without_term(text, term) if has_term(text, term) else with_term(text, term)


def has_term(text: str, term: str) -> bool:
    """Whether a search asks for everything that `term` does. Raises `QueryError`."""
    terms = parse(text).terms
    return all(one in terms for one in parse(term).terms)


def ends_in(query: Query) -> dict[str, Ends]:
    """From where to where each range of a search goes, as its fields show it; empty texts where it has no end."""
    return {key: _ends(_range_of(query, name)) for key, name in RANGES.items()}


def ranged(text: str, fields: Mapping[str, Ends]) -> tuple[str, dict[str, str]]:
    """The search with the ranges of the fields, and by key why those are wrong that could not be taken.

    A range whose fields were left alone stays as it was written. Raises `QueryError` about the text itself.
    """
    before, wrong = ends_in(parse(text)), {}
    for key, name in RANGES.items():
        low, high = (_plain(end) for end in fields.get(key, ("", "")))
        if (low, high) == before[key]:
            continue
        try:
            asked = with_term(_without(text, name), _range_term(key, low, high)) if low or high else None
        except QueryError as error:
            wrong[key] = _field_reason(key, error.reason)
            continue
        text = asked if asked is not None else _without(text, name)
    return text, wrong


def _range_of(query: Query, name: ConditionName) -> Condition | None:
    found = (term for term in query.conditions if term.name is name and not term.negated)
    return next(found, None)


def _without(text: str, name: ConditionName) -> str:
    kept = (one for one in parse(text).terms if not isinstance(one, Condition) or one.name is not name or one.negated)
    return write(Query(tuple(kept)))


def _range_term(key: str, low: str, high: str) -> str:
    """Quoted, so that whatever was typed is one value and no other term."""
    return f"{key}:{quoted(low if low == high else f'{low}..{high}')}"


def _ends(condition: Condition | None) -> Ends:
    if condition is None or not isinstance(condition.value, Range):
        return "", ""
    low, high = condition.value.low, condition.value.high
    if isinstance(low, datetime) or isinstance(high, datetime):
        first = low.date().isoformat() if isinstance(low, datetime) else ""
        return first, (high - _DAY).date().isoformat() if isinstance(high, datetime) else ""
    return _numbers(write_term(condition).partition(":")[2])


def _numbers(written: str) -> Ends:
    """The ends of a range of numbers as the grammar writes it."""
    if written.startswith(("<", ">")):
        end = written.lstrip("<>=")
        return ("", end) if written.startswith("<") else (end, "")
    low, dots, high = written.partition("..")
    return (low, high) if dots else (low, low)


def _field_reason(key: str, reason: str) -> str:
    """Without the key and the grammar, which the field does not show."""
    if reason.startswith(f"{key} takes"):
        return "This is no date." if key == "taken" else "This is no number."
    return _sentence(reason.removeprefix(f"{key}: "), capital=True)


def _sentence(reason: str, *, capital: bool = False) -> str:
    """With a full stop, and a capital letter where it does not begin with something that was typed."""
    if capital or reason.startswith(("a ", "this ")):
        reason = reason[:1].upper() + reason[1:]
    return reason if reason.endswith((".", "?", "!")) else f"{reason}."


def _plain(text: str) -> str:
    return " ".join(text.split())
