"""The faces of the page about one's address, from the letter that is on its way to the one whose link is over."""

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import PersonUpdate
from clonegallery.flash import Flash
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.letters import verification_sent
from clonegallery.ui.pages.verify_email import DEAD, DONE, PRESS, STRANGER, WAIT, VerifyState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.conftest import Configure
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab, tab_of

_DEAD = Flash("/verify-email", "This link does not work any more. Ask for a new one.")


async def _newcomer() -> TestPerson:
    user = await service.register(email="dora@example.org", username="dora", password=factories.PASSWORD)
    return TestPerson(user.id, user.username, user.role)


async def _opened(tab: Tab) -> VerifyState:
    """The page at the link of a letter, after the address was cleaned."""
    error = "error=invalid&" if "error" in str((await tab.state(VerifyState)).router.url) else ""
    await tab.send(VerifyState, "load")
    tab.go(f"/verify-email?{error}link=taken")
    return await tab.send(VerifyState, "load")


async def test_after_registering_it_says_where_the_letter_goes(database: Services, configure: Configure) -> None:
    dora = await _newcomer()
    url = "/verify-email?done=registered&next=%2Fupload"
    state = await (await tab_of(dora, url)).send(VerifyState, "load")
    assert (state.face, state.email, state.is_new, state.mails) == (WAIT, "dora@example.org", True, False)
    assert state.next_path == "/upload"
    configure(SMTP_URL="smtp://127.0.0.1:2525")
    assert (await (await tab_of(dora, url)).send(VerifyState, "load")).mails


async def test_a_link_waits_for_a_press(database: Services) -> None:
    dora = await _newcomer()
    stranger = Tab("/verify-email?token=abc")
    for tab in (await tab_of(dora, "/verify-email?token=abc"), stranger):
        state = await _opened(tab)
        assert (state.face, state.token, state.asks_password) == (PRESS, "abc", tab is stranger)


async def test_a_wrong_password_is_said_under_its_field(database: Services) -> None:
    said = Flash("/verify-email", "", {"password": "This is not the password of the account dora."})
    for person in (None, await _newcomer()):
        state = await _opened(await refused_tab("/verify-email?error=invalid&token=abc", said, person))
        assert (state.face, state.asks_password, state.told.first_wrong) == (PRESS, True, "password")
        assert "of the account dora" in state.told.errors["password"]


async def test_a_link_that_is_over_offers_a_new_letter(database: Services) -> None:
    tab = await refused_tab("/verify-email?error=invalid&token=abc", _DEAD, await _newcomer())
    assert (await _opened(tab)).face == DEAD
    state = await tab.send(VerifyState, "send_again")
    assert (state.face, state.token) == (WAIT, "")
    assert (await tab.state(NoticeState)).message == verification_sent("dora@example.org")


async def test_a_refusal_of_another_kind_leaves_the_button(database: Services) -> None:
    said = Flash("/verify-email", "Another account has this address.", {"email": "Another account has this address."})
    state = await _opened(await refused_tab("/verify-email?error=invalid&token=abc", said))
    assert (state.face, state.told.message) == (PRESS, "Another account has this address.")


async def test_what_is_verified_says_so(database: Services) -> None:
    dora, admin = await _newcomer(), await viewer_of_person(await factories.alice())
    await service.update_person(admin, dora.id, PersonUpdate(email_verified=True))
    stranger = await Tab("/verify-email?done=verified").send(VerifyState, "load")
    known = await (await tab_of(dora, "/verify-email")).send(VerifyState, "load")
    assert (stranger.face, known.face) == (DONE, DONE)


async def test_a_stranger_without_a_link_is_told_where_to_find_one(database: Services) -> None:
    tab = Tab("/verify-email")
    assert (await tab.send(VerifyState, "load")).face == STRANGER
    await tab.send(VerifyState, "send_again")
    assert (await tab.state(NoticeState)).failed


async def test_an_old_link_of_the_tab_is_not_what_a_newcomer_sees(database: Services) -> None:
    tab = await tab_of(await _newcomer(), "/verify-email?token=abc")
    await _opened(tab)
    tab.go("/verify-email?done=registered")
    assert (await tab.send(VerifyState, "load")).face == WAIT


async def test_letters_are_not_sent_without_end(database: Services, configure: Configure) -> None:
    configure(MAIL_LIMITS="1/hour")
    tab = await tab_of(await _newcomer(), "/verify-email")
    for failed in (False, True):
        await tab.send(VerifyState, "send_again")
        assert (await tab.state(NoticeState)).failed == failed


@pytest.mark.parametrize("url", ["/verify-email?done=registered", "/verify-email?next=//evil.example"])
async def test_it_never_leads_to_another_site(database: Services, url: str) -> None:
    assert (await Tab(url).send(VerifyState, "load")).next_path == "/"
