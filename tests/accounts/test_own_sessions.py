"""One's own sign-ins: seen, ended one by one or all but this, and nobody else's."""

from datetime import timedelta

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ANONYMOUS, Scope, SessionKind
from clonegallery.clock import utcnow
from clonegallery.errors import NotAllowed, NotFound, NotSignedIn
from clonegallery.ids import new_id
from clonegallery.models.account import LoginSession, User
from tests.accounts.ground import AWAY, HOME, by_token, change, count, make, signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


async def test_the_list_tells_where_and_by_what_one_is_signed_in() -> None:
    await service.issue_tokens("bob", PASSWORD, caller=AWAY)
    here = await signed_in(caller=HOME)
    listed = await service.list_sessions(here)
    assert [(one.kind, one.address, one.user_agent, one.current) for one in listed] == [
        (SessionKind.BROWSER, HOME.address, HOME.user_agent, True),
        (SessionKind.API, AWAY.address, AWAY.user_agent, False),
    ]
    assert all(one.created_at.tzinfo for one in listed)


@pytest.mark.parametrize("over", ["expired", "idle", "epoch"])
async def test_what_is_over_is_not_listed(over: str) -> None:
    viewer = await signed_in()
    past = utcnow() - timedelta(days=100)
    if over == "epoch":
        await change(User, token_epoch=5)
    else:
        await change(LoginSession, **{"expires_at" if over == "expired" else "last_seen_at": past})
    assert await service.list_sessions(viewer) == []


async def test_ending_one_ends_that_one() -> None:
    token = (await service.sign_in("bob", PASSWORD)).token
    elsewhere = await service.viewer_for_session(token)
    here = await signed_in()
    assert elsewhere is not None
    assert elsewhere.session_id is not None
    await service.end_session(here, elsewhere.session_id)
    assert await service.viewer_for_session(token) is None
    assert [one.current for one in await service.list_sessions(here)] == [True]
    with pytest.raises(NotFound):
        await service.end_session(here, elsewhere.session_id)


async def test_somebody_else_s_sign_in_is_not_there() -> None:
    await make("eve")
    eve = await signed_in("eve")
    bob = await signed_in()
    assert bob.session_id is not None
    for session_id in (bob.session_id, new_id()):
        with pytest.raises(NotFound):
            await service.end_session(eve, session_id)
    assert [one.id for one in await service.list_sessions(eve)] == [eve.session_id]
    assert await service.end_other_sessions(eve) == 0
    assert [one.id for one in await service.list_sessions(bob)] == [bob.session_id]


async def test_ending_all_others_keeps_the_one_that_asks() -> None:
    tokens = [(await service.sign_in("bob", PASSWORD)).token for _ in range(2)]
    program = await service.issue_tokens("bob", PASSWORD)
    here = await signed_in()
    assert await service.end_other_sessions(here) == 3
    assert [await service.viewer_for_session(token) for token in tokens] == [None, None]
    with pytest.raises(NotSignedIn):
        await service.refresh(program.refresh_token)
    assert await count(LoginSession) == 1


async def test_only_a_person_looks_at_sign_ins() -> None:
    program = await by_token()
    key = (await service.create_api_key(program, name="key", scopes=list(Scope)[:2])).secret
    by_key = await service.viewer_for_bearer(key)
    assert program.session_id is not None
    for viewer, error in ((ANONYMOUS, NotSignedIn), (by_key, NotAllowed)):
        with pytest.raises(error):
            await service.list_sessions(viewer)
        with pytest.raises(error):
            await service.end_session(viewer, program.session_id)
        with pytest.raises(error):
            await service.end_other_sessions(viewer)


async def test_the_sweep_removes_dead_sessions_only() -> None:
    dead = (await service.sign_in("bob", PASSWORD)).token
    await change(LoginSession, expires_at=utcnow() - timedelta(days=1))
    idle = (await service.sign_in("bob", PASSWORD)).token
    await change(LoginSession, last_seen_at=utcnow() - timedelta(days=15))
    alive = (await service.sign_in("bob", PASSWORD)).token
    assert await service.end_dead_sessions() == 2
    assert [await service.viewer_for_session(token) for token in (dead, idle)] == [None, None]
    assert await service.viewer_for_session(alive) is not None
