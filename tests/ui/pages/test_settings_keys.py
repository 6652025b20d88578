"""The settings' API keys: made within one's role, shown once and kept nowhere, revoked after a question."""

from datetime import timedelta
from typing import Any

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ApiKeyRead, Scope
from clonegallery.clock import utcnow
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.settings.keys_state import KeysState, views_of
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of

_FORM = {"name": "Backup", "scope_read": "on", "lifetime": "90"}


async def _made(tab: Tab, form: Any) -> str:
    """The secret that the browser is handed, or an empty text."""
    events = await (await tab.state(KeysState)).create(form)  # type: ignore[operator]  # Reflex types it as plain.
    return next((str(dict(_plain(event))["value"]) for event in events or () if "value" in dict(_plain(event))), "")


def _plain(event: Any) -> list[tuple[str, str]]:
    return [(name._js_expr, value._var_value) for name, value in event.args]


async def _keys_of(person: TestPerson) -> list[ApiKeyRead]:
    return list(await service.list_api_keys(await viewer_of_person(person)))


async def test_a_key_works_and_its_secret_is_in_no_state(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    secret = await _made(tab, _FORM | {"scope_write": "on"})

    viewer = await service.viewer_for_bearer(secret)
    assert (viewer.username, viewer.scopes) == ("bob", frozenset({Scope.READ, Scope.WRITE}))
    assert secret.encode() not in tab.kept()
    (row,) = (await tab.state(KeysState)).keys
    assert (row.name, row.scopes, row.used, row.ended) == ("Backup", "Read, Write", "never used", False)
    assert secret.startswith(row.prefix)
    assert len(row.prefix) < 16


async def test_what_is_kept_would_show_a_secret_in_it(database: Services) -> None:
    tab = Tab()
    (await tab.state(NoticeState)).message = "cg_in_a_state"
    assert b"cg_in_a_state" in tab.kept()


async def test_a_key_can_be_without_end(database: Services) -> None:
    bob = await factories.bob()
    await _made(await tab_of(bob), _FORM | {"lifetime": "never"})
    assert (await _keys_of(bob))[0].expires_at is None


async def test_the_scopes_on_offer_are_those_of_the_role(database: Services) -> None:
    offered = {
        person.username: (await (await tab_of(person)).send(KeysState, "load")).allowed
        for person in (await factories.alice(), await factories.bob(), await factories.charlie())
    }
    assert offered == {
        "alice": ["read", "write", "generate", "moderate", "admin"],
        "bob": ["read", "write", "generate", "moderate"],
        "charlie": ["read", "write"],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": 7}, "name"),
        ({"scope_read": ""}, "scopes"),
        ({"scope_read": True}, "scopes"),
        ({"scope_admin": "on"}, "scopes"),
        ({"scope_moderate": "on"}, "scopes"),
        ({"lifetime": "0"}, "expires_at"),
        ({"lifetime": "36500"}, "expires_at"),
        ({"lifetime": None}, "expires_at"),
    ],
)
async def test_a_refused_field_says_why(database: Services, changes: dict[str, Any], field: str) -> None:
    charlie = await factories.charlie()
    tab = await tab_of(charlie)
    assert await _made(tab, _FORM | changes) == ""

    state = await tab.state(KeysState)
    assert [name for name, said in state.errors.items() if said] == [field]
    assert await _keys_of(charlie) == []


async def test_a_key_is_revoked_after_a_question(database: Services) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob)
    await _made(tab, _FORM)
    await _made(tab, _FORM | {"name": "Other"})
    (key,) = [row for row in (await tab.state(KeysState)).keys if row.name == "Backup"]
    state = await tab.send(KeysState, "ask_revoke", key.id)
    assert state.asked.text.startswith(f"“Backup” ({key.prefix}…) stops working at once")
    await tab.send(KeysState, "revoke")
    state = await tab.send(KeysState, "forget_question")

    assert ([row.name for row in state.keys], state.asked.title) == (["Other"], "")
    assert [one.name for one in await _keys_of(bob)] == ["Other"]


@pytest.mark.parametrize("who", ["nobody", "visitor", "admin"])
async def test_nobody_else_s_key_is_revoked_or_told(database: Services, who: str) -> None:
    bob = await factories.bob()
    await _made(await tab_of(bob), _FORM)
    key_id = str((await _keys_of(bob))[0].id)
    tab = {"nobody": Tab(), "visitor": await tab_of(await factories.charlie())}.get(who)
    tab = tab or await tab_of(await factories.alice())
    state = await tab.send(KeysState, "ask_revoke", key_id)
    assert (state.asked.title, (await tab.state(NoticeState)).failed) == ("", True)
    await tab.send(KeysState, "revoke")

    assert len(await _keys_of(bob)) == 1


@pytest.mark.parametrize("key_id", ["", "x", None, 7, {}, "\x00", "0197f6a0-0000-7000-8000-000000000001"])
async def test_nonsense_asks_nothing(database: Services, key_id: object) -> None:
    tab = await tab_of(await factories.bob())
    state = await tab.send(KeysState, "ask_revoke", key_id)
    assert (state.asked.title, (await tab.state(NoticeState)).failed) == ("", True)


@pytest.mark.parametrize("who", ["nobody", "ended"])
async def test_whoever_is_not_signed_in_makes_none(database: Services, who: str) -> None:
    bob = await factories.bob()
    tab = await tab_of(bob if who == "ended" else None)
    await tab.send(SessionState, "load")
    await service.end_other_sessions(await viewer_of_person(bob))

    assert await _made(tab, _FORM) == ""
    assert (await tab.state(NoticeState)).failed
    assert not (await tab.state(SessionState)).signed_in
    assert await _keys_of(bob) == []


async def test_a_key_whose_time_is_over_says_so(database: Services) -> None:
    bob = await factories.bob()
    await _made(await tab_of(bob), _FORM)
    keys = await _keys_of(bob)
    soon, later = (views_of(keys, utcnow() + timedelta(days=days))[0] for days in (1, 91))
    assert (soon.ends[:5], soon.ended, later.ends[:5], later.ended) == ("ends ", False, "ended", True)
