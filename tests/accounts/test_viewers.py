"""Finding out who is asking: at each request anew, cheaply, and never by anything that is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.access_tokens import create_access_token
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Credential, Scope
from clonegallery.accounts.viewers import lock_person
from clonegallery.clock import utcnow
from clonegallery.db import get_engine, unit_of_work
from clonegallery.errors import NotAllowed, NotSignedIn
from clonegallery.models.account import LoginSession, Role, User
from clonegallery.models.credential import ApiKey
from clonegallery.settings import get_settings
from tests.accounts.ground import change, column, make, signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


async def _cookie() -> str:
    return (await service.sign_in("bob", PASSWORD)).token


async def _token() -> str:
    return (await service.issue_tokens("bob", PASSWORD)).access_token


async def _key(*scopes: Scope) -> str:
    viewer = await signed_in()
    return (await service.create_api_key(viewer, name="key", scopes=scopes or (Scope.READ,))).secret


@contextmanager
def _statements() -> Iterator[list[str]]:
    """The first words of what this process asks its database in the block."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.split(maxsplit=1)[0])

    engine = get_engine().sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("token", ["", "nonsense", "A" * 43, "é" * 43, "A" * 100_000, "\ud800" * 43, "A" * 42 + "\n"])
async def test_a_made_up_cookie_is_nobody(token: str) -> None:
    assert await service.viewer_for_session(token) is None


@pytest.mark.parametrize("bearer", ["", "x", "cg_", "cg_" + "A" * 43, "cg_é", "cg_" + "A" * 100_000, "CG_" + "A" * 43])
async def test_a_made_up_bearer_is_refused_and_never_a_stranger(bearer: str) -> None:
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(bearer)


async def test_each_credential_says_what_it_is() -> None:
    by_cookie = await service.viewer_for_session(await _cookie())
    by_token = await service.viewer_for_bearer(await _token())
    by_key = await service.viewer_for_bearer(await _key(Scope.READ))
    assert by_cookie is not None
    assert [viewer.credential for viewer in (by_cookie, by_token, by_key)] == list(Credential)
    assert [viewer.id for viewer in (by_cookie, by_token, by_key)] == [by_cookie.id] * 3
    assert (bool(by_cookie.csrf_token), by_token.csrf_token, by_key.csrf_token) == (True, "", "")
    assert (by_key.session_id, by_key.scopes) == (None, frozenset({Scope.READ}))
    assert by_token.scopes is None


async def test_no_secret_of_one_kind_serves_as_another() -> None:
    cookie, key = await _cookie(), await _key()
    for bearer in (cookie, key.removeprefix("cg_"), "cg_" + cookie):
        with pytest.raises(NotSignedIn):
            await service.viewer_for_bearer(bearer)
    assert await service.viewer_for_session(key.removeprefix("cg_")) is None


async def test_an_access_token_ends_with_its_sign_in() -> None:
    token, browser = await _token(), await _cookie()
    assert (await service.viewer_for_bearer(token)).session_id is not None
    viewer = await service.viewer_for_session(browser)
    assert viewer is not None
    await service.end_other_sessions(viewer)
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(token)


async def test_a_browser_s_sign_in_answers_to_no_access_token() -> None:
    browser = await signed_in()
    assert browser.id is not None
    assert browser.session_id is not None
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(create_access_token(browser.id, Role.ADMIN, browser.session_id))


async def test_a_session_ends_when_it_expires_however_busy() -> None:
    cookie, token = await _cookie(), await _token()
    await change(LoginSession, expires_at=utcnow() + timedelta(seconds=30))
    assert await service.viewer_for_session(cookie)
    await change(LoginSession, expires_at=utcnow() - timedelta(seconds=1), last_seen_at=utcnow())
    assert await service.viewer_for_session(cookie) is None
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(token)


async def test_an_idle_session_ends_before_it_expires() -> None:
    cookie, token = await _cookie(), await _token()
    idle = timedelta(seconds=get_settings().session_idle_seconds)
    await change(LoginSession, last_seen_at=utcnow() - idle - timedelta(seconds=1))
    assert await service.viewer_for_session(cookie) is None
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(token)
    await change(LoginSession, last_seen_at=utcnow() - idle + timedelta(seconds=60))
    assert await service.viewer_for_session(cookie) is not None


@pytest.mark.parametrize("values", [{"is_active": False}, {"token_epoch": 7}])
async def test_a_disabled_person_and_a_new_epoch_end_every_credential_at_once(values: dict[str, object]) -> None:
    cookie, bearers = await _cookie(), [await _token(), await _key()]
    await change(User, **values)
    assert await service.viewer_for_session(cookie) is None
    for bearer in bearers:
        with pytest.raises(NotSignedIn):
            await service.viewer_for_bearer(bearer)


async def test_the_role_is_the_database_s_never_the_token_s() -> None:
    cookie, token, key = await _cookie(), await _token(), await _key(Scope.READ, Scope.WRITE)
    await change(User, role=Role.VISITOR)
    viewers = [await service.viewer_for_session(cookie), *[await service.viewer_for_bearer(it) for it in (token, key)]]
    assert [(viewer.role, viewer.may(Permission.UPLOAD)) for viewer in viewers if viewer] == [(Role.VISITOR, False)] * 3
    await change(User, role=Role.ADMIN)
    assert (await service.viewer_for_bearer(token)).may(Permission.ADMIN)
    assert not (await service.viewer_for_bearer(key)).may(Permission.ADMIN)


async def test_a_browser_s_request_is_one_select_and_seldom_a_write() -> None:
    cookie = await _cookie()
    with _statements() as seen:
        await service.viewer_for_session(cookie)
        await service.viewer_for_session(cookie)
        assert seen == ["SELECT", "SELECT"]
    await change(LoginSession, last_seen_at=utcnow() - timedelta(minutes=6))
    with _statements() as seen:
        await service.viewer_for_session(cookie)
        await service.viewer_for_session(cookie)
        assert seen == ["SELECT", "UPDATE", "SELECT"]


async def test_a_program_s_request_is_one_select_too() -> None:
    token, key = await _token(), await _key()
    with _statements() as seen:
        await service.viewer_for_bearer(token)
        assert seen == ["SELECT"]
    with _statements() as seen:
        for _ in range(3):
            await service.viewer_for_bearer(key)
        assert seen == ["SELECT", "UPDATE", "SELECT", "SELECT"]
    used = await column(col(ApiKey.last_used_at))
    assert used[0] is not None
    await change(ApiKey, last_used_at=utcnow() - timedelta(minutes=2))
    await service.viewer_for_bearer(key)
    assert (await column(col(ApiKey.last_used_at)))[0] > utcnow() - timedelta(minutes=1)


async def test_a_request_that_a_new_password_has_overtaken_is_not_the_person_s_any_more() -> None:
    viewer = await signed_in()
    async with unit_of_work() as work:
        assert (await lock_person(work, viewer)).id == viewer.id
    await service.reset_password("bob")
    with pytest.raises(NotSignedIn):
        async with unit_of_work() as work:
            await lock_person(work, viewer)


async def test_an_api_key_is_no_person() -> None:
    viewer = await service.viewer_for_bearer(await _key())
    with pytest.raises(NotAllowed):
        async with unit_of_work() as work:
            await lock_person(work, viewer)
