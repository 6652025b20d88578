"""Reading the audit log: Admins only, the newest first, page by page."""

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ANONYMOUS, Caller, Role
from clonegallery.errors import Invalid, NotAllowed, NotSignedIn
from tests import factories
from tests.conftest import Services
from tests.factories import PASSWORD


async def test_what_happened_the_newest_first(database: Services) -> None:
    await factories.alice()
    await factories.bob()
    caller = Caller("203.0.113.7", "curl/8.14.1")
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", "guessed", caller=caller)
    await service.set_role("bob", Role.VISITOR)
    viewer = (await service.sign_in("alice", PASSWORD, caller=caller)).viewer
    lines = (await service.list_audit(viewer)).items

    assert [(one.action, one.actor, one.subject) for one in lines] == [
        ("session.signed_in", "alice", "alice"),
        ("account.role_changed", None, "bob"),
        ("session.sign_in_failed", None, "bob"),
        ("account.created", None, "bob"),
        ("account.created", None, "alice"),
    ]
    assert (lines[0].address, lines[0].user_agent) == ("203.0.113.7", "curl/8.14.1")
    assert lines[1].detail == {"before": "Editor", "after": "Visitor"}


async def test_pages_follow_one_another(database: Services) -> None:
    viewer = (await service.sign_in((await factories.alice()).username, PASSWORD)).viewer
    for _ in range(3):
        await service.sign_in("alice", PASSWORD)
    whole = (await service.list_audit(viewer)).items
    first = await service.list_audit(viewer, limit=3)
    rest = await service.list_audit(viewer, limit=3, cursor=first.next_cursor)

    assert [*first.items, *rest.items] == list(whole)
    assert (len(first.items), rest.next_cursor) == (3, None)


async def test_only_admins_read_it(database: Services) -> None:
    bob = (await service.sign_in((await factories.bob()).username, PASSWORD)).viewer
    with pytest.raises(NotAllowed):
        await service.list_audit(bob)
    with pytest.raises(NotSignedIn):
        await service.list_audit(ANONYMOUS)


async def test_a_cursor_of_another_list_is_refused(database: Services) -> None:
    viewer = (await service.sign_in((await factories.alice()).username, PASSWORD)).viewer
    await factories.bob()
    other = (await service.list_people(viewer, limit=1)).next_cursor
    with pytest.raises(Invalid):
        await service.list_audit(viewer, cursor=other)
