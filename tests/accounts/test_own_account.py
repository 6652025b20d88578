"""One's own account: what it says, and what changing it takes."""

import pytest
from sqlmodel import col

from clonegallery.accounts import own_account, service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Caller, Scope, Viewer, Visibility
from clonegallery.errors import Conflict, Invalid, NotFound, NotSignedIn, TooManyRequests
from clonegallery.models.account import LoginSession, User
from clonegallery.models.job import Job
from tests.accounts.ground import AWAY, HOME, audit_lines, by_token, change, column, count, make, signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")

NEW = "another horse battery"
WRONG = "wrong horse battery"


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


async def test_the_profile_tells_rights_quota_and_usage() -> None:
    viewer = await signed_in()
    profile = await service.profile(viewer)
    assert (profile.username, profile.email, profile.email_verified) == ("bob", "bob@example.org", False)
    assert (profile.quota_bytes, profile.used_bytes, profile.images) == (None, 0, 0)
    assert set(profile.permissions) == {right for right in Permission if viewer.may(right)}
    with pytest.raises(NotSignedIn):
        await service.profile(ANONYMOUS)


async def test_strangers_learn_a_name_and_no_more() -> None:
    public = await service.public_profile("BOB")
    assert set(public.__slots__) == {"id", "username", "created_at"}
    assert public.username == "bob"


@pytest.mark.parametrize("name", ["nobody", "bob@example.org", "", "me", "bob\x00", "\ud800", "b%", "x" * 10_000])
async def test_nobody_is_not_found_whatever_was_asked_for(name: str) -> None:
    with pytest.raises(NotFound):
        await service.public_profile(name)


async def test_a_disabled_person_is_not_found() -> None:
    await service.disable("bob")
    with pytest.raises(NotFound):
        await service.public_profile("bob")


async def test_renaming_oneself() -> None:
    await make("eve")
    viewer = await signed_in()
    renamed = await service.update_account(viewer, username="Bobby")
    assert renamed.username == "Bobby"
    assert (await service.update_account(renamed, username="BOBBY")).username == "BOBBY"
    for taken, error in (("EVE", Conflict), ("e v e", Invalid), ("me", Invalid)):
        with pytest.raises(error) as refused:
            await service.update_account(viewer, username=taken)
        assert [field.field for field in refused.value.errors] == ["username"]
    assert (await service.sign_in("bobby", PASSWORD)).viewer.id == viewer.id
    assert [line.detail for line in await audit_lines("account.username_changed")] == [
        {"before": "bob", "after": "Bobby"},
        {"before": "Bobby", "after": "BOBBY"},
    ]


async def test_what_is_not_given_stays() -> None:
    viewer = await signed_in()
    changed = await service.update_account(viewer, default_visibility=Visibility.PUBLIC)
    assert (changed.username, changed.default_visibility) == ("bob", Visibility.PUBLIC)
    assert (await service.update_account(changed)).default_visibility is Visibility.PUBLIC


async def test_a_new_password_ends_everything_and_a_browser_goes_on() -> None:
    cookie = (await service.sign_in("bob", PASSWORD)).token
    viewer = await service.viewer_for_session(cookie)
    assert viewer is not None
    program = await service.issue_tokens("bob", PASSWORD)
    key = await service.create_api_key(viewer, name="key", scopes=[Scope.READ])
    renewed = await service.change_password(viewer, PASSWORD, NEW)
    assert renewed is not None
    assert renewed.token != cookie
    assert await service.viewer_for_session(cookie) is None
    assert await service.viewer_for_session(renewed.token) is not None
    for bearer in (program.access_token, key.secret):
        with pytest.raises(NotSignedIn):
            await service.viewer_for_bearer(bearer)
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", PASSWORD)
    assert (await service.sign_in("bob", NEW)).viewer.id == viewer.id


async def test_a_program_that_changes_the_password_signs_in_anew() -> None:
    viewer = await by_token()
    assert await service.change_password(viewer, PASSWORD, NEW) is None
    assert await count(LoginSession) == 0


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        (WRONG, NEW, "current_password"),
        ("", NEW, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "x" * 257, "new_password"),
        (PASSWORD, "password1", "new_password"),
    ],
)
async def test_a_refused_password_changes_nothing(current: str, new: str, field: str) -> None:
    token = (await service.sign_in("bob", PASSWORD)).token
    viewer = await service.viewer_for_session(token)
    assert viewer is not None
    with pytest.raises(Invalid) as refused:
        await service.change_password(viewer, current, new)
    assert [error.field for error in refused.value.errors] == [field]
    assert await service.viewer_for_session(token) is not None
    assert (await service.sign_in("bob", PASSWORD)).viewer.id == viewer.id


async def test_an_open_page_does_not_guess_the_password_either() -> None:
    viewer = await signed_in()
    for _ in range(5):
        with pytest.raises(Invalid):
            await service.change_password(viewer, WRONG, NEW, caller=AWAY)
    with pytest.raises(TooManyRequests):
        await service.change_password(viewer, PASSWORD, NEW, caller=AWAY)
    assert await service.list_sessions(viewer)
    assert await service.change_password(viewer, PASSWORD, NEW, caller=HOME)


@pytest.mark.parametrize("what", ["password", "email", "username"])
async def test_a_request_that_a_reset_has_overtaken_changes_nothing(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old password was right when it was asked for: that must not undo the new one."""
    viewer = await signed_in()
    if what == "username":
        await service.reset_password("bob")
        with pytest.raises(NotSignedIn):
            await service.update_account(viewer, username="robert")
        return
    _reset_after_the_check(monkeypatch)
    ask = service.change_password if what == "password" else service.ask_new_email
    arguments = (PASSWORD, NEW) if what == "password" else ("eve@example.org", PASSWORD)
    with pytest.raises(NotSignedIn):
        await ask(viewer, *arguments)
    assert await count(Job) == 0
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", NEW)


def _reset_after_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    check = own_account._confirm_password

    async def slow(viewer: Viewer, password: str, caller: Caller) -> None:
        await check(viewer, password, caller)
        await service.reset_password("bob")

    monkeypatch.setattr(own_account, "_confirm_password", slow)


async def test_another_address_needs_the_password_and_stays_a_wish_until_it_is_proved() -> None:
    await make("eve")
    viewer = await signed_in()
    for email, password, error, field in (
        ("new@example.org", WRONG, Invalid, "current_password"),
        ("no address", PASSWORD, Invalid, "email"),
        ("EVE@example.org", PASSWORD, Conflict, "email"),
    ):
        with pytest.raises(error) as refused:
            await service.ask_new_email(viewer, email, password)
        assert [found.field for found in refused.value.errors] == [field]
    assert await count(Job) == 0
    await service.ask_new_email(viewer, "new@example.org", PASSWORD)
    assert sorted(await column(col(User.email))) == ["bob@example.org", "eve@example.org"]
    assert [job["email"] for job in await column(col(Job.payload))] == ["new@example.org"]


async def test_an_account_without_a_password_cannot_take_another_address() -> None:
    """Its owner asks for a password first, by a link to the address that it has."""
    viewer = await signed_in()
    await change(User, password_hash=None)
    with pytest.raises(Invalid):
        await service.ask_new_email(viewer, "new@example.org", "")
