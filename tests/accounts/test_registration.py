"""Making one's own account: one per name and address, a Visitor, and only where that is open."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Caller
from clonegallery.errors import Conflict, Invalid, RegistrationClosed, TooManyRequests
from clonegallery.models.account import Role, User
from clonegallery.models.job import Job
from clonegallery.settings import get_settings
from tests.accounts.ground import HOME, audit_lines, column, count, make
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


async def _register(
    email: str = "eve@example.org", username: str = "eve", password: str = PASSWORD, caller: Caller = HOME
) -> User:
    return await service.register(email=email, username=username, password=password, caller=caller)


async def _letters() -> Sequence[dict[str, str]]:
    return await column(col(Job.payload))


async def test_a_new_account_is_an_unverified_visitor_s_and_a_letter_is_on_its_way() -> None:
    made = await _register()
    assert (made.role, made.email_verified, made.is_active) == (Role.VISITOR, False, True)
    assert PASSWORD not in str(made.password_hash)
    assert (await service.sign_in("eve", PASSWORD)).viewer.id == made.id
    (job,) = await _letters()
    assert (job["purpose"], job["email"]) == ("verify_email", "eve@example.org")
    (line,) = await audit_lines("account.created")
    assert (line.subject_id, line.actor_id, line.address, line.detail) == (
        made.id, made.id, HOME.address, {"role": "Visitor"},
    )  # fmt: skip


async def test_in_a_browser_one_is_signed_in_at_once_and_the_old_session_ends() -> None:
    await make("bob")
    old = (await service.sign_in("bob", PASSWORD)).token
    new = await service.register_in_browser(
        email="eve@example.org", username="eve", password=PASSWORD, caller=HOME, replaces=old
    )
    viewer = await service.viewer_for_session(new.token)
    assert viewer is not None
    assert (viewer.username, viewer.role) == ("eve", Role.VISITOR)
    assert await service.viewer_for_session(old) is None


@pytest.mark.parametrize(
    ("email", "username", "field"),
    [
        ("EVE@example.org", "other", "email"),
        ("eve@EXAMPLE.ORG", "other", "email"),
        ("other@example.org", "EVE", "username"),
        ("other@example.org", "eve", "username"),
    ],
)
async def test_a_name_or_address_is_one_person_s_whatever_its_case(email: str, username: str, field: str) -> None:
    await _register()
    with pytest.raises(Conflict) as refused:
        await _register(email, username)
    assert [error.field for error in refused.value.errors] == [field]
    assert (await count(User), len(await _letters())) == (1, 1)


@pytest.mark.parametrize(
    ("email", "username", "password", "fields"),
    [
        ("eve", "eve", PASSWORD, ["email"]),
        ("\uff45ve@example.org", "eve", PASSWORD, ["email"]),
        ("eve@examp\u2113e.org", "eve", PASSWORD, ["email"]),
        ("\u212aim@example.org", "eve", PASSWORD, ["email"]),
        ("=?utf-8?q?evil=40evil.example?=@example.org", "eve", PASSWORD, ["email"]),
        ("eve@example.org\r\nBcc: all@example.org", "eve", PASSWORD, ["email"]),
        ("eve@example.org", "\u0435v\u0435", PASSWORD, ["username"]),
        ("eve@example.org", "\uff45\uff56\uff45", PASSWORD, ["username"]),
        ("eve@example.org", "e\u200bve", PASSWORD, ["username"]),
        ("eve@example.org", "me", PASSWORD, ["username"]),
        ("eve@example.org", "eve", "1234567", ["password"]),
        ("eve@example.org", "eve", "x" * 257, ["password"]),
        ("eve@example.org", "eve", "password", ["password"]),
        ("eve@example.org", "eve", "PASSWORD1", ["password"]),
        ("eve@example.org", "eve", "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", ["password"]),
        ("eve@example.org", "eve", "nul\x00nul\x00", ["password"]),
        ("", "", "", ["email", "username", "password"]),
    ],
)
async def test_every_unusable_field_is_named_and_nothing_is_made(
    email: str, username: str, password: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await _register(email, username, password)
    assert [error.field for error in refused.value.errors] == fields
    assert (await count(User), await count(Job)) == (0, 0)


@pytest.mark.parametrize("password", ["8 signs!", "x" * 256, "🏔" * 8, " " * 8])
async def test_a_password_may_be_anything_from_8_to_256_characters(password: str) -> None:
    await _register(password=password)
    assert (await service.sign_in("eve", password)).viewer.username == "eve"


async def test_many_who_want_one_name_at_once_make_one_account() -> None:
    wanted = [(f"eve{n}@example.org", "Eve" if n % 2 else "eve") for n in range(8)]
    wanted += [("EVE@example.org" if n % 2 else "eve@example.org", f"eve{n}") for n in range(8)]
    answers = await asyncio.gather(
        *(_register(email, name, caller=Caller(f"198.51.100.{n}")) for n, (email, name) in enumerate(wanted)),
        return_exceptions=True,
    )
    assert {type(answer) for answer in answers} == {User, Conflict}
    names, addresses = answers[:8], answers[8:]
    assert [sum(isinstance(answer, User) for answer in part) for part in (names, addresses)] == [1, 1]


async def test_where_registration_is_closed_only_an_admin_makes_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = get_settings().model_copy(update={"registration_open": False})
    monkeypatch.setattr("clonegallery.accounts.registration.get_settings", lambda: closed)
    with pytest.raises(RegistrationClosed):
        await _register()
    with pytest.raises(RegistrationClosed):
        await service.register_in_browser(email="not even", username="looked", password="at", caller=HOME)
    assert await count(User) == 0
    await make("alice", Role.ADMIN)
    admin = (await service.sign_in("alice", PASSWORD)).viewer
    made = await service.create_person(admin, email="eve@example.org", username="eve", password=PASSWORD)
    assert made.username == "eve"


async def test_an_address_makes_only_so_many_accounts_and_refused_forms_do_not_count() -> None:
    for _ in range(12):
        with pytest.raises(Invalid):
            await _register(password="short")
    for n in range(10):
        await _register(f"eve{n}@example.org", f"eve{n}")
    with pytest.raises(TooManyRequests) as refused:
        await _register()
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 3600
    await _register(caller=Caller("198.51.100.1"))
