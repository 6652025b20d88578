"""Accounts as their operator handles them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clonegallery.accounts import service
from clonegallery.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from clonegallery.models.account import Role

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "correct horse battery"


async def _make(username: str, role: Role = Role.VISITOR) -> None:
    await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)


async def test_accounts_are_made_and_listed_oldest_first() -> None:
    await _make("alice", Role.ADMIN)
    await _make("bob", Role.EDITOR)
    people = await service.list_users()
    assert [(person.username, person.role, person.is_active) for person in people] == [
        ("alice", Role.ADMIN, True), ("bob", Role.EDITOR, True),
    ]  # fmt: skip
    assert people[0].created_at.tzinfo is not None


@pytest.mark.parametrize(
    ("email", "username", "field"),
    [("BOB@example.ORG", "robert", "email"), ("robert@example.org", "BOB", "username")],
)
async def test_a_taken_name_is_a_conflict_whatever_its_case(email: str, username: str, field: str) -> None:
    await _make("bob")
    with pytest.raises(Conflict) as refused:
        await service.create_user(email=email, username=username, password=PASSWORD)
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("email", "username", "password"),
    [("no address", "bob", PASSWORD), ("bob@example.org", "b@b", PASSWORD), ("bob@example.org", "bob", "short")],
)
async def test_unusable_fields_make_no_account(email: str, username: str, password: str) -> None:
    with pytest.raises(Invalid):
        await service.create_user(email=email, username=username, password=password)
    assert await service.list_users() == []


async def test_the_same_name_ten_times_at_once_makes_one_account() -> None:
    answers = await asyncio.gather(*(_make("bob") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert len(await service.list_users()) == 1


async def test_processes_that_start_together_make_one_first_admin() -> None:
    made = [admin for admin in await asyncio.gather(*(service.ensure_first_admin() for _ in range(8))) if admin]
    assert len(made) == 1
    login, password = made[0]
    assert (await service.sign_in(login, password)).viewer.role is Role.ADMIN
    assert await service.ensure_first_admin() is None


async def test_a_gallery_with_an_admin_gets_no_other() -> None:
    await _make("alice", Role.ADMIN)
    assert await service.ensure_first_admin() is None


async def test_a_new_role_holds_for_sessions_that_are_open() -> None:
    await _make("bob", Role.EDITOR)
    token = (await service.sign_in("bob", PASSWORD)).token
    assert (await service.set_role("BOB@example.org", Role.VISITOR)).role is Role.VISITOR
    viewer = await service.viewer_for_session(token)
    assert viewer is not None
    assert viewer.role is Role.VISITOR


async def test_disabling_ends_every_session_and_enabling_brings_none_back() -> None:
    await _make("bob")
    tokens = [(await service.sign_in("bob", PASSWORD)).token for _ in range(2)]
    await service.disable("bob")
    with pytest.raises(NotAllowed):
        await service.sign_in("bob", PASSWORD)
    await service.enable("bob")
    assert [await service.viewer_for_session(token) for token in tokens] == [None, None]
    assert (await service.sign_in("bob", PASSWORD)).viewer.username == "bob"


async def test_a_reset_password_replaces_the_old_one_and_ends_every_session() -> None:
    await _make("bob")
    token = (await service.sign_in("bob", PASSWORD)).token
    fresh = await service.reset_password("bob")
    assert await service.viewer_for_session(token) is None
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", PASSWORD)
    assert (await service.sign_in("bob", fresh)).viewer.username == "bob"


@pytest.mark.parametrize(
    "change", [service.disable, service.reset_password, lambda who: service.set_role(who, Role.ADMIN)]
)
async def test_nobody_is_not_found(change: Callable[[str], Awaitable[object]]) -> None:
    with pytest.raises(NotFound):
        await change("nobody")


async def test_the_last_admin_stays() -> None:
    await _make("alice", Role.ADMIN)
    with pytest.raises(Conflict):
        await service.disable("alice")
    with pytest.raises(Conflict):
        await service.set_role("alice", Role.EDITOR)
    await _make("anna", Role.ADMIN)
    await service.disable("alice")


async def test_two_admins_demoted_at_once_leave_one() -> None:
    await _make("alice", Role.ADMIN)
    await _make("anna", Role.ADMIN)
    demoted = [service.set_role(who, Role.VISITOR) for who in ("alice", "anna")]
    answers = await asyncio.gather(*demoted, return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert sorted(person.role for person in await service.list_users()) == [Role.ADMIN, Role.VISITOR]
