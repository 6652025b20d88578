"""The trash page: restoring and deleting for good, only by whoever may, and only what was chosen."""

from uuid import UUID, uuid4

import pytest

from clonegallery.accounts.service import create_user
from clonegallery.errors import NotFound
from clonegallery.images import service
from clonegallery.models.account import Role
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.trash import TrashState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import tab_of


async def _trashed(person: TestPerson) -> UUID:
    image_id = await picture_of(person)
    await service.trash(await viewer_of_person(person), image_id)
    return image_id


async def test_chosen_pictures_come_back(database: Services) -> None:
    bob = await factories.bob()
    chosen, left = await _trashed(bob), await _trashed(bob)
    tab = await tab_of(bob)
    await tab.send(TrashState, "select", [str(chosen)])
    state = await tab.send(TrashState, "restore")
    viewer = await viewer_of_person(bob)

    assert (state.removed, state.chosen) == ([str(chosen)], 0)
    assert (await service.detail(viewer, chosen)).deleted_at is None
    assert (await service.detail(viewer, left)).deleted_at is not None
    assert (await tab.state(NoticeState)).message == "1 picture taken back."


async def test_deleted_for_good_is_gone(database: Services) -> None:
    bob = await factories.bob()
    image_id = await _trashed(bob)
    tab = await tab_of(bob)
    await tab.send(TrashState, "select", [str(image_id), str(uuid4()), "not-an-id"])
    state = await tab.send(TrashState, "delete")

    assert state.chosen == 0
    with pytest.raises(NotFound):
        await service.detail(await viewer_of_person(bob), image_id)


@pytest.mark.parametrize("event", ["restore", "delete"])
@pytest.mark.parametrize("who", ["nobody", "visitor", "other"])
async def test_nobody_else_reaches_into_a_trash(database: Services, event: str, who: str) -> None:
    bob = await factories.bob()
    image_id = await _trashed(bob)
    others = {"nobody": None, "visitor": await factories.charlie(), "other": await _editor("dora")}
    tab = await tab_of(others[who])
    await tab.send(TrashState, "select", [str(image_id)])
    await tab.send(TrashState, event)

    assert (await service.detail(await viewer_of_person(bob), image_id)).deleted_at is not None


async def _editor(username: str) -> TestPerson:
    made = await create_user(
        email=f"{username}@example.org", username=username, password=factories.PASSWORD, role=Role.EDITOR
    )
    return TestPerson(made.id, username, Role.EDITOR)
