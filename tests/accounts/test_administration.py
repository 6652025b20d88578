"""Accounts in the hands of Admins: lists, roles, shutting out, and never the last of them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ANONYMOUS, PersonUpdate, Scope, Viewer
from clonegallery.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from clonegallery.ids import new_id
from clonegallery.models.account import Role
from clonegallery.pagination import encode_cursor
from tests.accounts.ground import HOME, audit_lines, id_of, make, signed_in
from tests.conftest import both_databases
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def alice(database: None) -> Viewer:
    await make("alice", Role.ADMIN)
    return await signed_in("alice", caller=HOME)


async def _names(viewer: Viewer, search: str = "", role: Role | None = None) -> list[str]:
    return [person.username for person in (await service.list_people(viewer, search=search, role=role)).items]


async def test_pages_hold_everybody_once_the_newest_first(alice: Viewer) -> None:
    for n in range(6):
        await make(f"user{n}")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await service.list_people(alice, cursor=cursor, limit=3)
        assert page.total == 7
        seen += [person.username for person in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [f"user{n}" for n in reversed(range(6))] + ["alice"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["c_d", "a.b", "alice"]),
        ("  ", ["c_d", "a.b", "alice"]),
        ("_", ["c_d"]),
        ("%", []),
        ("a%", []),
        ("\\", []),
        ("ALICE", ["alice"]),
        ("Example.ORG", ["c_d", "a.b", "alice"]),
        ("a.b@", ["a.b"]),
        ("' OR 1=1 --", []),
        ("x" * 10_000, []),
        ("\0", []),
        ("a\0", []),
    ],
)
@both_databases
async def test_searching_takes_wildcards_literally(alice: Viewer, search: str, found: list[str]) -> None:
    await make("a.b")
    await make("c_d")
    assert await _names(alice, search) == found


async def test_searching_by_role(alice: Viewer) -> None:
    await make("bob", Role.EDITOR)
    assert await _names(alice, role=Role.EDITOR) == ["bob"]
    assert await _names(alice, "alice", Role.EDITOR) == []


@pytest.mark.parametrize("cursor", ["", "x", "é", encode_cursor("people", ["x"]), encode_cursor("images", [1])])
async def test_a_foreign_cursor_is_refused(alice: Viewer, cursor: str) -> None:
    if cursor:
        with pytest.raises(Invalid):
            await service.list_people(alice, cursor=cursor)
    else:
        assert len((await service.list_people(alice, cursor=cursor)).items) == 1


@pytest.mark.parametrize("asker", ["nobody", "visitor", "editor", "demoted", "reading key"])
async def test_nobody_else_does_any_of_this(alice: Viewer, asker: str) -> None:
    await make("visitor", Role.VISITOR)
    await make("editor", Role.EDITOR)
    if asker == "nobody":
        viewer = ANONYMOUS
    elif asker == "demoted":
        await make("anna", Role.ADMIN)
        token = (await service.sign_in("anna", PASSWORD)).token
        await service.set_role("anna", Role.EDITOR)
        viewer = await service.viewer_for_session(token) or ANONYMOUS
    elif asker == "reading key":
        key = await service.create_api_key(alice, name="key", scopes=[Scope.READ, Scope.WRITE, Scope.MODERATE])
        viewer = await service.viewer_for_bearer(key.secret)
    else:
        viewer = await signed_in(asker)
    other = await id_of("editor")
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: service.list_people(viewer),
        lambda: service.person(viewer, other),
        lambda: service.create_person(viewer, email="x@example.org", username="xxx", password=PASSWORD),
        lambda: service.update_person(viewer, other, PersonUpdate(role=Role.ADMIN)),
        lambda: service.end_sessions_of(viewer, other),
    ]
    for attempt in attempts:
        with pytest.raises(NotSignedIn if asker == "nobody" else NotAllowed):
            await attempt()
    assert (await service.person(alice, other)).role is Role.EDITOR


async def test_a_new_role_keeps_sign_ins_and_is_in_force_in_them(alice: Viewer) -> None:
    await make("bob", Role.EDITOR)
    cookie, program = (await service.sign_in("bob", PASSWORD)).token, await service.issue_tokens("bob", PASSWORD)
    changed = await service.update_person(alice, await id_of("bob"), PersonUpdate(role=Role.VISITOR), caller=HOME)
    assert changed.role is Role.VISITOR
    viewers = [await service.viewer_for_session(cookie), await service.viewer_for_bearer(program.access_token)]
    assert [viewer.role for viewer in viewers if viewer] == [Role.VISITOR, Role.VISITOR]
    (line,) = await audit_lines("account.role_changed")
    assert (line.actor_id, line.subject_id, line.address, line.detail) == (
        alice.id, changed.id, HOME.address, {"before": "Editor", "after": "Visitor"},
    )  # fmt: skip


async def test_shutting_out_ends_every_sign_in_and_letting_in_brings_none_back(alice: Viewer) -> None:
    await make("bob")
    cookie, program = (await service.sign_in("bob", PASSWORD)).token, await service.issue_tokens("bob", PASSWORD)
    for active in (False, True):
        await service.update_person(alice, await id_of("bob"), PersonUpdate(is_active=active))
        assert await service.viewer_for_session(cookie) is None
        with pytest.raises(NotSignedIn):
            await service.refresh(program.refresh_token)


async def test_ending_somebody_s_sign_ins_leaves_the_account_and_its_keys(alice: Viewer) -> None:
    await make("bob")
    cookie, program = await service.sign_in("bob", PASSWORD), await service.issue_tokens("bob", PASSWORD)
    key = await service.create_api_key(cookie.viewer, name="key", scopes=[Scope.READ])
    assert await service.end_sessions_of(alice, await id_of("bob")) == 2
    assert await service.viewer_for_session(cookie.token) is None
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(program.access_token)
    assert await service.viewer_for_bearer(key.secret)
    assert await signed_in("bob")


async def test_what_is_not_said_stays_and_no_quota_is_not_no_change(alice: Viewer) -> None:
    bob = await make("bob")
    with_quota = await service.update_person(alice, bob.id, PersonUpdate(quotas={"storage_quota_bytes": 5}))
    assert (with_quota.storage_quota_bytes, with_quota.role, with_quota.is_active) == (5, Role.EDITOR, True)
    assert (await service.update_person(alice, bob.id, PersonUpdate(email_verified=True))).storage_quota_bytes == 5
    assert (
        await service.update_person(alice, bob.id, PersonUpdate(quotas={"storage_quota_bytes": None}))
    ).storage_quota_bytes is None
    before = len(await audit_lines())
    await service.update_person(alice, bob.id, PersonUpdate(role=Role.EDITOR, is_active=True, email_verified=True))
    assert len(await audit_lines()) == before


async def test_somebody_who_is_not_there_is_not_found(alice: Viewer) -> None:
    for attempt in (
        service.person(alice, new_id()),
        service.update_person(alice, new_id(), PersonUpdate(role=Role.ADMIN)),
        service.update_person(alice, new_id(), PersonUpdate(is_active=False)),
        service.end_sessions_of(alice, new_id()),
    ):
        with pytest.raises(NotFound):
            await attempt


@pytest.mark.parametrize("changes", [PersonUpdate(role=Role.EDITOR), PersonUpdate(is_active=False)])
async def test_the_last_admin_cannot_undo_themselves_even_by_half(alice: Viewer, changes: PersonUpdate) -> None:
    assert alice.id is not None
    with pytest.raises(Conflict):
        await service.update_person(alice, alice.id, changes)
    await make("shut-out", Role.ADMIN)
    await service.disable("shut-out")
    with pytest.raises(Conflict):
        await service.update_person(alice, alice.id, changes)
    await make("anna", Role.ADMIN)
    await service.update_person(alice, alice.id, changes)
    anna = await signed_in("anna")
    assert anna.id is not None
    with pytest.raises(Conflict):
        await service.update_person(anna, anna.id, changes)


async def test_admins_who_undo_each_other_at_once_leave_one(alice: Viewer) -> None:
    for n in range(3):
        await make(f"admin{n}", Role.ADMIN)
    ids = [person.id for person in await service.list_users()]
    undone = [
        service.update_person(
            alice, user_id, PersonUpdate(role=Role.EDITOR) if n % 2 else PersonUpdate(is_active=False)
        )
        for n, user_id in enumerate(ids)
    ]
    answers = await asyncio.gather(*undone, return_exceptions=True)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [Conflict]
    left = [person for person in await service.list_users() if person.role is Role.ADMIN and person.is_active]
    assert len(left) == 1
