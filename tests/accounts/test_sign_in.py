"""Signing in and out: the same words and the same work for every wrong pair, and a new session for the right one."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col

from clonegallery.accounts import passwords, service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, Caller
from clonegallery.errors import NotAllowed, NotSignedIn
from clonegallery.models.account import LoginSession, Role, User
from tests.accounts.ground import HOME, audit_lines, change, column, count, make, signed_in
from tests.conftest import both_databases
from tests.factories import PASSWORD

pytestmark = [pytest.mark.usefixtures("database"), both_databases]

WRONG = "wrong horse battery"


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


@pytest.mark.parametrize("login", ["bob", "BOB", "bob@example.org", "Bob@Example.ORG"])
async def test_username_and_address_both_sign_in(login: str) -> None:
    signed = await service.sign_in(login, PASSWORD)
    viewer = await service.viewer_for_session(signed.token)
    assert viewer == signed.viewer
    assert viewer is not None
    assert (viewer.username, viewer.role, viewer.may(Permission.UPLOAD)) == ("bob", Role.EDITOR, True)


@pytest.mark.parametrize(
    ("login", "password"),
    [("bob", WRONG), ("nobody", PASSWORD), ("", ""), ("bob\x00", PASSWORD), ("b" * 10_000, PASSWORD),
     ("bob", ""), ("bob", "x" * 100_000), ("\ud800", PASSWORD), ("' OR 1=1 --", PASSWORD), ("b%", PASSWORD),
     ("b_b", PASSWORD), (" bob", PASSWORD), ("bob", PASSWORD + "\x00"), ("bob", PASSWORD.upper())],
)  # fmt: skip
@pytest.mark.parametrize("way", [service.sign_in, service.issue_tokens])
async def test_every_wrong_pair_gets_the_same_words(way: Callable[..., Any], login: str, password: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        await way(login, password)
    assert refused.value.detail == "The username or the password is not right."
    assert await count(LoginSession) == 0


@pytest.mark.parametrize("login", ["bob", "nobody", "nobody@example.org", "without", "shut-out", "bob\x00"])
async def test_every_wrong_pair_costs_the_same_work(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await make("shut-out")
    await service.disable("shut-out")
    without = await make("without")
    assert without.id
    checked: list[str] = []
    verify = passwords._hashers.verify_and_update

    def counted(password: str, stored: str) -> tuple[bool, str | None]:
        checked.append(stored.split("$")[3])
        right, renewed = verify(password, stored)
        return right, renewed

    monkeypatch.setattr(passwords._hashers, "verify_and_update", counted)
    if login == "without":
        await change(User, password_hash=None)
    with pytest.raises(NotSignedIn):
        await service.sign_in(login, WRONG)
    assert checked == ["m=19456,t=2,p=1"]


async def test_passwords_are_checked_beside_the_loop_and_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    loop_thread, at_work, most, threads = threading.current_thread(), 0, 0, set()
    lock, verify = threading.Lock(), passwords._hashers.verify_and_update

    def watched(password: str, stored: str) -> tuple[bool, str | None]:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
            threads.add(threading.current_thread())
        result = verify(password, stored)
        with lock:
            at_work -= 1
        return result

    monkeypatch.setattr(passwords._hashers, "verify_and_update", watched)
    callers = [Caller(f"198.51.100.{n}") for n in range(12)]
    await asyncio.gather(*(service.sign_in("bob", PASSWORD, caller=caller) for caller in callers))
    assert loop_thread not in threads
    assert most <= 2


async def test_each_sign_in_gets_a_new_id_and_ends_the_one_it_replaces() -> None:
    first = (await service.sign_in("bob", PASSWORD)).token
    second = (await service.sign_in("bob", PASSWORD, replaces=first)).token
    assert first != second
    assert await service.viewer_for_session(first) is None
    assert await service.viewer_for_session(second) is not None
    (line,) = await audit_lines("session.signed_out")
    assert line.detail == {"replaced": True}


async def test_an_id_that_somebody_planted_is_never_taken_over() -> None:
    planted = "A" * 43
    signed = await service.sign_in("bob", PASSWORD, replaces=planted)
    assert signed.token != planted
    assert await service.viewer_for_session(planted) is None


async def test_the_token_itself_is_not_in_the_database() -> None:
    token = (await service.sign_in("bob", PASSWORD)).token
    hashes = await column(col(LoginSession.token_hash))
    assert token.encode() not in hashes[0]
    assert token not in repr(await audit_lines())


async def test_signing_out_ends_this_session_alone() -> None:
    first, second = [await service.sign_in("bob", PASSWORD) for _ in range(2)]
    await service.sign_out(first.viewer)
    await service.sign_out(first.viewer)
    await service.sign_out(ANONYMOUS)
    assert await service.viewer_for_session(first.token) is None
    assert await service.viewer_for_session(second.token) is not None
    assert len(await audit_lines("session.signed_out")) == 1


async def test_a_hash_of_weaker_parameters_is_made_anew_at_sign_in() -> None:
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),)).hash(PASSWORD)
    await change(User, password_hash=weak)
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", WRONG)
    assert await column(col(User.password_hash)) == [weak]
    await signed_in()
    (stored,) = await column(col(User.password_hash))
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await signed_in()
    assert await column(col(User.password_hash)) == [stored]


@pytest.mark.parametrize("password", ["", "None", "null"])
async def test_an_account_without_a_password_opens_for_none(password: str) -> None:
    await change(User, password_hash=None)
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", password)


async def test_a_disabled_account_is_told_so_only_with_the_right_password() -> None:
    await service.disable("bob")
    with pytest.raises(NotAllowed):
        await service.sign_in("bob", PASSWORD)
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", WRONG)
    assert await count(LoginSession) == 0


async def test_a_sign_in_that_races_with_a_new_password_is_born_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    check = passwords.verify_password

    async def slow(password: str, stored: str | None) -> tuple[bool, str | None]:
        checked = await check(password, stored)
        await service.reset_password("bob")
        return checked

    monkeypatch.setattr(passwords, "verify_password", slow)
    browser = await service.sign_in("bob", PASSWORD)
    program = await service.issue_tokens("bob", await service.reset_password("bob"))
    assert await service.viewer_for_session(browser.token) is None
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(program.access_token)
    with pytest.raises(NotSignedIn):
        await service.refresh(program.refresh_token)


async def test_odd_callers_are_kept_short_and_printable() -> None:
    await service.sign_in("bob", PASSWORD, caller=Caller("\x00" * 100, "x\x00\r\n\u202e" * 1000))
    assert await column(col(LoginSession.user_agent)) == ["x" * 300]
    assert await column(col(LoginSession.address)) == [""]


async def test_what_was_typed_is_nowhere_in_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotSignedIn):
        await service.sign_in("my secret typed as a name", "and my secret password", caller=HOME)
    (line,) = await audit_lines("session.sign_in_failed")
    said = repr(line) + "".join(capfd.readouterr())
    assert "secret" not in said
    assert (line.subject_id, line.address, line.detail) == (None, HOME.address, {"reason": "credentials"})
