"""The page of the models: for Admins only, with progress that moves."""

import asyncio

import pytest

from clonegallery.search import service
from clonegallery.search.schemas import SpaceRead
from clonegallery.ui.pages.admin import models_state
from clonegallery.ui.pages.admin.models_state import ModelsState, SpaceView
from tests import factories
from tests.conftest import Services
from tests.ui.conftest import Configure
from tests.ui.tab import tab_of

_OLD = SpaceRead(id=1, model="old", active=True, placed=4_000, total=4_000)
_NEW = SpaceRead(id=2, model="new", active=False, placed=1_000, total=4_000)


def _shown(*found: SpaceRead) -> list[SpaceView]:
    return [models_state._space(space, found) for space in found]


def test_what_is_searched_and_what_is_filled_is_said() -> None:
    old, new = _shown(_OLD, _NEW)
    assert (old.state, old.count, old.moving) == ("Searched", "4,000 of 4,000 pictures", False)
    assert (new.state, new.share, new.moving) == ("Being filled; the other one is searched until then", 0.25, True)
    assert _shown(_NEW)[0].state == "Being filled"


def test_what_has_stopped_does_not_seem_to_move() -> None:
    half = SpaceRead(id=1, model="clip", active=True, placed=1, total=3)
    assert not _shown(half)[0].moving, "one picture that cannot be placed keeps nothing moving"
    stopped = models_state._space(_NEW, [_OLD, _NEW], stopped=True)
    assert (stopped.state, stopped.moving) == ("Not filled yet", False)


def test_two_spaces_of_one_name_are_two() -> None:
    twin = SpaceRead(id=3, model="old", active=False, placed=0, total=4_000)
    assert len({space.key for space in _shown(_OLD, twin)}) == 2


def test_an_empty_gallery_is_complete() -> None:
    (only,) = _shown(SpaceRead(id=1, model="clip", active=True, placed=0, total=0))
    assert (only.share, only.moving) == (1.0, False)


@pytest.mark.parametrize("person", [None, factories.bob])
async def test_nobody_else_is_told(database: Services, configure: Configure, person: object) -> None:
    configure(STABILITY_API_KEY="x")
    tab = await tab_of(await person() if callable(person) else None, "/admin/models")
    state = await tab.send(ModelsState, "load")
    assert (state.makers, state.spaces, bool(state.problem)) == ([], [], True)
    await asyncio.wait_for(tab.answer(ModelsState, "load"), 5)


async def test_an_admin_sees_what_makes_pictures_and_what_places_them(
    database: Services, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(STABILITY_API_KEY="x")
    monkeypatch.setattr(service, "progress", _progress)
    monkeypatch.setattr(service, "trouble", _trouble)
    state = await (await tab_of(await factories.alice(), "/admin/models")).send(ModelsState, "load")
    assert state.makers[0].name == "Stable Image Core"
    assert [space.model for space in state.spaces] == ["old", "new"]
    assert (state.problem, state.loaded, state.trouble) == ("", True, "It cannot be loaded.")
    assert not any(space.moving for space in state.spaces)


async def _progress() -> list[SpaceRead]:
    return [_OLD, _NEW]


async def _trouble() -> str:
    return "It cannot be loaded."
