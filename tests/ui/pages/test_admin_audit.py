"""The audit log's page: in words, for Admins only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import AuditRead, Role
from clonegallery.ids import new_id
from clonegallery.ui.pages.admin import audit_state
from clonegallery.ui.pages.admin.audit_state import AuditState, view_of
from tests import factories
from tests.conftest import Services
from tests.ui.tab import tab_of

_NOW = datetime(2026, 7, 14, 18, 5, tzinfo=UTC)


def _line(**fields: Any) -> AuditRead:
    given: dict[str, Any] = {"actor": "alice", "subject": "bob", "address": "203.0.113.7", "user_agent": "curl/8.14.1"}
    moment = _NOW - timedelta(minutes=5)
    return AuditRead(**{"id": new_id(), "at": moment, "action": "session.revoked", "detail": {}, **given, **fields})


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, ""),
        ({"before": "Visitor", "after": "Editor"}, "Visitor → Editor"),
        ({"key_id": "0197", "prefix": "cg_9f3", "scopes": ["read", "write"]}, "prefix cg_9f3, scopes read write"),
        ({"count": 2, "but_this": True}, "count 2, but this True"),
    ],
)
def test_a_line_s_detail_in_words(detail: dict[str, Any], words: str) -> None:
    assert view_of(_line(detail=detail), _NOW).detail == words


def test_a_line_in_words() -> None:
    line = view_of(_line(action="session.sign_in_failed"), _NOW)
    assert (line.action, line.origin) == ("Session: sign in failed", "203.0.113.7 · curl 8.14.1")
    assert (line.when, line.when_exactly) == ("5 minutes ago", "14 July 2026, 18:00 UTC")
    assert view_of(_line(action="api_key.created"), _NOW).action == "API key: created"


def test_who_did_it_when_nobody_was_signed_in() -> None:
    assert view_of(_line(actor=None), _NOW).actor == "a stranger"
    operator = view_of(_line(actor=None, subject=None, address="", user_agent=""), _NOW)
    assert (operator.actor, operator.subject, operator.origin) == ("the operator", "none", "the gallery itself")


async def test_pages_follow_one_another(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_state, "_PER_PAGE", 1)
    tab = await tab_of(await factories.alice(), "/admin/audit")
    first = await tab.send(AuditState, "load")
    assert ([one.action for one in first.lines], first.first_link) == (["Session: signed in"], "")
    tab.go(first.next_link)
    second = await tab.send(AuditState, "load")

    assert [one.action for one in second.lines] == ["Account: created"]
    assert (second.first_link, second.next_link) == ("/admin/audit", "")


@pytest.mark.parametrize("who", ["nobody", "visitor", "editor", "demoted"])
async def test_nobody_else_reads_it(database: Services, who: str) -> None:
    alice = await factories.alice()
    await service.create_user(email="z@example.org", username="zoe", password=factories.PASSWORD, role=Role.ADMIN)
    people = {"nobody": None, "visitor": await factories.charlie(), "editor": await factories.bob(), "demoted": alice}
    tab = await tab_of(people[who], "/admin/audit")
    if who == "demoted":
        assert (await tab.send(AuditState, "load")).lines
        await service.set_role("alice", Role.EDITOR)
    state = await tab.send(AuditState, "load")

    assert state.lines == []
    assert state.problem


async def test_an_odd_address_says_so(database: Services) -> None:
    state = await (await tab_of(await factories.alice(), "/admin/audit?after=nonsense")).send(AuditState, "load")
    assert (state.lines, state.problem) == ([], "This cursor was not made by this gallery.")
