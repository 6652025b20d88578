"""Makers and models of cameras, as somebody begins to type them; none by which the viewer would find nothing."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from clonegallery.accounts.schemas import Viewer
from clonegallery.db import reading
from clonegallery.images.cameras import Named, is_by, is_model, make_of, parts_of
from clonegallery.images.folding import folded, words_of
from clonegallery.images.names import FoundName, as_many_as_can_be_counted, found_of
from clonegallery.images.repository import instruments, naming
from clonegallery.images.repository.naming import COUNTED, Name, NameKind
from clonegallery.models.instrument import InstrumentKind

Cameras = Sequence[Row[Any]]

_MAX_WORDS: Final = 10


async def makers_like(viewer: Viewer, typed: str, limit: int) -> list[FoundName]:
    """Makers of cameras of whose names the words that are typed begin words, as `names_like`."""
    return await _parts_like(viewer, typed, limit, 0, lambda value, camera: is_by(folded(make_of(value)), camera))


async def camera_models_like(viewer: Viewer, typed: str, limit: int) -> list[FoundName]:
    """As `makers_like`, models without their makers."""
    return await _parts_like(viewer, typed, limit, 1, is_model)


async def _parts_like(
    viewer: Viewer, typed: str, limit: int, part: int, has: Callable[[str, str], bool]
) -> list[FoundName]:
    words = words_of(typed)[:_MAX_WORDS]
    if typed.strip() and not words:
        return []
    async with reading() as connection:
        cameras = await instruments.all_of(connection, InstrumentKind.CAMERA)
        names = _named(cameras, words, part)[: naming.CANDIDATES]
        names = as_many_as_can_be_counted(names, limit)
        groups = {name.folded: [one for one in cameras if has(name.folded, one.folded)] for name in names}
        counted = await _counts(connection, groups, viewer)
    return found_of(typed, [(name, counted[name.folded]) for name in names], limit)


def _named(cameras: Cameras, words: Sequence[str], part: int) -> list[Name]:
    """The makers or models of some cameras, the most common first, each by what most of its pictures call it."""
    found: dict[str, Name] = {}
    for camera in sorted(cameras, key=lambda one: (-one.listed, one.folded)):
        label = parts_of(Named(camera.name, camera.folded))[part]
        value = folded(label)
        if value and all(f" {word}" in f" {value}" for word in words):
            known = found.get(value)
            listed = camera.listed + (known.listed if known else 0)
            found[value] = Name(NameKind.CAMERA, value, known.name if known else label, value, listed)
    return sorted(found.values(), key=lambda name: (-name.listed, name.folded))


async def _counts(connection: AsyncConnection, groups: dict[str, list[Row[Any]]], viewer: Viewer) -> dict[str, int]:
    """How many pictures the viewer finds with the cameras of each group; up to a little more than `COUNTED`.

    The most common camera of each is counted first: where it has more than are counted, the others need not be.
    """
    found = dict.fromkeys(groups, 0)
    ranked = {value: sorted(cameras, key=lambda one: -one.listed) for value, cameras in groups.items()}
    for some in (slice(0, 1), slice(1, None)):
        left = {value: cameras[some] for value, cameras in ranked.items() if found[value] <= COUNTED}
        wanted = {camera.id: camera for cameras in left.values() for camera in cameras}
        names = [Name(NameKind.CAMERA, one.id, one.name, one.folded, one.listed) for one in wanted.values()]
        counted = await naming.counts(connection, names, viewer.id)
        for value, cameras in left.items():
            found[value] += sum(counted.get((NameKind.CAMERA, camera.id), 0) for camera in cameras)
    return found
