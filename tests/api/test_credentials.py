"""One's own keys and sign-ins over HTTP: shown once, nobody else's, and out of a key's reach."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Scope
from clonegallery.clock import utcnow
from clonegallery.ids import new_id
from clonegallery.models.account import Role
from tests.api.signing import Browser, make, signed_in
from tests.factories import PASSWORD

ME = "/api/v1/me"
KEYS = f"{ME}/api-keys"


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> Browser:
    return await signed_in(client, await make("bob", Role.EDITOR))


async def _create(bob: Browser, **body: Any) -> httpx.Response:
    return await bob.client.post(KEYS, json={"name": "Backup", "scopes": ["read"]} | body, headers=bob.write)


async def _bearer(client: httpx.AsyncClient, key: str, method: str, path: str, **more: Any) -> httpx.Response:
    """Ask with the key alone."""
    headers = {"Authorization": f"Bearer {key}", "Cookie": ""}
    return await client.request(method, path, headers=headers, **more)


async def test_a_key_is_told_once_and_works_until_it_is_revoked(bob: Browser) -> None:
    answer = await _create(bob, scopes=["read", "write", "read"])
    made = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert made["scopes"] == ["read", "write"]
    assert made["key"].startswith(made["prefix"])
    shown = (await bob.client.get(answer.headers["location"])).json()
    assert shown == {name: value for name, value in made.items() if name != "key"}
    listed = await bob.client.get(KEYS)
    assert listed.json() == {"items": [shown], "next_cursor": None}
    assert made["key"] not in listed.text
    assert (await _bearer(bob.client, made["key"], "GET", ME)).json()["username"] == "bob"
    used = (await bob.client.get(f"{KEYS}/{made['id']}")).json()["last_used_at"]
    assert used is not None
    await _bearer(bob.client, made["key"], "GET", ME)
    assert (await bob.client.get(f"{KEYS}/{made['id']}")).json()["last_used_at"] == used
    gone = await bob.client.delete(f"{KEYS}/{made['id']}", headers=bob.write)
    assert (gone.status_code, gone.content) == (204, b"")
    refused = await _bearer(bob.client, made["key"], "GET", ME)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert (await bob.client.delete(f"{KEYS}/{made['id']}", headers=bob.write)).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read", "everything"]}, "scopes.1"),
        ({"scopes": ["READ"]}, "scopes.0"),
        ({"scopes": ["admin"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read"] * 21}, "scopes"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": [None]}, "scopes.0"),
        ({"scopes": {"read": True}}, "scopes"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": 7}, "name"),
        ({"name": "\u0000"}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01"}, "expires_at"),
        ({"expires_at": 99999999999}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"user_id": "x"}, "user_id"),
        ({"key": "cg_" + "A" * 43}, "key"),
        ({"token_hash": "x"}, "token_hash"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(bob: Browser, body: dict[str, Any], field: str) -> None:
    answer = await _create(bob, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await bob.client.get(KEYS)).json()["items"] == []


async def test_an_end_is_kept_in_utc(bob: Browser) -> None:
    until = (utcnow() + timedelta(days=400)).replace(microsecond=0)
    answer = await _create(bob, expires_at=until.astimezone().isoformat())
    assert answer.json()["expires_at"] == until.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", KEYS, None),
        ("POST", KEYS, {"name": "another", "scopes": ["read", "admin"]}),
        ("DELETE", f"{KEYS}/{{key_id}}", None),
        ("GET", f"{KEYS}/{{key_id}}", None),
        ("GET", f"{ME}/sessions", None),
        ("DELETE", f"{ME}/sessions", None),
        ("DELETE", f"{ME}/sessions/{{session_id}}", None),
        ("GET", f"{ME}/identities", None),
        ("DELETE", f"{ME}/identities/google", None),
        ("PATCH", ME, {"username": "robert"}),
        ("POST", f"{ME}/email", {"email": "eve@example.org", "current_password": PASSWORD}),
        ("POST", f"{ME}/verification", None),
        ("POST", f"{ME}/password", {"current_password": PASSWORD, "new_password": "another horse battery"}),
    ],
)
async def test_a_key_makes_no_keys_and_changes_no_account(
    bob: Browser, method: str, path: str, body: dict[str, Any] | None
) -> None:
    made = (await _create(bob, scopes=["read", "write", "generate", "moderate"])).json()
    session = (await bob.client.get(f"{ME}/sessions")).json()["items"][0]["id"]
    filled = path.format(key_id=made["id"], session_id=session)
    answer = await _bearer(bob.client, made["key"], method, filled, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await bob.client.get(ME)).json()["username"] == "bob"
    assert len((await bob.client.get(KEYS)).json()["items"]) == 1


async def test_a_key_reads_with_read_only_and_writes_with_more(bob: Browser) -> None:
    keys = {scope: (await _create(bob, scopes=[scope])).json()["key"] for scope in ("read", "write", "moderate")}
    assert (await _bearer(bob.client, keys["read"], "GET", ME)).status_code == 200
    assert (await _bearer(bob.client, keys["read"], "GET", ME)).json()["permissions"] == []
    for scope in ("write", "moderate"):
        assert (await _bearer(bob.client, keys[scope], "GET", ME)).status_code == 403
    image = f"/api/v1/images/{new_id()}"
    assert (await _bearer(bob.client, keys["read"], "PATCH", image, json={"title": "x"})).status_code == 403
    assert (await _bearer(bob.client, keys["write"], "PATCH", image, json={"title": "x"})).status_code == 404
    upload = {"file": ("a.jpg", b"x", "image/jpeg")}
    for scope in ("read", "moderate"):
        assert (await _bearer(bob.client, keys[scope], "POST", "/api/v1/images", files=upload)).status_code == 403


async def test_an_admin_s_key_is_an_admin_s_only_while_the_owner_is(client: httpx.AsyncClient) -> None:
    alice = await signed_in(client, await make("alice", Role.ADMIN))
    await make("anna", Role.ADMIN)
    key = (await _create(alice, scopes=["read", "admin"])).json()["key"]
    less = (await _create(alice, scopes=["read", "write", "moderate"])).json()["key"]
    users = "/api/v1/admin/users"
    assert (await _bearer(client, key, "GET", users)).status_code == 200
    assert (await _bearer(client, less, "GET", users)).status_code == 403
    await service.set_role("alice", Role.EDITOR)
    assert (await _bearer(client, key, "GET", users)).status_code == 403
    await service.disable("alice")
    assert (await _bearer(client, key, "GET", ME)).status_code == 401


async def test_writes_by_cookie_need_the_session_s_token(bob: Browser) -> None:
    made = (await _create(bob)).json()
    other = (await service.sign_in("bob", PASSWORD)).viewer.csrf_token
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, bob.write | {"Origin": "https://evil.example"}):
        answers = [
            await bob.client.post(KEYS, json={"name": "x", "scopes": ["read"]}, headers=headers),
            await bob.client.delete(f"{KEYS}/{made['id']}", headers=headers),
            await bob.client.delete(f"{ME}/sessions", headers=headers),
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "csrf_failed")}


async def test_the_list_of_sign_ins_marks_this_one_and_each_can_be_ended(bob: Browser) -> None:
    program = await service.issue_tokens("bob", PASSWORD)
    listed = (await bob.client.get(f"{ME}/sessions")).json()["items"]
    assert sorted((one["kind"], one["method"], one["current"]) for one in listed) == [
        ("api", "password", False), ("browser", "password", True),
    ]  # fmt: skip
    assert not any("token" in name or "csrf" in name for one in listed for name in one)
    by_kind = {one["kind"]: one["id"] for one in listed}
    assert (await bob.client.delete(f"{ME}/sessions/{by_kind['api']}", headers=bob.write)).status_code == 204
    answer = await bob.client.post("/api/v1/auth/refresh", json={"refresh_token": program.refresh_token})
    assert answer.status_code == 401
    assert (await bob.client.delete(f"{ME}/sessions/{by_kind['browser']}", headers=bob.write)).status_code == 204
    assert (await bob.client.get(ME)).status_code == 401


async def test_ending_all_others_keeps_this_one(bob: Browser) -> None:
    other = await service.sign_in("bob", PASSWORD)
    assert (await bob.client.delete(f"{ME}/sessions", headers=bob.write)).status_code == 204
    assert await service.viewer_for_session(other.token) is None
    assert (await bob.client.get(ME)).status_code == 200


@pytest.mark.parametrize("thing", ["api-keys", "sessions"])
async def test_somebody_else_s_things_are_not_there(bob: Browser, thing: str) -> None:
    await make("eve", Role.ADMIN)
    eve = await service.sign_in("eve", PASSWORD)
    made = await service.create_api_key(eve.viewer, name="hers", scopes=[Scope.READ])
    hers = made.key.id if thing == "api-keys" else eve.viewer.session_id
    foreign = [str(hers), str(new_id()), "x", "1", "%00", "..%2f", "A" * 5000]
    for one in foreign:
        answer = await bob.client.delete(f"{ME}/{thing}/{one}", headers=bob.write)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await service.viewer_for_session(eve.token)
    assert await service.viewer_for_bearer(made.secret)


@pytest.mark.parametrize(("path", "method"), [("identities/google", "DELETE"), ("identities/facebook", "DELETE")])
async def test_unlinking_what_is_not_linked_is_not_found(bob: Browser, path: str, method: str) -> None:
    answer = await bob.client.request(method, f"{ME}/{path}", headers=bob.write)
    assert answer.status_code == 404
