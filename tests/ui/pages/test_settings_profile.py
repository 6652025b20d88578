"""The settings' profile and password: changed only by whoever is signed in, and refused in words."""

from typing import Any

import pytest

from clonegallery import flash
from clonegallery.accounts import service
from clonegallery.accounts.schemas import Visibility
from clonegallery.flash import Flash
from clonegallery.settings import get_settings
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.letters import new_address_sent, verification_sent
from clonegallery.ui.pages.settings.password import PasswordState
from clonegallery.ui.pages.settings.profile_state import ProfileState
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.factories import PASSWORD
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import Tab, tab_of

_FORM = {"username": "bob", "default_visibility": "private"}


async def test_one_sees_oneself(database: Services) -> None:
    bob = await factories.bob()
    await picture_of(bob)
    state = await (await tab_of(bob)).send(ProfileState, "load")

    assert (state.username, state.email, state.email_verified) == ("bob", "bob@example.org", False)
    assert (state.role, state.default_visibility, state.usage) == ("Editor", "private", "1 picture, 3.4 MB")


async def test_a_stranger_sees_nobody(database: Services) -> None:
    state = await Tab().send(ProfileState, "load")
    assert (state.username, state.email, state.problem) == ("", "", "Sign in first")


async def test_what_somebody_else_saw_in_this_tab_goes(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await tab.send(ProfileState, "load")
    await service.end_other_sessions(await viewer_of_person(bob))
    state = await tab.send(ProfileState, "load")

    assert (state.username, state.email) == ("", "")


async def test_name_and_visibility_are_changed(database: Services) -> None:
    tab = await tab_of(await factories.bob())
    await tab.send(ProfileState, "load")
    await tab.send(ProfileState, "save", {"username": " robert ", "default_visibility": "unlisted"})

    signed_in = await service.sign_in("robert", PASSWORD)
    assert signed_in.viewer.default_visibility is Visibility.UNLISTED
    assert (await tab.state(SessionState)).username == "robert"
    assert (await tab.state(NoticeState)).message == "Saved."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "x"}, "username"),
        ({"username": "charlie"}, "username"),
        ({"username": None}, "username"),
        ({"username": "a" * 5000}, "username"),
        ({"default_visibility": "nobody"}, "default_visibility"),
        ({"default_visibility": ["public"]}, "default_visibility"),
    ],
)
async def test_a_refused_field_says_why(database: Services, changes: dict[str, Any], field: str) -> None:
    bob, _ = await factories.bob(), await factories.charlie()
    tab = await tab_of(bob)
    await tab.send(ProfileState, "load")
    state = await tab.send(ProfileState, "save", _FORM | changes)

    assert [name for name, said in state.errors.items() if said] == [field]
    kept = await viewer_of_person(bob)
    assert (kept.username, kept.default_visibility) == ("bob", "private")


async def test_the_letter_is_sent_again_and_not_without_end(database: Services) -> None:
    tab = await tab_of(await factories.bob())
    await tab.send(ProfileState, "send_letter")
    assert (await tab.state(NoticeState)).message == verification_sent("bob@example.org")
    for _ in range(30):
        await tab.send(ProfileState, "send_letter")
    assert (await tab.state(NoticeState)).failed


async def test_another_address_needs_the_password(database: Services) -> None:
    tab = await tab_of(await factories.bob())
    await tab.send(ProfileState, "start_changing_email")
    wrong = await tab.send(ProfileState, "change_email", {"email": "new@example.org", "current_password": "guessed"})
    assert (wrong.errors["current_password"], wrong.changing_email) == ("This is not your current password.", True)
    state = await tab.send(ProfileState, "change_email", {"email": "new@example.org", "current_password": PASSWORD})

    assert (state.changing_email, any(state.errors.values())) == (False, False)
    assert PASSWORD.encode() not in tab.kept()
    notice = await tab.state(NoticeState)
    assert notice.message == new_address_sent("new@example.org")


@pytest.mark.parametrize(
    ("event", "values"),
    [
        ("save", [_FORM | {"username": "robert"}]),
        ("send_letter", []),
        ("change_email", [{"email": "evil@example.org", "current_password": PASSWORD}]),
    ],
)
@pytest.mark.parametrize("who", ["nobody", "ended"])
async def test_whoever_is_not_signed_in_is_refused(
    database: Services, event: str, values: list[object], who: str
) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob if who == "ended" else None)
    await tab.send(SessionState, "load")
    await service.end_other_sessions(await viewer_of_person(bob))
    await tab.send(ProfileState, event, *values)

    assert (await tab.state(NoticeState)).failed
    assert not (await tab.state(SessionState)).signed_in
    assert (await viewer_of_person(bob)).email == "bob@example.org"


@pytest.mark.parametrize("form", [{}, {"username": {}, "default_visibility": 7}, {"email": [], "current_password": 1}])
@pytest.mark.parametrize("event", ["save", "change_email"])
async def test_nonsense_changes_nothing(database: Services, event: str, form: dict[str, Any]) -> None:
    bob = await factories.bob()
    before = await viewer_of_person(bob)
    state = await (await tab_of(bob)).send(ProfileState, event, form)

    after = await viewer_of_person(bob)
    assert any(state.errors.values())
    assert (after.username, after.email) == (before.username, before.email)


async def _posted(address: str, said: Flash | None = None) -> PasswordState:
    settings = get_settings()
    name = flash.cookie_name(secure=settings.secure)
    cookie = f"{name}={flash.pack(said, settings.signing_key())}" if said else ""
    return await Tab(address, cookie).send(PasswordState, "load")


async def test_a_changed_password_is_said(services: Services) -> None:
    state = await _posted("/settings?done=password")
    assert (state.changed[:25], state.message, any(state.errors.values())) == ("Your password is changed.", "", False)


async def test_a_refused_password_says_why_beneath_its_field(services: Services) -> None:
    said = Flash("/settings", "Some of this", {"new_password": "Too common.", "unknown": "x"})
    state = await _posted("/settings?error=invalid", said)
    assert state.errors == {"current_password": "", "new_password": "Too common.", "repeated_password": ""}
    assert (state.changed, state.message) == ("", "")


async def test_a_refusal_of_no_field_is_said_above(services: Services) -> None:
    said = Flash("/settings", "Too many tries to sign in. Try again in 5 minutes.")
    assert (await _posted("/settings?error=too_many", said)).message == said.message


@pytest.mark.parametrize("said", [None, Flash("/register", "Of another page.", {"new_password": "x"})])
async def test_words_that_are_gone_or_not_ours_are_not_made_up(services: Services, said: Flash | None) -> None:
    state = await _posted("/settings?error=<b>x</b>", said)
    assert (state.message, any(state.errors.values())) == ("Your password was not changed. Please try again.", False)


@pytest.mark.parametrize("address", ["/settings", "/settings?error=provider_denied"])
async def test_what_is_not_about_the_password_is_not_said_there(services: Services, address: str) -> None:
    state = await _posted(address, Flash("/settings", "x", {"new_password": "x"}))
    assert (state.message, any(state.errors.values())) == ("", False)
