"""Who is looking: asked of the database at every event, never believed from what the page once knew."""

import pytest

from clonegallery.accounts import service
from clonegallery.models.account import Role
from clonegallery.ui.session import SessionState, session_token, viewer_of
from tests import factories
from tests.conftest import Services
from tests.ui.tab import Tab, tab_of


async def test_a_stranger_is_nobody(database: Services) -> None:
    state = await (await tab_of(None)).send(SessionState, "load")

    assert (state.loaded, state.signed_in, state.username, state.can_upload, state.csrf_token) == (
        True,
        False,
        "",
        False,
        "",
    )


async def test_the_navigation_knows_what_a_role_may(database: Services) -> None:
    bob = await (await tab_of(await factories.bob())).send(SessionState, "load")
    charlie = await (await tab_of(await factories.charlie())).send(SessionState, "load")

    assert (bob.username, bob.initial, bob.role, bob.can_upload) == ("bob", "B", "Editor", True)
    assert (charlie.signed_in, charlie.can_upload) == (True, False)
    assert bob.csrf_token


async def test_a_demotion_holds_from_the_next_event(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await tab.send(SessionState, "load")
    await service.set_role(bob.username, Role.VISITOR)
    state = await tab.send(SessionState, "load")

    assert not state.can_upload


async def test_a_session_that_ended_is_nobody_on_the_open_page(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await tab.send(SessionState, "load")
    await service.disable(bob.username)
    state = await tab.send(SessionState, "load")

    assert not state.signed_in
    assert not (await viewer_of(state)).is_signed_in


@pytest.mark.parametrize("cookie", ["", "cg_session=", "cg_session=forged", 'cg_session="\\', "a b=c; =;"])
async def test_odd_cookies_are_nobody(database: Services, cookie: str) -> None:
    state = await Tab(cookie=cookie).send(SessionState, "load")

    assert not state.signed_in


def test_the_token_is_found_among_other_cookies() -> None:
    assert session_token("theme=dark; cg_session=abc; x=y") == "abc"
