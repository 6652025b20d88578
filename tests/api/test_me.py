"""One's own account, and the writes that a browser cannot be tricked into."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from clonegallery.accounts import service
from clonegallery.db import unit_of_work
from clonegallery.models.account import Role, User
from tests import factories
from tests.api.signing import Browser, make, signed_in


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> Browser:
    return await signed_in(client, await factories.bob())


async def test_a_stranger_is_told_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_the_account_behind_the_session(bob: Browser) -> None:
    answer = await bob.client.get("/api/v1/me")
    me = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (me["username"], me["email"], me["role"]) == ("bob", "bob@example.org", "Editor")
    assert me["permissions"] == ["edit_own", "generate", "like", "moderate", "report", "upload"]
    assert me["quota"] == {"storage_bytes": None}
    assert me["usage"] == {"storage_bytes": 0, "images": 0}
    assert len(me["csrf_token"]) == 43


async def test_a_demoted_person_sees_the_new_role_at_the_next_request(bob: Browser) -> None:
    await service.set_role("bob", Role.VISITOR)
    assert (await bob.client.get("/api/v1/me")).json()["role"] == "Visitor"


async def test_a_disabled_person_is_out_at_the_next_request(bob: Browser) -> None:
    async with unit_of_work() as work:
        await work.session.execute(update(User).values(is_active=False))
    assert (await bob.client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("authorization", ["Bearer x", "bearer cg_nonsense", "Bearer "])
async def test_bad_bearer_credentials_are_no_stranger_but_refused(bob: Browser, authorization: str) -> None:
    answer = await bob.client.get("/api/v1/me", headers={"Authorization": authorization})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_proxy_s_basic_credentials_are_not_ours(bob: Browser) -> None:
    answer = await bob.client.get("/api/v1/me", headers={"Authorization": "Basic Ym9iOmJvYg=="})
    assert answer.status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong", "é", "A" * 43])
async def test_a_write_needs_the_session_s_own_token(bob: Browser, token: str | None) -> None:
    headers = [] if token is None else [(b"X-CSRF-Token", token.encode())]
    answer = await bob.client.patch("/api/v1/me", json={"username": "robert"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert (await bob.client.get("/api/v1/me")).json()["username"] == "bob"


@pytest.mark.parametrize("foreign", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_write_from_another_site_is_refused_even_with_the_token(bob: Browser, foreign: dict[str, str]) -> None:
    answer = await bob.client.patch("/api/v1/me", json={"username": "robert"}, headers=bob.write | foreign)
    assert answer.status_code == 403


async def test_the_token_of_another_session_does_not_serve(bob: Browser) -> None:
    other = (await service.sign_in("bob", factories.PASSWORD)).viewer.csrf_token
    answer = await bob.client.patch("/api/v1/me", json={"username": "robert"}, headers={"X-CSRF-Token": other})
    assert answer.status_code == 403


async def test_a_stranger_s_write_is_401_whatever_it_carries(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/v1/me", json={}, headers={"X-CSRF-Token": "x"})
    assert answer.status_code == 401


async def test_taking_another_username(bob: Browser) -> None:
    answer = await bob.client.patch("/api/v1/me", json={"username": "robert"}, headers=bob.write)
    assert (answer.status_code, answer.json()["username"]) == (200, "robert")
    assert (await bob.client.patch("/api/v1/me", json={}, headers=bob.write)).json()["username"] == "robert"


async def test_a_taken_username_is_a_conflict_that_names_the_field(bob: Browser) -> None:
    await make("eve", Role.VISITOR)
    answer = await bob.client.patch("/api/v1/me", json={"username": "EVE"}, headers=bob.write)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (409, ["username"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"role": "Admin"}', "role"),
        (b'{"username": "a\\u0000bcd"}', "username"),
        (b'{"username": "\\ud800abc"}', "username"),
        (b'{"username": 1e999}', "username"),
        (b'{"username": NaN}', "username"),
        (b'{"username": ["bob"]}', "username"),
        (b'{"username": "' + b"x" * 500_000 + b'"}', "username"),
        (b'{"\\ud800": 1}', "body"),
        (b'{"' + b"k" * 5000 + b'": 1}', "k" * 100),
        (b"[]", "body"),
        (b"null", "body"),
        (b"", "body"),
        (b"{", "body"),
        (b"\xff\xfe\x00", "body"),
        (b'{"username": "\xff"}', "body"),
        (b'{"username": 1' + b"0" * 5000 + b"}", "body"),
        (b"[" * 100_000, "body"),
    ],
)
async def test_bad_bodies_are_refused_in_plain_words(bob: Browser, body: bytes, field: str) -> None:
    answer = await bob.client.patch(
        "/api/v1/me", content=body, headers={"Content-Type": "application/json"} | bob.write
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(error["message"].endswith(".") for error in problem["errors"])


async def test_a_thousand_unknown_fields_make_a_short_answer(bob: Browser) -> None:
    answer = await bob.client.patch("/api/v1/me", json={f"f{n}": n for n in range(1000)}, headers=bob.write)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 50)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["username", "id"]) | st.text(), inner),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=JSON)
async def test_no_json_makes_a_500(bob: Browser, body: object) -> None:
    answer = await bob.client.patch(
        "/api/v1/me", content=json.dumps(body), headers={"Content-Type": "application/json"} | bob.write
    )
    assert answer.status_code in (200, 422)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.binary(max_size=200), prefix=st.sampled_from([b"", b"username=", b"username=bob&password=", b"next="]))
async def test_no_form_makes_a_500(client: httpx.AsyncClient, body: bytes, prefix: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/auth/login", content=prefix + body, headers=form)
    assert answer.status_code in (303, 422)
    assert answer.headers.get("location", "/").startswith("/")
