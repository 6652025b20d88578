"""The page of what one likes is for whoever is signed in; the list itself is tested in `tests/api/test_likes.py`."""

import pytest
import reflex as rx

from clonegallery.accounts import service as accounts
from clonegallery.ui.pages.favourites import FavouritesState
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.ui.tab import Tab, tab_of

_AWAY = rx.redirect("/login?next=%2Ffavourites", replace=True)


async def test_a_stranger_is_led_to_sign_in_and_back(database: Services) -> None:
    away = await (await tab_of(None, "/favourites")).answer(FavouritesState, "load")
    assert str(away.args) == str(_AWAY.args)


@pytest.mark.parametrize("who", [factories.alice, factories.bob, factories.charlie])
async def test_whoever_is_signed_in_stays(database: Services, who: object) -> None:
    assert callable(who)
    tab: Tab = await tab_of(await who(), "/favourites")
    assert await tab.answer(FavouritesState, "load") is None
    assert (await tab.send(SessionState, "load")).can_like


async def test_a_session_that_ended_is_noticed_at_the_next_load(database: Services) -> None:
    tab = await tab_of(await factories.charlie(), "/favourites")
    await accounts.disable("charlie")
    assert await tab.answer(FavouritesState, "load") is not None
    assert not (await tab.send(SessionState, "load")).can_like
