"""The audit log: every event has its line, with who, what and from where, and no line ever changes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from clonegallery.accounts import audit, service
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.schemas import Caller, PersonUpdate, ProvenIdentity, Provider, Role, Scope, Viewer
from clonegallery.db import unit_of_work
from clonegallery.errors import GalleryError
from clonegallery.models.audit import AuditEntry
from tests.accounts.ground import AWAY, HOME, audit_lines, count, deliver, id_of, make, signed_in
from tests.conftest import on_sqlite
from tests.factories import PASSWORD
from tests.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("database")

WRONG = "wrong horse battery"
NEW = "another horse battery"
GITHUB = ProvenIdentity(Provider.GITHUB, "1", "bob@example.org", "bob")

Act = Callable[[Viewer, Mailbox], Awaitable[object]]


async def _admin() -> Viewer:
    await make("alice", Role.ADMIN)
    return await signed_in("alice", AWAY)


def _by_admin(changes: PersonUpdate) -> Act:
    async def act(bob: Viewer, _mailbox: Mailbox) -> None:
        admin = await _admin()
        await service.update_person(admin, await id_of("bob"), changes, caller=HOME)

    return act


async def _enable(bob: Viewer, mailbox: Mailbox) -> None:
    await service.disable("bob")
    await _by_admin(PersonUpdate(is_active=True))(bob, mailbox)


async def _unverify(bob: Viewer, mailbox: Mailbox) -> None:
    admin = await _admin()
    for verified in (True, False):
        await service.update_person(admin, await id_of("bob"), PersonUpdate(email_verified=verified), caller=HOME)


async def _verify(bob: Viewer, mailbox: Mailbox, email: str = "bob@example.org") -> None:
    await service.ask_new_email(bob, email, PASSWORD)
    await deliver()
    await service.verify_email(mailbox.token(), viewer=bob, caller=HOME)


async def _take_address(bob: Viewer, mailbox: Mailbox) -> None:
    await _verify(bob, mailbox, "robert@example.org")


async def _ask_reset(_bob: Viewer, _mailbox: Mailbox) -> None:
    await service.ask_password_reset("bob@example.org", caller=HOME)
    await deliver()


async def _reset(bob: Viewer, mailbox: Mailbox) -> None:
    await _ask_reset(bob, mailbox)
    await service.reset_password_by_link(mailbox.token(), NEW, caller=HOME)


async def _fail(_bob: Viewer, _mailbox: Mailbox, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(GalleryError):
            await service.sign_in("bob", WRONG, caller=HOME)


async def _fail_often(bob: Viewer, mailbox: Mailbox) -> None:
    await _fail(bob, mailbox, 6)


async def _revoke_session(bob: Viewer, _mailbox: Mailbox) -> None:
    other = await signed_in()
    assert other.session_id is not None
    await service.end_session(bob, other.session_id, caller=HOME)


async def _reuse(_bob: Viewer, _mailbox: Mailbox) -> None:
    first = await service.issue_tokens("bob", PASSWORD)
    await service.refresh((await service.refresh(first.refresh_token)).refresh_token)
    with pytest.raises(GalleryError):
        await service.refresh(first.refresh_token, caller=HOME)


async def _revoke_key(bob: Viewer, _mailbox: Mailbox) -> None:
    made = await service.create_api_key(bob, name="key", scopes=[Scope.READ])
    await service.revoke_api_key(bob, made.key.id, caller=HOME)


async def _unlink(bob: Viewer, _mailbox: Mailbox) -> None:
    await service.link(bob, GITHUB)
    await service.unlink(bob, Provider.GITHUB, caller=HOME)


async def _link_another(bob: Viewer, _mailbox: Mailbox) -> None:
    await service.link(bob, GITHUB)
    with pytest.raises(GalleryError):
        await service.link(bob, replace(GITHUB, subject="another"), caller=HOME)


def _register(_bob: Viewer, _mailbox: Mailbox) -> Awaitable[object]:
    return service.register(email="eve@example.org", username="eve", password=PASSWORD, caller=HOME)


# How each comes about, and by whom: the person themselves, an Admin, or nobody that is known.
EVENTS: Mapping[AuditAction, tuple[Act, str]] = {
    AuditAction.ACCOUNT_CREATED: (_register, "eve"),
    AuditAction.ACCOUNT_DISABLED: (_by_admin(PersonUpdate(is_active=False)), "alice"),
    AuditAction.ACCOUNT_ENABLED: (_enable, "alice"),
    AuditAction.ROLE_CHANGED: (_by_admin(PersonUpdate(role=Role.VISITOR)), "alice"),
    AuditAction.QUOTA_CHANGED: (_by_admin(PersonUpdate(quotas={"generations_queued_max": 1})), "alice"),
    AuditAction.USERNAME_CHANGED: (lambda bob, _: service.update_account(bob, username="bobby", caller=HOME), "bobby"),
    AuditAction.EMAIL_CHANGED: (_take_address, "bob"),
    AuditAction.EMAIL_VERIFIED: (_verify, "bob"),
    AuditAction.EMAIL_UNVERIFIED: (_unverify, "alice"),
    AuditAction.PASSWORD_CHANGED: (lambda bob, _: service.change_password(bob, PASSWORD, NEW, caller=HOME), "bob"),
    AuditAction.PASSWORD_RESET: (_reset, "bob"),
    AuditAction.PASSWORD_RESET_ASKED: (_ask_reset, ""),
    AuditAction.SIGNED_IN: (lambda _bob, _: service.issue_tokens("bob", PASSWORD, caller=HOME), "bob"),
    AuditAction.SIGN_IN_FAILED: (_fail, ""),
    AuditAction.SIGN_IN_THROTTLED: (_fail_often, ""),
    AuditAction.SIGNED_OUT: (lambda bob, _: service.sign_out(bob, caller=HOME), "bob"),
    AuditAction.SESSION_REVOKED: (_revoke_session, "bob"),
    AuditAction.SESSIONS_ENDED: (lambda bob, _: service.end_other_sessions(bob, caller=HOME), "bob"),
    AuditAction.REFRESH_REUSED: (_reuse, ""),
    AuditAction.KEY_CREATED: (
        lambda bob, _: service.create_api_key(bob, name="key", scopes=[Scope.READ], caller=HOME),
        "bob",
    ),
    AuditAction.KEY_REVOKED: (_revoke_key, "bob"),
    AuditAction.IDENTITY_LINKED: (lambda bob, _: service.link(bob, GITHUB, caller=HOME), "bob"),
    AuditAction.IDENTITY_LINK_FAILED: (_link_another, "bob"),
    AuditAction.IDENTITY_UNLINKED: (_unlink, "bob"),
}


def test_no_event_is_missing_in_the_table() -> None:
    assert set(EVENTS) == set(AuditAction)


@pytest.mark.parametrize("action", list(EVENTS))
async def test_every_event_has_its_line(mailbox: Mailbox, action: AuditAction) -> None:
    act, actor = EVENTS[action]
    await make("bob")
    bob = await signed_in()
    before = len(await audit_lines(action))
    await act(bob, mailbox)
    line = (await audit_lines(action))[-1]
    assert len(await audit_lines(action)) > before
    people = {person.username: person.id for person in await service.list_users()}
    assert line.actor_id == (people[actor] if actor else None)
    assert line.subject_id == (people["eve"] if actor == "eve" else bob.id)
    assert (line.address, line.user_agent) == (HOME.address, HOME.user_agent)
    assert line.at.tzinfo is not None


async def test_no_line_tells_a_secret(mailbox: Mailbox) -> None:
    await make("bob")
    signed = await service.sign_in("bob", PASSWORD)
    key = await service.create_api_key(signed.viewer, name="key", scopes=[Scope.READ])
    pair = await service.refresh((await service.issue_tokens("bob", PASSWORD)).refresh_token)
    await _fail(signed.viewer, mailbox)
    await _reset(signed.viewer, mailbox)
    said = repr(await audit_lines())
    for secret in (
        signed.token, signed.viewer.csrf_token, key.secret, pair.access_token, pair.refresh_token, mailbox.token(),
        PASSWORD, WRONG, NEW,
    ):  # fmt: skip
        assert secret not in said


async def test_an_operator_s_deed_has_no_actor() -> None:
    await make("bob")
    await service.set_role("bob", Role.VISITOR)
    await service.reset_password("bob")
    lines = [*await audit_lines("account.role_changed"), *await audit_lines("password.reset")]
    assert [(line.actor_id, line.address) for line in lines] == [(None, "")] * 2


async def test_what_is_refused_leaves_no_line_of_having_happened() -> None:
    await make("alice", Role.ADMIN)
    before = len(await audit_lines())
    for attempt in (
        service.disable("alice"),
        service.create_user(email="x@example.org", username="ALICE", password=PASSWORD),
        service.set_role("nobody", Role.ADMIN),
    ):
        with pytest.raises(GalleryError):
            await attempt
    assert len(await audit_lines()) == before


async def test_odd_callers_are_written_short_and_printable() -> None:
    async with unit_of_work() as work:
        caller = Caller("203.0.113.7\r\n" * 100, "x\x00\x1b[31m\u202e" * 1000)
        audit.record(work.session, AuditAction.SIGNED_OUT, subject_id=None, caller=caller, count=None)
    (line,) = await audit_lines()
    assert (len(line.address), len(line.user_agent), line.detail) == (64, 300, {})
    assert (line.address + line.user_agent).isprintable()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET action = 'nothing'",
        "UPDATE audit_log SET actor_id = NULL WHERE false",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE false",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log, users CASCADE",
        "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (id) DO UPDATE SET action = 'nothing'",
        "MERGE INTO audit_log a USING audit_log b ON a.id = b.id WHEN MATCHED THEN DELETE",
    ],
)
async def test_the_database_refuses_to_change_or_forget_a_line(statement: str) -> None:
    await make("bob")
    lines = await audit_lines()
    with pytest.raises(DBAPIError, match="append-only"):
        async with unit_of_work() as work:
            await work.session.execute(text(statement))
    assert await audit_lines() == lines


@on_sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET action = 'nothing'",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log",
        "INSERT INTO audit_log SELECT * FROM audit_log WHERE true ON CONFLICT (id) DO UPDATE SET action = 'nothing'",
    ],
)
async def test_sqlite_refuses_it_too(statement: str) -> None:
    await test_the_database_refuses_to_change_or_forget_a_line(statement)


async def test_the_log_outlives_what_it_tells_about() -> None:
    await make("bob")
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM users"))
    assert await count(AuditEntry) == 1
