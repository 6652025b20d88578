"""What the pages about accounts say when what lies beneath them is gone: a reason and a way on, never a defect."""

from typing import Any

import pytest
import reflex as rx
from sqlalchemy.exc import OperationalError

from clonegallery.accounts import service
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.admin.audit_state import AuditState
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.pages.settings.keys_state import KeysState
from clonegallery.ui.pages.settings.profile_state import ProfileState
from clonegallery.ui.pages.settings.providers_state import ProvidersState
from clonegallery.ui.pages.settings.sessions_state import SessionsState
from tests import factories
from tests.conftest import Services
from tests.ui.tab import tab_of

_GONE = "The gallery's database cannot be reached; try again in a moment."


async def _gone(*_: Any, **__: Any) -> None:
    raise OperationalError("SELECT 1", {}, Exception("connection refused"))


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (ProfileState, "profile"),
        (SessionsState, "list_sessions"),
        (KeysState, "list_api_keys"),
        (ProvidersState, "list_identities"),
        (PeopleState, "list_people"),
        (AuditState, "list_audit"),
        *((kind, "viewer_for_session") for kind in (ProfileState, SessionsState, KeysState, PeopleState, AuditState)),
    ],
)
async def test_a_part_that_cannot_be_read_says_so_until_it_can(
    database: Services, monkeypatch: pytest.MonkeyPatch, kind: type[rx.State], asked: str
) -> None:
    tab = await tab_of(await factories.alice())
    with monkeypatch.context() as patch:
        patch.setattr(service, asked, _gone)
        assert _problem(await tab.send(kind, "load")) == _GONE
    assert _problem(await tab.send(kind, "load")) == ""


@pytest.mark.parametrize(
    ("kind", "event", "values"),
    [
        (ProfileState, "save", [{"username": "alicia", "default_visibility": "public"}]),
        (ProfileState, "send_letter", []),
        (ProfileState, "change_email", [{"email": "a@example.org", "current_password": factories.PASSWORD}]),
        (SessionsState, "end", ["0197f6a0-0000-7000-8000-000000000001"]),
        (SessionsState, "end_others", []),
        (KeysState, "create", [{"name": "x", "scope_read": "on", "lifetime": "30"}]),
        (KeysState, "ask_revoke", ["0197f6a0-0000-7000-8000-000000000001"]),
        (PeopleState, "ask_disable", ["0197f6a0-0000-7000-8000-000000000001"]),
        (PeopleState, "enable", ["0197f6a0-0000-7000-8000-000000000001"]),
    ],
)
async def test_what_cannot_be_done_is_told(
    database: Services, monkeypatch: pytest.MonkeyPatch, kind: type[rx.State], event: str, values: list[Any]
) -> None:
    tab = await tab_of(await factories.alice())
    monkeypatch.setattr(service, "viewer_for_session", _gone)
    await tab.send(kind, event, *values)
    notice = await tab.state(NoticeState)
    assert (notice.message, notice.failed) == (_GONE, True)


def _problem(state: rx.State) -> str:
    problem: str = state.problem  # type: ignore[attr-defined]  # Each of these states has one.
    return problem
