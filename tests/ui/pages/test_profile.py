"""One person's page: what it shows of them to each who asks, and that it is missing where there is nobody."""

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.models.columns import Visibility
from clonegallery.ui.pages.profile import ProfileState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of
from tests.ui.tab import tab_of


async def _seen(asker: TestPerson | None, url: str) -> ProfileState:
    return await (await tab_of(asker, url)).send(ProfileState, "load")


async def _with_pictures() -> TestPerson:
    bob = await factories.bob()
    for visibility in (*Visibility, Visibility.PUBLIC):
        await picture_of(bob, visibility=visibility)
    return bob


async def test_each_is_told_of_the_pictures_that_they_may_see(database: Services) -> None:
    bob = await _with_pictures()
    counts = {}
    for asker in (None, await factories.charlie(), await factories.alice(), bob):
        state = await _seen(asker, "/u/bob")
        assert (state.found, state.title, state.person.username) == (True, "bob · CloneGallery", "bob")
        counts[asker and asker.username] = state.person.pictures
    assert counts == {None: "2 pictures", "charlie": "2 pictures", "alice": "2 pictures", "bob": "4 pictures"}


async def test_nothing_of_the_person_but_name_and_month_leaves_the_server(database: Services) -> None:
    await _with_pictures()
    state = await _seen(None, "/u/bob")
    sent = str(state.dict())
    assert state.person.joined in sent
    for secret in ("example.org", "@", "Editor", "last_login", "private", "4 pictures"):
        assert secret not in sent


async def test_the_case_of_a_name_does_not_matter(database: Services) -> None:
    await factories.bob()
    state = await _seen(None, "/u/BOB/")
    assert (state.found, state.person.username, state.person.pictures) == (True, "bob", "no pictures yet")


@pytest.mark.parametrize("name", ["nobody", "bob@example.org", "a%00b", "%F0%9F%90%9F", "%", "b", "me", "x" * 300, ""])
async def test_where_there_is_nobody_nothing_is_shown(database: Services, name: str) -> None:
    await factories.bob()
    state = await _seen(None, f"/u/{name}")
    assert (state.loaded, state.found, state.title) == (True, False, "Not found · CloneGallery")
    assert state.person.query == ""


async def test_a_disabled_person_has_no_page_any_more(database: Services) -> None:
    await _with_pictures()
    await accounts.disable("bob")
    assert not (await _seen(None, "/u/bob")).found
    assert not (await _seen(await factories.alice(), "/u/bob")).found
    await accounts.enable("bob")
    assert (await _seen(None, "/u/bob")).found


async def test_the_next_person_is_not_preceded_by_this_one(database: Services) -> None:
    await factories.bob()
    tab = await tab_of(None, "/u/bob")
    await tab.send(ProfileState, "load")
    state = await tab.send(ProfileState, "leave")
    assert (state.loaded, state.found, state.person.username) == (False, False, "")
