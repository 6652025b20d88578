"""The page of one picture: every handler authorises, and the page says what happened."""

from uuid import UUID

import pytest

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.accounts.service import reset_password
from clonegallery.errors import NotFound
from clonegallery.images import service
from clonegallery.images.views import views
from clonegallery.ui import routes
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.image_state import ImageState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import Tab, tab_of

FORM = {"title": "New", "caption": "Words", "tags": "one, two,, one", "visibility": "private"}


async def _opened(person: TestPerson | None, image_id: UUID) -> Tab:
    tab = await tab_of(person, routes.image(str(image_id)))
    await tab.send(ImageState, "load")
    return tab


async def test_the_owner_sees_all_and_may_change_it(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour")
    state = await (await _opened(bob, image_id)).state(ImageState)

    assert (state.loaded, state.found, state.picture.title) == (True, True, "Harbour")
    assert state.picture.can_edit
    assert state.picture.can_delete
    assert state.picture.original_url


async def test_the_heart_is_for_whoever_may_like(database: Services) -> None:
    bob, charlie = await factories.bob(), await factories.charlie()
    image_id = await picture_of(bob)
    await service.like(await viewer_of_person(charlie), image_id)
    seen = {}
    for person in (None, bob, charlie):
        picture = (await (await _opened(person, image_id)).state(ImageState)).picture
        seen[person and person.username] = (picture.can_like, picture.liked, picture.likes)
    assert seen == {None: (False, False, 1), "bob": (True, False, 1), "charlie": (True, True, 1)}
    assert picture.sign_in == f"/login?next=%2Fimage%2F{image_id}"
    assert [fact.href for fact in picture.facts if fact.label == "By"] == ["/u/bob"]
    await service.trash(await viewer_of_person(bob), image_id)
    assert not (await (await _opened(bob, image_id)).state(ImageState)).picture.can_like


async def test_a_stranger_sees_an_open_picture_and_may_change_nothing(database: Services) -> None:
    image_id = await picture_of(await factories.bob())
    picture = (await (await _opened(None, image_id)).state(ImageState)).picture

    assert picture.id == str(image_id)
    assert not any([picture.can_edit, picture.can_delete, picture.can_restore, picture.original_url])


@pytest.mark.parametrize("address", ["not-an-id", "01970000-0000-7000-8000-000000000000", ""])
async def test_a_missing_picture_is_said_to_be_missing(database: Services, address: str) -> None:
    state = await (await tab_of(None, f"/image/{address}")).send(ImageState, "load")

    assert (state.loaded, state.found, state.picture.title) == (True, False, "")


async def test_saving_writes_all_fields_and_says_so(database: Services) -> None:
    bob = await factories.bob()
    tab = await _opened(bob, await picture_of(bob))
    await tab.send(ImageState, "start_editing")
    state = await tab.send(ImageState, "save", FORM)

    assert not state.editing
    assert (state.picture.title, state.picture.caption, state.picture.visibility) == ("New", "Words", "private")
    assert state.picture.tags == ["one", "two"]
    assert (await tab.state(NoticeState)).message == "Saved."


@pytest.mark.parametrize(
    ("field", "value"), [("title", "  "), ("title", "x" * 256), ("caption", "x" * 5001), ("visibility", "everybody")]
)
async def test_a_refused_field_says_why_beneath_itself(database: Services, field: str, value: str) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour")
    tab = await _opened(bob, image_id)
    await tab.send(ImageState, "start_editing")
    state = await tab.send(ImageState, "save", {**FORM, field: value})

    assert state.errors[field]
    assert [name for name, error in state.errors.items() if error] == [field]
    assert state.editing
    assert (await service.detail(await viewer_of_person(bob), image_id)).title == "Harbour"


@pytest.mark.parametrize("event", ["save", "trash", "restore"])
@pytest.mark.parametrize("who", ["nobody", "visitor"])
async def test_whoever_may_not_is_refused_whatever_the_page_shows(database: Services, event: str, who: str) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour")
    asker = None if who == "nobody" else await factories.charlie()
    tab = await _opened(asker, image_id)
    await tab.send(ImageState, event, *([FORM] if event == "save" else []))
    kept = await service.detail(await viewer_of_person(bob), image_id)

    assert (kept.title, kept.deleted_at) == ("Harbour", None)
    assert (await tab.state(NoticeState)).failed


async def test_a_session_that_ended_cannot_write_from_an_open_page(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour")
    tab = await _opened(bob, image_id)
    await reset_password(bob.username)
    await tab.send(ImageState, "save", FORM)

    assert (await tab.state(NoticeState)).failed
    assert (await service.detail(ANONYMOUS, image_id)).title == "Harbour"


async def test_one_visit_is_one_look_however_often_the_page_reads(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    tab = await _opened(None, image_id)
    await tab.send(ImageState, "load")
    await tab.send(ImageState, "load")
    await views.flush()

    assert (await service.detail(await viewer_of_person(bob), image_id)).views == 1


async def test_trash_can_be_undone_where_it_happened(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    tab = await _opened(bob, image_id)
    state = await tab.send(ImageState, "trash")

    assert state.picture.in_trash
    assert state.picture.can_restore
    assert state.gone == [str(image_id)]

    state = await tab.send(ImageState, "restore")

    assert not state.picture.in_trash
    assert state.gone == []


async def test_leaving_forgets_the_picture(database: Services) -> None:
    bob = await factories.bob()
    tab = await _opened(bob, await picture_of(bob))
    state = await tab.send(ImageState, "leave")

    assert (state.picture.id, state.loaded) == ("", False)


async def test_a_picture_deleted_meanwhile_is_missing_after_a_reconnect(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    tab = await _opened(None, image_id)
    await service.trash(await viewer_of_person(bob), image_id)
    state = await tab.send(ImageState, "load")

    assert not state.found
    with pytest.raises(NotFound):
        await service.detail(await viewer_of_person(None), image_id)
