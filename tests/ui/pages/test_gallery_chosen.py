"""What is done with many pictures at once: only what was chosen, only by whoever may, and said in words."""

from uuid import UUID, uuid4

import pytest

from clonegallery.images import service
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.gallery_chosen import ChosenState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import Tab, tab_of


async def _chosen(person: TestPerson | None, *ids: UUID) -> Tab:
    tab = await tab_of(person)
    await tab.send(ChosenState, "select", [*map(str, ids), str(uuid4()), "not-an-id"])
    return tab


async def test_the_trash_takes_what_was_chosen_and_nothing_else(database: Services) -> None:
    bob = await factories.bob()
    chosen, left = await picture_of(bob), await picture_of(bob)
    tab = await _chosen(bob, chosen)
    state = await tab.send(ChosenState, "trash")

    viewer = await viewer_of_person(bob)
    assert str(chosen) in state.removed
    assert state.chosen == 0
    assert (await service.detail(viewer, chosen)).deleted_at is not None
    assert (await service.detail(viewer, left)).deleted_at is None
    assert (await tab.state(NoticeState)).message == "1 picture moved to the trash."


async def test_who_may_see_them_changes_for_all(database: Services) -> None:
    bob = await factories.bob()
    ids = [await picture_of(bob) for _ in range(3)]
    state = await (await _chosen(bob, *ids)).send(ChosenState, "show_to", "private")

    viewer = await viewer_of_person(bob)
    assert {(await service.detail(viewer, one)).visibility for one in ids} == {"private"}
    assert (state.changes, state.chosen) == (1, 0)


async def test_tags_are_added_to_those_there_are(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    for tags in ("sea", "Evening, sea"):
        await (await _chosen(bob, image_id)).send(ChosenState, "tag", {"tags": tags})

    assert sorted((await service.detail(await viewer_of_person(bob), image_id)).tags) == ["evening", "sea"]


@pytest.mark.parametrize(("event", "value"), [("show_to", "nobody"), ("tag", {"tags": " , "}), ("tag", {})])
async def test_nonsense_changes_nothing(database: Services, event: str, value: object) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    before = await service.detail(await viewer_of_person(bob), image_id)
    await (await _chosen(bob, image_id)).send(ChosenState, event, value)

    assert await service.detail(await viewer_of_person(bob), image_id) == before


@pytest.mark.parametrize(("event", "values"), [("trash", []), ("show_to", ["private"]), ("tag", [{"tags": "mine"}])])
@pytest.mark.parametrize("who", ["nobody", "visitor"])
async def test_whoever_may_not_is_refused(database: Services, event: str, values: list[object], who: str) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    before = await service.detail(await viewer_of_person(bob), image_id)
    tab = await _chosen(None if who == "nobody" else await factories.charlie(), image_id)
    await tab.send(ChosenState, event, *values)

    assert await service.detail(await viewer_of_person(bob), image_id) == before
    assert (await tab.state(NoticeState)).failed


async def test_many_are_changed_some_per_event(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clonegallery.ui.pages.gallery_chosen.PER_EVENT", 2)
    bob = await factories.bob()
    ids = [await picture_of(bob) for _ in range(3)]
    tab = await tab_of(bob)
    await tab.send(ChosenState, "select", [str(one) for one in ids])
    state = await tab.send(ChosenState, "show_to", "private")
    assert (state.changes, state.chosen) == (0, 1)
    # A browser is told to send the further event by itself; this tab sends it here.
    state = await tab.send(ChosenState, "show_to", "private")

    viewer = await viewer_of_person(bob)
    assert {(await service.detail(viewer, one)).visibility for one in ids} == {"private"}
    assert (state.changes, state.chosen) == (1, 0)
