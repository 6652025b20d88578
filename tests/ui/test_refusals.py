"""What events carry, whatever it is, and what a page says when one is refused."""

from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Role
from clonegallery.errors import NotAllowed, NotFound
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.refusals import id_in, reason, refuse, text_in
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.ui.tab import Tab, tab_of

_ID = "0197f6a0-0000-7000-8000-000000000001"


def test_an_id_is_read() -> None:
    assert id_in(_ID) == UUID(_ID)


@pytest.mark.parametrize("value", ["", "x", None, 7, {"id": _ID}, [_ID], "\x00", _ID + "0"])
def test_what_is_no_id_is_found_nowhere(value: object) -> None:
    with pytest.raises(NotFound):
        id_in(value)


@pytest.mark.parametrize("form", [None, "name", 5, [], {}, {"name": None}, {"name": 5}, {"name": ["x"]}])
def test_what_is_no_text_is_empty(form: object) -> None:
    assert text_in(form, "name") == ""


def test_a_text_is_cut() -> None:
    assert text_in({"name": "abcdef"}, "name", 3) == "abc"


async def test_a_lost_right_changes_the_page(database: Services) -> None:
    tab = await tab_of(await factories.alice())
    assert (await tab.send(SessionState, "load")).can_administer
    await service.create_user(email="z@example.org", username="zoe", password=factories.PASSWORD, role=Role.ADMIN)
    await service.set_role("alice", Role.VISITOR)
    await refuse(await tab.state(NoticeState), NotAllowed("Not any more."))

    notice = await tab.state(NoticeState)
    assert (notice.message, notice.failed) == ("Not any more.", True)
    assert not (await tab.state(SessionState)).can_administer


async def test_a_library_s_failure_is_told_in_our_words() -> None:
    known = await reason(await Tab().state(NoticeState), OperationalError("SELECT 1", {}, Exception("password=x")))
    assert known.detail == "The gallery's database cannot be reached; try again in a moment."


async def test_a_defect_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        await refuse(await Tab().state(NoticeState), ZeroDivisionError())
