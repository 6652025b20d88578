"""The guard of pages: who is let in, who is led away, and that no guarded page forgets a half of it."""

from collections.abc import Iterator

import pytest
import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Role
from clonegallery.api.app import create_api
from clonegallery.ui.application import create_pages
from clonegallery.ui.components.guarded import Guard, guarded
from clonegallery.ui.session import SessionState, look_again
from tests import factories
from tests.conftest import Services
from tests.ui.tab import tab_of

GUARDED = {"upload", "create", "queue", "trash", "favourites", "settings", "admin", "admin/audit", "admin/models"}


@pytest.fixture(scope="module")
def pages(services: Services) -> rx.App:
    return create_pages(create_api())


def test_every_guarded_page_has_both_halves_and_no_other_has_one(pages: rx.App) -> None:
    """Without `admit` a stranger would look at a skeleton for ever; without the guard, at the page."""
    admitting = {route for route in pages._unevaluated_pages if SessionState.admit in _loaders(pages, route)}
    guarding = {
        route for route, page in pages._unevaluated_pages.items() if any(_guards(page.component()))  # type: ignore[operator]  # Every page of ours is a function.
    }  # fmt: skip
    assert admitting == guarding == GUARDED


def test_who_looks_is_asked_before_anything_else(pages: rx.App) -> None:
    for route in pages._unevaluated_pages:
        assert _loaders(pages, route)[0] in (SessionState.load, SessionState.admit), route


def test_what_is_guarded_is_drawn_only_after_the_skeleton() -> None:
    first, second = guarded(rx.el.p("Secret"), path="/x", needs=Permission.ADMIN).children
    assert "Secret" not in str(first)
    assert "Secret" in str(second)
    assert "permissions" in str(second).split("Secret", 1)[0]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/favourites", "/login?next=%2Ffavourites"),
        ("/admin?q=a%26b&role=Editor", "/login?next=%2Fadmin%3Fq%3Da%2526b%26role%3DEditor"),
    ],
)
async def test_a_stranger_is_led_to_sign_in_and_back(database: Services, url: str, target: str) -> None:
    away = await (await tab_of(None, url)).answer(SessionState, "admit")
    assert str(away.args) == str(rx.redirect(target, replace=True).args)


async def test_whoever_is_signed_in_stays_with_the_rights_of_their_role(database: Services) -> None:
    for person in (await factories.alice(), await factories.bob(), await factories.charlie()):
        tab = await tab_of(person, "/upload")
        assert await tab.answer(SessionState, "admit") is None
        permissions = (await tab.state(SessionState)).permissions
        assert (Permission.UPLOAD in permissions) == (person.role is not Role.VISITOR)
        assert (Permission.ADMIN in permissions) == (person.role is Role.ADMIN)


async def test_a_right_is_gone_when_the_page_looks_again(database: Services) -> None:
    tab = await tab_of(await factories.bob(), "/upload")
    await tab.send(SessionState, "admit")
    await service.set_role("bob", Role.VISITOR)
    state = await tab.send(SessionState, "look_again")

    assert (state.signed_in, state.ended, state.can_upload) == (True, False, False)
    assert Permission.UPLOAD not in state.permissions


async def test_whoever_is_signed_out_on_an_open_page_is_told_and_not_led_away(database: Services) -> None:
    tab = await tab_of(await factories.bob(), "/upload")
    await tab.send(SessionState, "admit")
    await service.disable("bob")
    for _ in range(2):
        await look_again(await tab.state(SessionState))
        state = await tab.state(SessionState)
        assert (state.signed_in, state.ended, state.permissions) == (False, True, [])
    assert await tab.answer(SessionState, "admit") is not None
    assert not (await tab.state(SessionState)).ended


async def test_a_stranger_who_never_was_signed_in_has_not_been_signed_out(database: Services) -> None:
    tab = await tab_of(None, "/")
    await tab.send(SessionState, "load")
    assert not (await tab.send(SessionState, "look_again")).ended


def _loaders(pages: rx.App, route: str) -> list[object]:
    return list(pages.get_load_events(route))


def _guards(component: object) -> Iterator[Guard]:
    if isinstance(component, Guard):
        yield component
    for child in getattr(component, "children", ()):
        yield from _guards(child)
