"""People and roles over HTTP: for Admins alone, field by field, and never the last of them."""

from typing import Any

import httpx
import pytest

from clonegallery.accounts import service
from clonegallery.ids import new_id
from clonegallery.models.account import Role
from tests.api.signing import Browser, make, signed_in
from tests.factories import PASSWORD, TestPerson

USERS = "/api/v1/admin/users"


@pytest.fixture
async def alice(client: httpx.AsyncClient) -> Browser:
    return await signed_in(client, await make("alice", Role.ADMIN))


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> TestPerson:
    return await make("bob", Role.EDITOR)


async def _patch(alice: Browser, user_id: object, body: Any) -> httpx.Response:
    return await alice.client.patch(f"{USERS}/{user_id}", json=body, headers=alice.write)


async def test_pages_go_through_everybody_and_tell_no_secret(alice: Browser) -> None:
    for n in range(4):
        await make(f"user{n}", Role.VISITOR)
    seen: list[str] = []
    cursor = ""
    while True:
        query = {"limit": "2", "count": "true"} | ({"cursor": cursor} if cursor else {})
        page = (await alice.client.get(USERS, params=query)).json()
        assert page["total"] == 5
        assert set(page["items"][0]) == {
            "id", "email", "username", "role", "is_active", "email_verified", "storage_quota_bytes",
            "generations_queued_max", "generations_running_max", "generated_images_per_day", "created_at",
            "last_login_at",
        }  # fmt: skip
        seen += [person["username"] for person in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert seen == ["user3", "user2", "user1", "user0", "alice"]
    assert "total" not in (await alice.client.get(USERS)).json()


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=ALI", 1), ("q=%25", 0), ("q=_", 0), ("q=%5C", 0), ("role=Editor", 1), ("role=Admin&q=bob", 0), ("q=", 2)],
)
async def test_searching(alice: Browser, bob: TestPerson, query: str, found: int) -> None:
    assert len((await alice.client.get(f"{USERS}?{query}")).json()["items"]) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("role=Wizard", "role"),
        ("role=admin", "role"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1e3", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=" + "A" * 501, "cursor"),
        ("count=perhaps", "count"),
        ("q=" + "x" * 201, "q"),
        ("sort=email", "sort"),
    ],
)
async def test_an_odd_question_is_refused_by_name(alice: Browser, query: str, field: str) -> None:
    answer = await alice.client.get(f"{USERS}?{query}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


@pytest.mark.parametrize("query", ["q=%00", "q=%FF", "q=%ED%A0%80", "q=%F0%9F%8F%94"])
async def test_odd_text_is_searched_or_refused_but_breaks_nothing(alice: Browser, query: str) -> None:
    assert (await alice.client.get(f"{USERS}?{query}")).status_code in (200, 422)


async def test_an_admin_makes_an_account_of_any_role(alice: Browser) -> None:
    body = {"email": "eve@example.org", "username": "eve", "password": PASSWORD, "role": "Editor"}
    answer = await alice.client.post(USERS, json=body, headers=alice.write)
    assert answer.status_code == 201
    made = (await alice.client.get(answer.headers["location"])).json()
    assert made == answer.json()
    assert (made["role"], made["is_active"], made["email_verified"]) == ("Editor", True, False)
    assert (await service.sign_in("eve", PASSWORD)).viewer.role is Role.EDITOR
    again = await alice.client.post(USERS, json=body, headers=alice.write)
    assert again.status_code == 409
    assert {error["field"] for error in again.json()["errors"]} <= {"email", "username"}


async def test_every_field_is_changed_by_itself_and_in_force_at_once(alice: Browser, bob: TestPerson) -> None:
    token = (await service.sign_in("bob", PASSWORD)).token
    for change in ({"role": "Visitor"}, {"email_verified": True}, {"storage_quota_bytes": 5}):
        answer = await _patch(alice, bob.id, change)
        assert answer.status_code == 200
        assert answer.json() | change == answer.json()
    viewer = await service.viewer_for_session(token)
    assert viewer is not None
    assert (viewer.role, viewer.email_verified) == (Role.VISITOR, True)
    assert (await _patch(alice, bob.id, {})).json()["storage_quota_bytes"] == 5
    assert (await _patch(alice, bob.id, {"storage_quota_bytes": None})).json()["storage_quota_bytes"] is None
    assert (await _patch(alice, bob.id, {"is_active": False})).json()["is_active"] is False
    assert await service.viewer_for_session(token) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "Owner"}, "role"),
        ({"role": 1}, "role"),
        ({"role": ["Admin"]}, "role"),
        ({"is_active": "false"}, "is_active"),
        ({"is_active": 0}, "is_active"),
        ({"email_verified": "yes"}, "email_verified"),
        ({"storage_quota_bytes": -1}, "storage_quota_bytes"),
        ({"storage_quota_bytes": 2**63}, "storage_quota_bytes"),
        ({"generations_queued_max": -1}, "generations_queued_max"),
        ({"generations_running_max": 2**40}, "generations_running_max"),
        ({"generated_images_per_day": "many"}, "generated_images_per_day"),
        ({"storage_quota_bytes": 1.5}, "storage_quota_bytes"),
        ({"storage_quota_bytes": "5"}, "storage_quota_bytes"),
        ({"email": "eve@example.org"}, "email"),
        ({"username": "eve"}, "username"),
        ({"password": PASSWORD}, "password"),
        ({"password_hash": "x"}, "password_hash"),
        ({"token_epoch": 9}, "token_epoch"),
        ({"id": "x"}, "id"),
        ([], "body"),
        (None, "body"),
    ],
)
async def test_what_no_admin_changes_is_refused_by_name(alice: Browser, bob: TestPerson, body: Any, field: str) -> None:
    before = (await alice.client.get(f"{USERS}/{bob.id}")).json()
    answer = await _patch(alice, bob.id, body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    if isinstance(body, dict):
        assert (await _patch(alice, bob.id, {"role": "Visitor", **body})).status_code == 422
    assert (await alice.client.get(f"{USERS}/{bob.id}")).json() == before


@pytest.mark.parametrize("change", [{"role": "Editor"}, {"is_active": False}])
async def test_the_last_admin_stays(alice: Browser, change: dict[str, Any]) -> None:
    me = (await alice.client.get("/api/v1/me")).json()["id"]
    answer = await _patch(alice, me, change)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    await make("anna", Role.ADMIN)
    assert (await _patch(alice, me, change)).status_code == 200
    assert (await alice.client.get(USERS)).status_code in (401, 403)


async def test_signing_somebody_out_everywhere(alice: Browser, bob: TestPerson) -> None:
    token, program = (await service.sign_in("bob", PASSWORD)).token, await service.issue_tokens("bob", PASSWORD)
    answer = await alice.client.delete(f"{USERS}/{bob.id}/sessions", headers=alice.write)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await service.viewer_for_session(token) is None
    refreshed = await alice.client.post("/api/v1/auth/refresh", json={"refresh_token": program.refresh_token})
    assert refreshed.status_code == 401
    assert (await alice.client.get("/api/v1/me")).status_code == 200


@pytest.mark.parametrize("user_id", [new_id(), "x", "1", "%00", "..%2f..", "A" * 5000])
async def test_nobody_is_404(alice: Browser, user_id: object) -> None:
    answers = [
        await alice.client.get(f"{USERS}/{user_id}"),
        await _patch(alice, user_id, {"role": "Admin"}),
        await alice.client.delete(f"{USERS}/{user_id}/sessions", headers=alice.write),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


async def test_writes_need_the_session_s_token(alice: Browser, bob: TestPerson) -> None:
    for headers in ({}, {"X-CSRF-Token": "x"}, alice.write | {"Origin": "https://evil.example"}):
        answers = [
            await alice.client.post(USERS, json={}, headers=headers),
            await alice.client.patch(f"{USERS}/{bob.id}", json={"role": "Admin"}, headers=headers),
            await alice.client.delete(f"{USERS}/{bob.id}/sessions", headers=headers),
        ]
        assert {answer.status_code for answer in answers} <= {403, 422}
        assert (answers[1].status_code, answers[1].json()["code"]) == (403, "csrf_failed")
    assert (await alice.client.get(f"{USERS}/{bob.id}")).json()["role"] == "Editor"


@pytest.mark.parametrize("role", [None, Role.VISITOR, Role.EDITOR])
async def test_nobody_else_gets_in(client: httpx.AsyncClient, role: Role | None) -> None:
    write: dict[str, str] = {}
    if role is not None:
        write = (await signed_in(client, await make("somebody", role))).write
    other = await make("other", Role.VISITOR)
    body = {"email": "eve@example.org", "username": "eve", "password": PASSWORD, "role": "Admin"}
    answers = [
        await client.get(USERS),
        await client.get(f"{USERS}/{other.id}"),
        await client.get(f"{USERS}/{new_id()}"),
        await client.post(USERS, json=body, headers=write),
        await client.patch(f"{USERS}/{other.id}", json={"role": "Admin"}, headers=write),
        await client.delete(f"{USERS}/{other.id}/sessions", headers=write),
    ]
    assert {answer.status_code for answer in answers} == {403 if role else 401}
    assert {person.role for person in await service.list_users()} <= {Role.VISITOR, role}


async def test_a_demoted_admin_loses_the_right_at_the_next_request(alice: Browser) -> None:
    await make("anna", Role.ADMIN)
    program = await service.issue_tokens("alice", PASSWORD)
    await service.set_role("alice", Role.EDITOR)
    bearer = {"Authorization": f"Bearer {program.access_token}"}
    assert (await alice.client.get(USERS)).status_code == 403
    assert (await alice.client.get(USERS, headers=bearer)).status_code == 403
    renewed = await service.refresh(program.refresh_token)
    bearer = {"Authorization": f"Bearer {renewed.access_token}"}
    assert (await alice.client.get(USERS, headers=bearer)).status_code == 403
