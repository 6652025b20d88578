"""Names that pictures are found by, as somebody begins to type them; none by which the viewer would find nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.images import texts
from clonegallery.images.folding import bare, words_of
from clonegallery.images.repository import naming
from clonegallery.images.repository.naming import COUNTED, Name, NameKind
from clonegallery.images.repository.years import years

__all__ = ["FoundName", "NameKind", "names_like", "real_names", "years_like"]

_AT_ONCE: Final = 16_000
"""Pictures that are counted for one answer, as far as can be told before."""
_MAX_BEGINNING: Final = 200
_MAX_WORDS: Final = 10


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name and how many pictures the viewer finds by it, None for more than are counted.

    `name` is as people read it, `folded` as names are compared.
    """

    kind: NameKind
    name: str
    folded: str
    pictures: int | None


async def names_like(viewer: Viewer, kinds: Sequence[NameKind], typed: str, limit: int) -> list[FoundName]:
    """Names of these kinds that begin as `typed`: first those that are written so, then the most common ones.

    Tags and people must begin so as a whole; of cameras, lenses and models any words may.
    """
    typed = texts.tag_of(typed)
    if len(typed) > _MAX_BEGINNING:
        return []
    async with reading() as connection:
        names = as_many_as_can_be_counted(await _all_like(connection, viewer, kinds, typed), limit)
        counted = await naming.counts(connection, names, viewer.id)
    return found_of(typed, [(name, counted.get((name.kind, name.id), 0)) for name in names], limit)


def found_of(typed: str, counted: Sequence[tuple[Name, int]], limit: int) -> list[FoundName]:
    """What is told of names and how many pictures the viewer finds by each: first those that are written as `typed`."""
    found = sorted((one for one in counted if one[1]), key=lambda one: _place(typed, *one))
    return [
        FoundName(name.kind, name.name, name.folded, number if number <= COUNTED else None)
        for name, number in found[:limit]
    ]


async def real_names(viewer: Viewer, wanted: Collection[tuple[NameKind, str]]) -> dict[tuple[NameKind, str], str]:
    """How people write the cameras, lenses and models of these folded names; nothing of those by which the viewer finds
    no picture, for that there are such is then nothing of theirs to know."""
    if not wanted:
        return {}
    async with reading() as connection:
        names = await naming.instruments_named(connection, wanted)
        counted = await naming.counts(connection, names, viewer.id)
    return {(name.kind, name.folded): name.name for name in names if counted.get((name.kind, name.id))}


async def years_like(viewer: Viewer, typed: str, limit: int) -> list[tuple[int, int | None]]:
    """Years that are written so at their beginning, the latest first, and how many pictures the viewer finds that were
    taken then, None for more than are counted."""
    async with reading() as connection:
        found = await years(connection, typed, viewer.id)
    return [(year, taken if taken <= COUNTED else None) for year, taken in found[:limit]]


async def _all_like(connection: AsyncConnection, viewer: Viewer, kinds: Sequence[NameKind], typed: str) -> list[Name]:
    names: list[Name] = []
    if NameKind.TAG in kinds:
        names += await naming.tags_like(connection, bare(typed), viewer.id)
    if NameKind.OWNER in kinds:
        names += await naming.owners_like(connection, typed)
    instruments = [kind for kind in kinds if kind not in (NameKind.TAG, NameKind.OWNER)]
    words = words_of(typed)[:_MAX_WORDS]
    if instruments and (words or not typed):
        names += await naming.instruments_like(connection, instruments, words)
    return names


def as_many_as_can_be_counted(names: list[Name], limit: int) -> list[Name]:
    """Of each kind the most common ones, `limit` at least; few where each is on very many pictures."""
    kept: list[Name] = []
    for kind in NameKind:
        left = _AT_ONCE
        for index, name in enumerate(one for one in names if one.kind is kind):
            if index >= limit and left <= 0:
                break
            left -= min(name.listed, COUNTED)
            kept.append(name)
    return kept


def _place(typed: str, name: Name, number: int) -> tuple[bool, bool, int, int, str]:
    written = name.name.lower()
    return written != typed, not written.startswith(typed), -number, -name.listed, written
