"""The settings' providers: those that are set up, linked and unlinked, and never the last way in."""

from collections.abc import Iterator

import pytest

from clonegallery import flash
from clonegallery.accounts import service
from clonegallery.accounts.schemas import ProvenIdentity, Provider
from clonegallery.flash import Flash
from clonegallery.settings import get_settings
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.settings.providers_state import ProvidersState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of

_IDENTITY = ProvenIdentity(Provider.GITHUB, "583231", "bob@work.example", "bob")


@pytest.fixture
def google(services: Services) -> Iterator[None]:
    """Google is set up, and GitHub is not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOOGLE_CLIENT_ID", "a client")
        patch.setenv("GOOGLE_CLIENT_SECRET", "its secret")
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


async def _linked() -> TestPerson:
    bob = await factories.bob()
    await service.link(await viewer_of_person(bob), _IDENTITY)
    return bob


async def _identities(person: TestPerson) -> list[str]:
    return [one.provider for one in await service.list_identities(await viewer_of_person(person))]


async def test_without_providers_there_is_nothing(database: Services) -> None:
    state = await (await tab_of(await factories.bob())).send(ProvidersState, "load")
    assert (state.providers, state.problem) == ([], "")


async def test_those_set_up_and_those_linked_are_shown(database: Services, google: None) -> None:
    state = await (await tab_of(await _linked())).send(ProvidersState, "load")
    found = [(one.label, one.linked, one.usable, one.account, one.link_action) for one in state.providers]
    assert found == [
        ("Google", False, True, "", "/auth/google/link"),
        ("GitHub", True, False, "bob@work.example", "/auth/github/link"),
    ]


async def test_one_is_unlinked_after_a_question(database: Services) -> None:
    bob = await _linked()
    tab = await tab_of(bob, "/settings?linked=github")
    assert (await tab.send(ProvidersState, "load")).linked_now == "GitHub is linked."
    assert (await tab.send(ProvidersState, "ask_unlink", "github")).asked.title == "Unlink GitHub?"
    state = await tab.send(ProvidersState, "unlink")

    assert (state.providers, state.linked_now, await _identities(bob)) == ([], "", [])
    assert (await tab.state(NoticeState)).message == "GitHub is unlinked."


async def test_the_last_way_in_stays(database: Services) -> None:
    signed_in = await service.sign_in_with(_IDENTITY)
    tab = Tab(cookie=f"cg_session={signed_in.token}")
    await tab.send(ProvidersState, "ask_unlink", "github")
    state = await tab.send(ProvidersState, "unlink")

    assert [one.linked for one in state.providers] == [True]
    assert (await tab.state(NoticeState)).message.startswith("This is your only way to sign in.")


@pytest.mark.parametrize("who", ["nobody", "visitor"])
async def test_nobody_else_s_is_unlinked(database: Services, who: str) -> None:
    bob = await _linked()
    tab = Tab() if who == "nobody" else await tab_of(await factories.charlie())
    await tab.send(ProvidersState, "ask_unlink", "github")
    await tab.send(ProvidersState, "unlink")

    assert (await tab.state(NoticeState)).failed
    assert await _identities(bob) == ["github"]


async def test_an_ended_tab_unlinks_nothing(database: Services) -> None:
    bob = await _linked()
    tab = await tab_of(bob)
    await tab.send(ProvidersState, "ask_unlink", "github")
    await service.end_other_sessions(await viewer_of_person(bob))
    await tab.send(ProvidersState, "unlink")

    assert await _identities(bob) == ["github"]


@pytest.mark.parametrize("provider", ["", "facebook", None, 7, {}, ["github"], "GITHUB"])
async def test_nonsense_asks_nothing(database: Services, provider: object) -> None:
    tab = await tab_of(await _linked())
    assert (await tab.send(ProvidersState, "ask_unlink", provider)).asked.title == ""
    await tab.send(ProvidersState, "unlink")
    assert (await tab.state(NoticeState)).message == "There is no such provider."


async def test_why_a_provider_was_refused(database: Services) -> None:
    settings = get_settings()
    said = flash.pack(Flash("/settings", "This opens another account."), settings.signing_key())
    cookie = f"{flash.cookie_name(secure=settings.secure)}={said}"
    told = await Tab("/settings?error=provider_taken", cookie).send(ProvidersState, "load")
    untold = await Tab("/settings?error=provider_<b>").send(ProvidersState, "load")
    other = await Tab("/settings?error=invalid&linked=facebook", cookie).send(ProvidersState, "load")

    assert told.refused == "This opens another account."
    assert untold.refused == "This account was not linked. Please try again."
    assert (other.refused, other.linked_now) == ("", "")
