"""From what is asked for to clauses and the values that are bound to them.

What has a name of its own in the gallery, a person or a camera, is looked up first: of an id the planner knows how many
pictures have it, of the name of one it knows nothing.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from math import ceil, degrees, floor
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.db import database_kind
from clonegallery.images.asking import conditions_of, prompt_words
from clonegallery.images.cameras import is_by, is_model, make_of
from clonegallery.images.conditions import Asked, Box, Circle, Condition, ConditionName, Range, Sought
from clonegallery.images.folding import folded, words_of
from clonegallery.images.repository import instruments
from clonegallery.images.repository.filters import EARTH_METERS, Clause
from clonegallery.images.repository.tables import users
from clonegallery.images.repository.words import exact_words, postgres_form, postgres_words, sqlite_words
from clonegallery.images.schemas import Filters
from clonegallery.models.image import ImageSource
from clonegallery.models.instrument import InstrumentKind

_LARGEST: Final = 2**31 - 1
"""What a whole number can be in the database."""


@dataclass(slots=True)
class Narrowing:
    """Clauses and what is bound to them, as they are gathered."""

    viewer_id: UUID | None
    sees_every_place: bool
    clauses: list[Clause] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    tags: list[tuple[str, bool]] = field(default_factory=list)
    words: list[Sought] = field(default_factory=list)

    def add(self, name: str, form: str = "", values: Mapping[str, Any] | None = None, *, negated: bool = False) -> None:
        """One more clause; `values` are by what follows `v<index>_` in their names, the only one by an empty text."""
        index = len(self.clauses)
        self.clauses.append(Clause(name, index, form, negated))
        self.values |= {f"v{index}{end and '_' + end}": value for end, value in (values or {}).items()}


Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def narrow(
    connect: Connect, filters: Filters, asked: Asked, *, viewer_id: UUID | None, sees_every_place: bool
) -> Narrowing:
    """What of the viewer's list is asked for. `me` as an owner is theirs, nobody's where nobody is signed in.

    `connect` gives a connection where something must be looked up, which for most questions is nothing.
    """
    found = Narrowing(viewer_id, sees_every_place)
    if filters.status is not None:
        found.add("status", values={"": filters.status})
    if filters.liked:
        found.add("liked")
    for one in (*conditions_of(filters), *asked.conditions):
        await _BY_NAME[one.name](connect, found, one)
    if asked.only is not None:
        found.add("id", values={"": list(asked.only)})
    found.words += asked.words
    _add_words(found, asked)
    return found


async def _same(_connect: Connect, found: Narrowing, one: Condition) -> None:
    found.add(one.name, values={"": one.value}, negated=one.negated)


async def _owner(connect: Connect, found: Narrowing, one: Condition) -> None:
    owner_id = await _owner_id(connect, found, str(one.value))
    if owner_id is not None:
        found.add("owner_id", values={"": owner_id}, negated=one.negated)
    else:
        found.add("nothing", negated=one.negated)


async def _owner_id(connect: Connect, found: Narrowing, owner: str) -> UUID | None:
    if owner == "me":
        return found.viewer_id
    try:
        return UUID(owner)
    except ValueError:
        named = select(users.c.id).where(func.lower(users.c.username) == owner.lower())
        async with connect() as connection:
            return (await connection.execute(named)).scalar_one_or_none()


async def _range(_connect: Connect, found: Narrowing, one: Condition) -> None:
    name = "taken_at" if one.name is ConditionName.TAKEN else one.name.value
    asked = one.value
    if not isinstance(asked, Range):
        raise TypeError(f"{one.name} takes a range")
    lower = "  " if asked.low is None else "> " if asked.low_open else ">="
    upper = "  " if asked.high is None else "< " if asked.high_open else "<="
    values = {end: value for end, value in (("low", asked.low), ("high", asked.high)) if value is not None}
    if one.name is ConditionName.ISO:
        values = {end: _whole(value, lower if end == "low" else upper) for end, value in values.items()}
    found.add(name, lower + upper, values, negated=one.negated)


def _whole(bound: Any, sign: str) -> int:
    """The bound that says the same of whole numbers: more than 99.5 is more than 99, at least 99.5 at least 100."""
    rounded: int = ceil(bound) if sign in (">=", "< ") else floor(bound)
    return min(rounded, _LARGEST)


async def _tag(_connect: Connect, found: Narrowing, one: Condition) -> None:
    found.tags.append((str(one.value), one.negated))


async def _prompt(_connect: Connect, found: Narrowing, one: Condition) -> None:
    found.words.append(prompt_words(one))
    if not one.negated:
        # Only what was made here has a prompt. Of words the planner knows how common they are anywhere, not in prompts.
        found.add("source", values={"": ImageSource.GENERATION})


async def _gps(_connect: Connect, found: Narrowing, one: Condition) -> None:
    _add_viewer(found, one)
    found.add("gps", _whose(found), negated=one.negated)


async def _place(_connect: Connect, found: Narrowing, one: Condition) -> None:
    _add_viewer(found, one)
    match one.value:
        case Box(west, south, east, north):
            edges = {"west": west, "south": south, "east": east, "north": north}
            found.add("box", _whose(found), edges, negated=one.negated)
        case Circle(latitude, longitude, radius):
            reach = degrees(radius / EARTH_METERS)
            band = {"south": latitude - reach, "north": latitude + reach}
            center = {"latitude": latitude, "longitude": longitude, "meters": radius}
            found.add("circle", _whose(found), center | band, negated=one.negated)
        case _:
            raise TypeError("a place is a box or a circle")


def _add_viewer(found: Narrowing, one: Condition) -> None:
    """Said by itself, what is one's own is a list that can be walked."""
    if _whose(found) == "mine" and not one.negated:
        found.add("owner_id", values={"": found.viewer_id})


def _whose(found: Narrowing) -> str:
    return "everyone's" if found.sees_every_place else "nobody's" if found.viewer_id is None else "mine"


Meant = Callable[[str], bool]
"""Whether the folded name of an instrument is one that was asked for."""


def _instrument(kind: InstrumentKind, asked_for: Callable[[str], Meant]) -> "Lookup":
    async def look_up(connect: Connect, found: Narrowing, one: Condition) -> None:
        is_meant = _is(str(one.value)) if one.whole else asked_for(str(one.value))
        async with connect() as connection:
            known = await instruments.all_of(connection, kind)
        ids = [row.id for row in known if is_meant(row.folded)]
        if ids:
            found.add(f"{kind.value}_id", values={"": ids}, negated=one.negated)
        else:
            found.add("nothing", negated=one.negated)

    return look_up


def _is(asked: str) -> Meant:
    # A name that was cut off may end in a space.
    return lambda name: name.rstrip() == asked


def _begins_words(asked: str) -> Meant:
    """Whether every word that is asked for begins a word of the name."""
    wanted = [f" {word}" for word in folded(asked).split()]
    return lambda name: bool(wanted) and all(word in f" {name}" for word in wanted)


def _is_make(asked: str) -> Meant:
    make = folded(make_of(asked))
    return lambda name: is_by(make, name)


def _is_model(asked: str) -> Meant:
    model = folded(asked)
    return lambda name: is_model(model, name)


Lookup = Callable[[Connect, Narrowing, Condition], Awaitable[None]]
_BY_NAME: Mapping[ConditionName, Lookup] = {
    **dict.fromkeys((ConditionName.SOURCE, ConditionName.RATING, ConditionName.VISIBILITY, ConditionName.SEED), _same),
    **dict.fromkeys((ConditionName.APERTURE, ConditionName.ISO, ConditionName.FOCAL_LENGTH), _range),
    **dict.fromkeys((ConditionName.EXPOSURE, ConditionName.TAKEN), _range),
    ConditionName.OWNER: _owner,
    ConditionName.TAG: _tag,
    ConditionName.PROMPT: _prompt,
    ConditionName.GPS: _gps,
    ConditionName.PLACE: _place,
    ConditionName.CAMERA: _instrument(InstrumentKind.CAMERA, _begins_words),
    ConditionName.CAMERA_MAKE: _instrument(InstrumentKind.CAMERA, _is_make),
    ConditionName.CAMERA_MODEL: _instrument(InstrumentKind.CAMERA, _is_model),
    ConditionName.LENS: _instrument(InstrumentKind.LENS, _begins_words),
    ConditionName.MODEL: _instrument(InstrumentKind.MODEL, _begins_words),
}


def _add_words(found: Narrowing, asked: Asked) -> None:
    """Words and tags together: one inverted index answers all of them at once. Words that meaning stands in for come
    apart from what must hold in any case."""
    if not asked.also and _finds_nothing(found.words):
        found.add("nothing")
        return
    firm = [one for one in found.words if one.is_firm] if asked.also else found.words
    loose = [one for one in found.words if not one.is_firm] if asked.also else []
    add = _add_postgres if database_kind() == "postgresql" else _add_sqlite
    add(found, firm, found.tags, [])
    if loose and asked.also:
        add(found, loose, [], list(asked.also))


def _finds_nothing(words: Sequence[Sought]) -> bool:
    """Whether words are wanted, and none of them can be looked for: signs and emoji are in no picture's words."""
    wanted = [bool(words_of(one.text)) for one in words if not one.negated]
    return bool(wanted) and not any(wanted)


def _add_postgres(
    found: Narrowing, words: Sequence[Sought], tags: Sequence[tuple[str, bool]], also: Sequence[UUID]
) -> None:
    texts: dict[str, Any] = {**postgres_words(words), "exact": exact_words(tags)}
    is_anything_wanted = not all(one.negated for one in words) or not all(negated for _, negated in tags)
    form = postgres_form(words, is_anything_wanted=is_anything_wanted)
    if also:
        found.add("found", form, texts | {"ids": list(also)})
    elif words or tags:
        found.add("words", form, texts)


def _add_sqlite(
    found: Narrowing, words: Sequence[Sought], tags: Sequence[tuple[str, bool]], also: Sequence[UUID]
) -> None:
    for tag, negated in tags:
        found.add("tag", values={"": tag}, negated=negated)
    wanted, unwanted = sqlite_words(words)
    form = ("+" if wanted else "") + ("-" if unwanted else "")
    texts: dict[str, Any] = {end: value for end, value in (("words", wanted), ("without", unwanted)) if value}
    if also and form:
        found.add("found", form, texts | {"ids": list(also)})
    elif also:
        found.add("id", values={"": list(also)})
    elif form:
        found.add("words", form, texts)
