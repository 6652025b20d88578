"""Signing in and out, and who a session belongs to."""

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event, func, select, update
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Caller, Viewer
from clonegallery.clock import utcnow
from clonegallery.db import get_engine, reading, unit_of_work
from clonegallery.errors import Conflict, Invalid, NotSignedIn
from clonegallery.models.account import LoginSession, Role, User
from clonegallery.settings import get_settings

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await service.create_user(email="bob@example.org", username="bob", password=PASSWORD, role=Role.EDITOR)


async def _signed_in() -> str:
    return (await service.sign_in("bob", PASSWORD, caller=Caller("127.0.0.1", "Firefox"))).token


async def _change_sessions(**values: object) -> None:
    async with unit_of_work() as work:
        await work.session.execute(update(LoginSession).values(**values))


async def _count_sessions() -> int:
    async with reading() as connection:
        return (await connection.execute(select(func.count()).select_from(LoginSession))).scalar_one()


@pytest.mark.parametrize("login", ["bob", "BOB", "bob@example.org", "Bob@Example.ORG"])
async def test_username_and_address_both_sign_in(login: str) -> None:
    signed_in = await service.sign_in(login, PASSWORD)
    viewer = await service.viewer_for_session(signed_in.token)
    assert viewer == signed_in.viewer
    assert viewer is not None
    assert (viewer.username, viewer.role, viewer.may(Permission.UPLOAD)) == ("bob", Role.EDITOR, True)


@pytest.mark.parametrize(
    ("login", "password"),
    [("bob", "wrong horse battery"), ("nobody", PASSWORD), ("", ""), ("bob\x00", PASSWORD), ("b" * 10_000, PASSWORD),
     ("bob", ""), ("bob", "x" * 100_000), ("\ud800", PASSWORD), ("' OR 1=1 --", PASSWORD), ("b%", PASSWORD)],
)  # fmt: skip
async def test_every_wrong_pair_gets_the_same_words(login: str, password: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        await service.sign_in(login, password)
    assert refused.value.detail == "The username or the password is not right."
    assert await _count_sessions() == 0


async def test_the_token_itself_is_not_in_the_database() -> None:
    token = await _signed_in()
    async with reading() as connection:
        row = (await connection.execute(select(LoginSession))).one()
    assert token not in str(tuple(row))


async def test_each_sign_in_gets_a_new_id_and_ends_the_one_it_replaces() -> None:
    first = await _signed_in()
    second = (await service.sign_in("bob", PASSWORD, replaces=first)).token
    assert first != second
    assert await service.viewer_for_session(first) is None
    assert await service.viewer_for_session(second) is not None


async def test_signing_out_ends_this_session_alone() -> None:
    first, second = await _signed_in(), await _signed_in()
    viewer = await service.viewer_for_session(first)
    assert viewer is not None
    await service.sign_out(viewer)
    await service.sign_out(viewer)
    await service.sign_out(ANONYMOUS)
    assert await service.viewer_for_session(first) is None
    assert await service.viewer_for_session(second) is not None


@pytest.mark.parametrize("token", ["", "nonsense", "A" * 43, "é" * 43, "A" * 100_000])
async def test_a_made_up_token_is_nobody(token: str) -> None:
    assert await service.viewer_for_session(token) is None


async def test_a_session_ends_when_it_expires_however_busy() -> None:
    token = await _signed_in()
    await _change_sessions(expires_at=utcnow() + timedelta(seconds=5), last_seen_at=utcnow())
    assert await service.viewer_for_session(token) is not None
    await _change_sessions(expires_at=utcnow() - timedelta(seconds=1))
    assert await service.viewer_for_session(token) is None


async def test_an_idle_session_ends_before_it_expires() -> None:
    token, idle = await _signed_in(), timedelta(seconds=get_settings().session_idle_seconds)
    await _change_sessions(last_seen_at=utcnow() - idle - timedelta(seconds=1))
    assert await service.viewer_for_session(token) is None
    await _change_sessions(last_seen_at=utcnow() - idle + timedelta(seconds=60))
    assert await service.viewer_for_session(token) is not None


@pytest.mark.parametrize("change", [{"is_active": False}, {"token_epoch": 7}])
async def test_a_disabled_person_and_a_new_epoch_end_the_session_at_once(change: dict[str, object]) -> None:
    token = await _signed_in()
    async with unit_of_work() as work:
        await work.session.execute(update(User).values(**change))
    assert await service.viewer_for_session(token) is None


async def test_finding_out_who_asks_is_one_select_and_seldom_a_write() -> None:
    token = await _signed_in()
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    event.listen(get_engine().sync_engine, "before_cursor_execute", note)
    try:
        await service.viewer_for_session(token)
        await service.viewer_for_session(token)
        assert statements == ["SELECT", "SELECT"]
        await _change_sessions(last_seen_at=utcnow() - timedelta(minutes=6))
        statements.clear()
        await service.viewer_for_session(token)
        await service.viewer_for_session(token)
        assert statements == ["SELECT", "UPDATE", "SELECT"]
    finally:
        event.remove(get_engine().sync_engine, "before_cursor_execute", note)


async def test_an_outdated_hash_is_renewed_at_sign_in() -> None:
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),)).hash(PASSWORD)
    async with unit_of_work() as work:
        await work.session.execute(update(User).values(password_hash=weak))
    await _signed_in()
    async with reading() as connection:
        stored = (await connection.execute(select(col(User.password_hash), col(User.last_login_at)))).one()
    assert "m=19456" in str(stored[0])
    assert stored[1] is not None
    await _signed_in()


async def test_an_account_without_a_password_opens_for_none() -> None:
    async with unit_of_work() as work:
        await work.session.execute(update(User).values(password_hash=None))
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", "")


async def test_odd_user_agents_are_kept_short_and_printable() -> None:
    await service.sign_in("bob", PASSWORD, caller=Caller("\x00" * 100, "x\x00\r\n" * 1000))
    async with reading() as connection:
        row = (await connection.execute(select(col(LoginSession.user_agent), col(LoginSession.address)))).one()
    assert row == ("x" * 300, "")


async def test_the_sweep_removes_dead_sessions_only() -> None:
    dead = await _signed_in()
    await _change_sessions(expires_at=utcnow() - timedelta(days=1))
    alive = await _signed_in()
    assert await service.end_dead_sessions() == 1
    assert await service.viewer_for_session(dead) is None
    assert await service.viewer_for_session(alive) is not None


async def test_the_profile_tells_rights_quota_and_usage() -> None:
    viewer = (await service.sign_in("bob", PASSWORD)).viewer
    profile = await service.profile(viewer)
    assert (profile.quota_bytes, profile.used_bytes, profile.images) == (None, 0, 0)
    assert set(profile.permissions) == {p for p in Permission if viewer.may(p)}
    with pytest.raises(NotSignedIn):
        await service.profile(Viewer())


async def test_renaming_oneself() -> None:
    await service.create_user(email="eve@example.org", username="eve", password=PASSWORD)
    viewer = (await service.sign_in("bob", PASSWORD)).viewer
    assert (await service.update_account(viewer, username="Bobby")).username == "Bobby"
    with pytest.raises(Conflict):
        await service.update_account(viewer, username="EVE")
    with pytest.raises(Invalid):
        await service.update_account(viewer, username="e v e")
