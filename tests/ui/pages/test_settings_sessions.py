"""The settings' sign-ins: one's own are ended, nobody else's, and what was ended is over at its next event."""

from uuid import UUID

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Caller
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.settings.sessions_state import SessionsState
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.factories import PASSWORD
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of

_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


async def test_this_tab_s_sign_in_is_marked_and_comes_first(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await service.sign_in("bob", PASSWORD, caller=Caller("203.0.113.7", _FIREFOX))
    await service.issue_tokens("bob", PASSWORD, caller=Caller("203.0.113.8", "python-httpx/0.28.1"))
    state = await tab.send(SessionsState, "load")

    assert [one.current for one in state.sessions] == [True, False, False]
    assert state.others == 2
    browser, program = sorted(state.sessions[1:], key=lambda one: one.is_program)
    assert (browser.name, browser.used) == ("Firefox on Linux", "just now")
    assert browser.detail.startswith("203.0.113.7 · by password · since ")
    assert (program.name, program.is_program) == ("python-httpx 0.28.1", True)


async def test_one_is_ended_and_over_at_its_next_event(database: Services) -> None:
    bob = await factories.bob()
    mine, other = await tab_of(bob), await tab_of(bob)
    assert (await other.send(SessionState, "load")).signed_in
    state = await mine.send(SessionsState, "load")
    (there,) = [one.id for one in state.sessions if not one.current]
    state = await mine.send(SessionsState, "end", there)

    assert [one.current for one in state.sessions] == [True]
    assert (await mine.state(NoticeState)).message == "Signed out there."
    assert (await other.send(SessionsState, "load")).sessions == []
    assert not (await other.state(SessionState)).signed_in


async def test_all_others_are_ended_after_a_question(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    for _ in range(2):
        await service.sign_in("bob", PASSWORD)
    assert (await tab.send(SessionsState, "ask_end_others")).asked.title == "Sign out everywhere else?"
    await tab.send(SessionsState, "end_others")
    state = await tab.send(SessionsState, "forget_question")

    assert (len(state.sessions), state.others, state.asked.title) == (1, 0, "")
    assert (await tab.state(NoticeState)).message == "2 sign-ins ended."


async def test_ending_one_s_own_shows_the_page_for_strangers(database: Services) -> None:
    tab = await tab_of(await factories.bob())
    await tab.send(SessionState, "load")
    state = await tab.send(SessionsState, "load")
    state = await tab.send(SessionsState, "end", state.sessions[0].id)

    assert (state.sessions, state.problem) == ([], "Sign in first")
    assert not (await tab.state(SessionState)).signed_in


@pytest.mark.parametrize("who", ["nobody", "visitor", "admin"])
async def test_nobody_else_s_is_ended(database: Services, who: str) -> None:
    bob = await factories.bob()
    bob_s = UUID(str((await viewer_of_person(bob)).session_id))
    tab = {"nobody": Tab(), "visitor": await tab_of(await factories.charlie())}.get(who)
    tab = tab or await tab_of(await factories.alice())
    await tab.send(SessionsState, "end", str(bob_s))
    assert (await tab.state(NoticeState)).failed
    await tab.send(SessionsState, "end_others")

    assert bob_s in [one.id for one in await service.list_sessions(await viewer_of_person(bob))]


@pytest.mark.parametrize("session_id", ["", "x", None, 7, {}, "\x00", "0197f6a0-0000-7000-8000-000000000001"])
async def test_nonsense_ends_nothing(database: Services, session_id: object) -> None:
    tab = await tab_of(await factories.bob())
    state = await tab.send(SessionsState, "end", session_id)
    assert (len(state.sessions), (await tab.state(NoticeState)).failed) == (1, True)


async def test_an_ended_tab_ends_nobody(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await service.end_other_sessions(await viewer_of_person(bob))
    await tab.send(SessionsState, "end_others")

    assert (await tab.state(NoticeState)).failed
    assert len(await service.list_sessions(await viewer_of_person(bob))) == 2
