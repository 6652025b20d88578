"""What a page reads after a form was posted: words of ours only, from an address and a cookie that anybody may send."""

import pytest

from clonegallery.flash import Flash
from clonegallery.ui.posted import link_token, told, word
from clonegallery.ui.session import SessionState
from tests.conftest import Services
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab

FIELDS = ("email", "username")


async def test_what_was_wrong_and_what_was_typed_come_back(services: Services) -> None:
    said = Flash("/register", "Bad name.", {"username": "Bad name.", "other": "x"}, {"email": "a@b", "other": "y"})
    tab = await refused_tab("/register?error=invalid", said)
    found = told(await tab.state(SessionState), "/register", FIELDS)

    assert (found.message, found.first_wrong, found.is_about_link) == ("", "username", False)
    assert found.errors == {"email": "", "username": "Bad name."}
    assert found.typed == {"email": "a@b", "username": ""}


async def test_a_reason_without_a_field_is_a_sentence(services: Services) -> None:
    said = Flash("/login", "Too many tries to sign in. Try again in 40 seconds.", {}, {"username": "bob"})
    found = told(await (await refused_tab("/login?error=too_many", said)).state(SessionState), "/login", ("username",))

    assert (found.message, found.typed) == ("Too many tries to sign in. Try again in 40 seconds.", {"username": "bob"})


@pytest.mark.parametrize("url", ["/login", "/login?error=", "/login?error=<b>x</b>", "/login?error=constructor"])
async def test_unknown_reasons_say_nothing_even_with_a_cookie(services: Services, url: str) -> None:
    tab = await refused_tab(url, Flash("/login", "Wrong.", {"username": "No."}, {"username": "bob"}))
    found = told(await tab.state(SessionState), "/login", ("username",))

    assert (found.message, found.first_wrong, found.errors, found.typed) == ("", "", {"username": ""}, {"username": ""})


async def test_another_page_s_cookie_and_a_forged_one_say_nothing_of_theirs(services: Services) -> None:
    tabs = [
        await refused_tab("/login?error=invalid", Flash("/register", "Not for here.")),
        Tab("/login?error=invalid", "cg_flash=Zm9yZ2Vk"),
        Tab("/login?error=invalid"),
    ]
    for tab in tabs:
        found = told(await tab.state(SessionState), "/login", FIELDS)
        assert (found.message, found.is_about_link) == ("This was not accepted. Please try again.", False)


async def test_a_secret_is_taken_out_of_the_address_once() -> None:
    tab = Tab("/reset-password?error=invalid&token=a+b%26c")
    assert link_token(await tab.state(SessionState), "old") == ("a b&c", "/reset-password?error=invalid&link=taken")
    tab.go("/reset-password?error=invalid&link=taken")
    assert link_token(await tab.state(SessionState), "a b&c") == ("a b&c", "")
    tab.go("/reset-password")
    assert link_token(await tab.state(SessionState), "a b&c") == ("", "")


async def test_of_a_parameter_given_twice_the_last_counts_and_an_unreadable_address_has_none() -> None:
    assert word(await Tab("/login?next=/a&next=/b").state(SessionState), "next") == "/b"
    assert word(await Tab("/login?" + "&".join("a=1" for _ in range(5000))).state(SessionState), "next") == ""
