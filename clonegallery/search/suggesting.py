"""What completes a search while it is typed. Nothing is suggested by which the viewer would find no picture."""

from collections.abc import Sequence
from typing import Final

from clonegallery.accounts.schemas import Viewer
from clonegallery.images import service as images
from clonegallery.images.camera_parts import camera_models_like, makers_like
from clonegallery.images.conditions import Condition, ConditionName
from clonegallery.images.names import FoundName, NameKind, names_like, years_like
from clonegallery.search.asked import read
from clonegallery.search.completing import Caret, caret_of, choices_for, keys_for, longer_carets
from clonegallery.search.query import MAX_LENGTH, Query, QueryError, write, write_term
from clonegallery.search.recent import recent_texts
from clonegallery.search.schemas import Suggestion, SuggestionKind

_FIRST: Final = 2
"""So many of the viewer's recent searches, and of the keys, come before what pictures have."""
_NAMES: Final = {
    ConditionName.TAG: NameKind.TAG,
    ConditionName.CAMERA: NameKind.CAMERA,
    ConditionName.LENS: NameKind.LENS,
    ConditionName.MODEL: NameKind.MODEL,
    ConditionName.OWNER: NameKind.OWNER,
}
_PARTS: Final = {ConditionName.CAMERA_MAKE: makers_like, ConditionName.CAMERA_MODEL: camera_models_like}
_OF_WORDS: Final = (NameKind.TAG, NameKind.CAMERA, NameKind.LENS, NameKind.MODEL)


async def suggest(viewer: Viewer, text: str, limit: int) -> list[Suggestion]:
    """What completes the end of `text`, at most `limit`; nothing where the text is too long to be searched for."""
    if len(text) > MAX_LENGTH:
        return []
    caret = caret_of(text)
    again = await _again(viewer, text)
    keys = [_key(caret, key.key, key.takes) for key in keys_for(caret, signed_in=viewer.is_signed_in)]
    values = [
        *(_value(caret, value) for value in choices_for(caret, signed_in=viewer.is_signed_in)),
        *await _years(viewer, caret, limit),
    ]
    together = await _together(viewer, text, limit)
    names = [
        *(_name(caret, name) for name in await _names(viewer, caret, limit)),
        *(_part(caret, name) for name in await _parts(viewer, caret, limit)),
    ]
    found = [*again[:_FIRST], *together, *keys[:_FIRST], *values, *_others(names, together)]
    if not caret.typed and caret.key is None:
        found = [*again, *keys]
    return (found + [one for one in (*keys, *again) if one not in found])[:limit]


async def _names(viewer: Viewer, caret: Caret, limit: int) -> list[FoundName]:
    if caret.key is None:
        kinds: tuple[NameKind, ...] = _OF_WORDS if caret.known and caret.typed else ()
    else:
        kinds = tuple(kind for name, kind in _NAMES.items() if name is caret.key.name)
    return await names_like(viewer, kinds, caret.typed, limit) if kinds else []


async def _parts(viewer: Viewer, caret: Caret, limit: int) -> list[FoundName]:
    """Makers, or models without them, where one of these is asked for."""
    like = _PARTS.get(caret.key.name) if caret.key and caret.key.name else None
    return await like(viewer, caret.typed, limit) if like else []


async def _years(viewer: Viewer, caret: Caret, limit: int) -> list[Suggestion]:
    if caret.key is None or caret.key.name is not ConditionName.TAKEN:
        return []
    return [_value(caret, str(year), taken) for year, taken in await years_like(viewer, caret.typed, limit)]


async def _together(viewer: Viewer, text: str, limit: int) -> list[Suggestion]:
    """Names that several of the last words begin, those that more words do first."""
    found: list[Suggestion] = []
    for caret in longer_carets(text):
        names = [_name(caret, name) for name in await names_like(viewer, _OF_WORDS, caret.typed, limit)]
        found += _others(names, found)
    return found[:limit]


def _others(names: list[Suggestion], known: list[Suggestion]) -> list[Suggestion]:
    terms = {one.term for one in known}
    return [one for one in names if one.term not in terms]


async def _again(viewer: Viewer, text: str) -> list[Suggestion]:
    """The viewer's searches that began as this one does."""
    typed = text.strip().casefold()
    known = [one for one in await recent_texts(viewer) if one.casefold().startswith(typed) and one.casefold() != typed]
    return [
        Suggestion(kind=SuggestionKind.RECENT, term=one, label=label, count=None, replaces=(0, len(text)))
        for one, label in (await _labels(viewer, known)).items()
    ]


async def _labels(viewer: Viewer, searches: Sequence[str]) -> dict[str, str]:
    """What searches say, those with an id of a picture by its title; none of those with one that the viewer no longer
    finds, and of those that are none any more."""
    read = {one: query for one in searches if (query := _read(one)) is not None}
    cards = await images.cards_of(viewer, [query.like.image_id for query in read.values() if query.like])
    labels = {}
    for one, query in read.items():
        if query.like is None:
            labels[one] = one
        elif card := cards.get(query.like.image_id):
            others = write(Query(tuple(term for term in query.terms if term != query.like))).rstrip()
            labels[one] = ", ".join([*([others] if others else []), f"looks like {card['title']}"])
    return labels


def _read(text: str) -> Query | None:
    try:
        return read(text)
    except QueryError:
        return None


def _name(caret: Caret, found: FoundName) -> Suggestion:
    name = next(name for name, kind in _NAMES.items() if kind is found.kind)
    whole = found.kind not in (NameKind.TAG, NameKind.OWNER)
    value = found.folded if whole else found.name
    term = write_term(Condition(name, value, negated=bool(caret.sign), whole=whole))
    kind = SuggestionKind(found.kind)
    return Suggestion(kind=kind, term=term, label=found.name, count=found.pictures, replaces=_replaced(caret))


def _part(caret: Caret, found: FoundName) -> Suggestion:
    name = caret.key.name if caret.key and caret.key.name else ConditionName.CAMERA_MAKE
    term = write_term(Condition(name, found.folded, negated=bool(caret.sign)))
    kind = SuggestionKind.CAMERA
    return Suggestion(kind=kind, term=term, label=found.name, count=found.pictures, replaces=_replaced(caret))


def _key(caret: Caret, key: str, takes: str) -> Suggestion:
    term = f"{caret.sign}{key}:"
    return Suggestion(kind=SuggestionKind.KEY, term=term, label=takes, count=None, replaces=_replaced(caret))


def _value(caret: Caret, value: str, count: int | None = None) -> Suggestion:
    term = f"{caret.sign}{caret.key.key if caret.key else ''}:{value}"
    return Suggestion(kind=SuggestionKind.VALUE, term=term, label=value, count=count, replaces=_replaced(caret))


def _replaced(caret: Caret) -> tuple[int, int]:
    return caret.start, caret.end
