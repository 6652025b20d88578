"""The sign-in page: where it leads, what it says, what it keeps, and for whom it is not."""

import pytest
import reflex as rx

from clonegallery.flash import Flash
from clonegallery.ui.pages.login import LoginState
from tests import factories
from tests.conftest import Services
from tests.ui.conftest import Configure
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab, tab_of


@pytest.mark.parametrize(
    ("url", "target", "register"),
    [
        ("/login", "/", "/register"),
        ("/login?next=%2Fadmin%3Fq%3Da", "/admin?q=a", "/register?next=%2Fadmin%3Fq%3Da"),
        ("/login?next=//evil.example", "/", "/register"),
        ("/login?next=https://evil.example/", "/", "/register"),
        ("/login?next=/%5Cevil.example", "/", "/register"),
    ],
)
async def test_it_leads_to_where_one_came_from_on_this_site_only(
    database: Services, url: str, target: str, register: str
) -> None:
    state = await Tab(url).send(LoginState, "load")
    assert (state.next_path, state.register_path) == (target, register)


async def test_whoever_is_signed_in_is_sent_on(database: Services) -> None:
    bob = await factories.bob()
    for url, target in (("/login?next=%2Fupload", "/upload"), ("/login?next=//evil.example", "/")):
        away = await (await tab_of(bob, url)).answer(LoginState, "load")
        assert str(away.args) == str(rx.redirect(target, replace=True).args)


async def test_a_wrong_password_keeps_the_name_and_goes_on_with_the_password(database: Services) -> None:
    said = Flash("/login", "The username or the password is not right.", {}, {"username": "bob"})
    state = await (await refused_tab("/login?error=credentials", said)).send(LoginState, "load")

    assert state.told.message == "The username or the password is not right."
    assert (state.told.typed["username"], state.told.first_wrong) == ("bob", "password")


async def test_it_says_how_long_to_wait(database: Services) -> None:
    said = Flash("/login", "Too many tries to sign in. Try again in 40 seconds.")
    state = await (await refused_tab("/login?error=too_many", said)).send(LoginState, "load")
    assert "40 seconds" in state.told.message


@pytest.mark.parametrize(
    "error", ["provider_denied", "provider_state", "provider_email", "provider_taken", "provider_failed",
              "provider_closed", "unavailable", "disabled", "origin"],
)  # fmt: skip
async def test_every_refusal_has_words_of_its_own(database: Services, error: str) -> None:
    state = await Tab(f"/login?error={error}").send(LoginState, "load")
    other = await Tab("/login?error=credentials").send(LoginState, "load")
    assert state.told.message
    assert state.told.message != other.told.message


async def test_the_news_of_a_new_password(database: Services) -> None:
    assert (await Tab("/login?done=password").send(LoginState, "load")).done
    assert not (await Tab("/login?done=anything").send(LoginState, "load")).done


async def test_only_providers_that_are_set_up_are_offered(database: Services, configure: Configure) -> None:
    assert (await Tab("/login").send(LoginState, "load")).providers == []
    configure(GITHUB_CLIENT_ID="id", GITHUB_CLIENT_SECRET="secret")
    offered = (await Tab("/login?next=%2Fupload").send(LoginState, "load")).providers
    assert [(one.label, one.href) for one in offered] == [("GitHub", "/auth/github/login?next=%2Fupload")]
