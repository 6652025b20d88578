"""The page to make an account on: open or closed, with what was wrong beside each field."""

import reflex as rx

from clonegallery.flash import Flash
from clonegallery.ui.pages.register import RegisterState
from tests import factories
from tests.conftest import Services
from tests.ui.conftest import Configure
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab, tab_of


async def test_it_says_what_is_wrong_with_each_field_and_keeps_what_was_typed(database: Services) -> None:
    said = Flash("/register", "Bad.", {"username": "Taken.", "password": "Short."}, {"email": "a@b", "username": "bob"})
    state = await (await refused_tab("/register?error=invalid&next=%2Fupload", said)).send(RegisterState, "load")

    assert state.told.errors == {"email": "", "username": "Taken.", "password": "Short."}
    assert state.told.typed == {"email": "a@b", "username": "bob", "password": ""}
    assert (state.told.first_wrong, state.told.message) == ("username", "")
    assert (state.next_path, state.sign_in_path) == ("/upload", "/login?next=%2Fupload")


async def test_it_is_open_unless_the_operator_closed_it(database: Services, configure: Configure) -> None:
    assert (await Tab("/register").send(RegisterState, "load")).is_open
    configure(REGISTRATION_OPEN="false")
    assert not (await Tab("/register").send(RegisterState, "load")).is_open


async def test_whoever_has_an_account_is_sent_on(database: Services) -> None:
    away = await (await tab_of(await factories.charlie(), "/register?next=%2Fsettings")).answer(RegisterState, "load")
    assert str(away.args) == str(rx.redirect("/settings", replace=True).args)
