"""Choosing a new password by a link: the secret leaves the address, and a link that is over says so."""

import reflex as rx

from clonegallery.flash import Flash
from clonegallery.ui.pages.reset_password import ResetState
from tests.conftest import Services
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab

_DEAD = Flash("/reset-password", "This link does not work any more. Ask for a new one.")


async def test_the_secret_leaves_the_address_and_stays_in_the_form(services: Services) -> None:
    tab = Tab("/reset-password?token=s3cret")
    away = await tab.answer(ResetState, "load")
    assert str(away.args) == str(rx.redirect("/reset-password?link=taken", replace=True).args)
    tab.go("/reset-password?link=taken")
    for _ in range(2):  # A lost connection loads again.
        state = await tab.send(ResetState, "load")
        assert (state.token, state.dead) == ("s3cret", False)


async def test_a_page_without_a_link_offers_a_new_one_even_after_another_s(services: Services) -> None:
    tab = Tab("/reset-password?token=s3cret")
    await tab.send(ResetState, "load")
    tab.go("/reset-password")
    state = await tab.send(ResetState, "load")
    assert (state.token, state.dead) == ("", True)


async def test_a_link_that_is_over_says_so(services: Services) -> None:
    tab = await refused_tab("/reset-password?error=invalid&token=old", _DEAD)
    await tab.send(ResetState, "load")
    tab.go("/reset-password?error=invalid&link=taken")
    assert (await tab.send(ResetState, "load")).dead


async def test_a_refused_password_leaves_the_link_usable(services: Services) -> None:
    said = Flash("/reset-password", "Too common.", {"password": "Too common."})
    tab = await refused_tab("/reset-password?error=invalid&token=good", said)
    await tab.send(ResetState, "load")
    tab.go("/reset-password?error=invalid&link=taken")
    state = await tab.send(ResetState, "load")
    assert (state.dead, state.token, state.told.errors) == (False, "good", {"password": "Too common."})


async def test_it_is_forgotten_with_the_page(services: Services) -> None:
    tab = Tab("/reset-password?token=s3cret")
    await tab.send(ResetState, "load")
    assert (await tab.send(ResetState, "leave")).token == ""
