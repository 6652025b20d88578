"""How programs sign in: pairs of tokens over HTTP, and everything that is not one."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clonegallery.accounts import service
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.accounts.ground import deliver
from tests.api.signing import make, signed_in
from tests.factories import PASSWORD
from tests.mailbox import Mailbox

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AUTH = "/api/v1/auth"


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a gallery that has a Bob."""
    await make("bob", Role.EDITOR)
    return client


async def _token(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post(f"{AUTH}/token", data={"username": "bob", "password": PASSWORD} | fields)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_program_signs_in_goes_on_and_signs_out(bob: httpx.AsyncClient) -> None:
    answer = await _token(bob, grant_type="password", scope="anything", client_id="x", client_secret="y")
    first = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert set(first) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (first["token_type"], first["expires_in"]) == ("bearer", 900)
    assert "set-cookie" not in answer.headers
    assert (await bob.get("/api/v1/me", headers=_bearer(first["access_token"]))).json()["username"] == "bob"
    answer = await bob.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]})
    second = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert second["refresh_token"] != first["refresh_token"]
    out = await bob.post(f"{AUTH}/logout", headers=_bearer(second["access_token"]))
    assert (out.status_code, out.content) == (204, b"")
    assert (await bob.get("/api/v1/me", headers=_bearer(second["access_token"]))).status_code == 401
    assert (await bob.post(f"{AUTH}/refresh", json={"refresh_token": second["refresh_token"]})).status_code == 401


async def test_a_wrong_pair_is_401_and_a_shut_out_person_403(bob: httpx.AsyncClient) -> None:
    wrong = [await _token(bob, password="wrong horse battery"), await _token(bob, username="nobody")]
    assert [answer.status_code for answer in wrong] == [401, 401]
    assert wrong[0].json() == wrong[1].json()
    assert wrong[0].headers["www-authenticate"] == "Bearer"
    await service.disable("bob")
    assert (await _token(bob)).status_code == 403
    assert (await _token(bob, password="wrong horse battery")).status_code == 401


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "bearer x", "BEARER x.y.z", "Bearer cg_x", "Bearer null", "Bearer " + "A" * 43,
     "Bearer  ", "Bearer é", "Bearer " + "x" * 20_000],
)  # fmt: skip
async def test_bad_credentials_are_refused_even_beside_a_good_cookie(
    bob: httpx.AsyncClient, authorization: str
) -> None:
    await bob.post("/auth/login", data={"username": "bob", "password": PASSWORD})
    headers = [(b"Authorization", authorization.encode("latin-1"))]
    answer = await bob.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_no_other_secret_is_an_access_token(bob: httpx.AsyncClient) -> None:
    pair = (await _token(bob)).json()
    browser = await service.sign_in("bob", PASSWORD)
    for secret in (pair["refresh_token"], browser.token, browser.viewer.csrf_token):
        assert (await bob.get("/api/v1/me", headers=_bearer(secret))).status_code == 401
    cookie = {"Cookie": f"cg_session={pair['access_token']}"}
    assert (await bob.get("/api/v1/me", headers=cookie)).status_code == 401
    query = await bob.get(f"/api/v1/me?access_token={pair['access_token']}")
    assert query.status_code == 401
    assert (await bob.post(f"{AUTH}/refresh", json={"refresh_token": pair["access_token"]})).status_code == 401


async def test_a_program_s_writes_need_no_token_of_a_form(bob: httpx.AsyncClient) -> None:
    headers = _bearer((await _token(bob)).json()["access_token"])
    foreign = headers | {"Origin": "https://app.example"}
    answer = await bob.patch("/api/v1/me", json={"username": "bobby"}, headers=foreign)
    assert (answer.status_code, answer.json()["csrf_token"]) == (200, "")


async def test_signing_out_with_a_cookie_needs_the_session_s_token(bob: httpx.AsyncClient) -> None:
    browser = await signed_in(bob, await make("eve", Role.VISITOR))
    assert (await bob.post(f"{AUTH}/logout")).json()["code"] == "csrf_failed"
    answer = await bob.post(f"{AUTH}/logout", headers=browser.write)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "cg_session" not in bob.cookies
    assert (await bob.post(f"{AUTH}/logout")).status_code == 401


async def test_registering_makes_a_visitor_and_signs_nobody_in(client: httpx.AsyncClient) -> None:
    body = {"email": "eve@example.org", "username": "eve", "password": PASSWORD}
    answer = await client.post(f"{AUTH}/register", json=body)
    made = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert (made["email"], made["username"], made["role"], made["email_verified"]) == (
        "eve@example.org", "eve", "Visitor", False,
    )  # fmt: skip
    assert "set-cookie" not in answer.headers
    assert not {"password", "password_hash"} & set(made)
    taken = await client.post(f"{AUTH}/register", json=body | {"username": "EVE", "email": "x@example.org"})
    assert (taken.status_code, [error["field"] for error in taken.json()["errors"]]) == (409, ["username"])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"role": "Admin"}, "role"),
        ({"is_active": True}, "is_active"),
        ({"email_verified": True}, "email_verified"),
        ({"id": "01a20cb8-3515-7ce3-87f3-2a5d07281fd7"}, "id"),
        ({"email": None}, "email"),
        ({"username": 5}, "username"),
        ({"username": {"$ne": ""}}, "username"),
        ({"password": ["a"] * 8}, "password"),
        ({"password": "short"}, "password"),
        ({"email": "eve"}, "email"),
    ],
)
async def test_what_is_not_asked_for_is_refused_by_name(
    client: httpx.AsyncClient, more: dict[str, Any], field: str
) -> None:
    body = {"email": "eve@example.org", "username": "eve", "password": PASSWORD} | more
    answer = await client.post(f"{AUTH}/register", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert field in [error["field"].split(".")[0] for error in answer.json()["errors"]]
    assert PASSWORD not in answer.text
    assert await service.list_users() == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", FORM, 422),
        (b"username=bob", FORM, 422),
        (b"username=bob&password=x&password=y&role=Admin", FORM, 422),
        (b"username=bob&password=x&grant_type=client_credentials", FORM, 422),
        (b"username=%00&password=%00", FORM, 401),
        (b"username=%ED%A0%80&password=%FF", FORM, 401),
        (b"username=bob&username=eve&password=x", FORM, 401),
        (b"username=" + b"x" * 500_000 + b"&password=x", FORM, 401),
        (b"username=bob&password=" + b"x" * 500_000, FORM, 401),
        (b"a=" + b"x" * 3_000_000, FORM, 413),
        (b"&".join(b"f%d=1" % n for n in range(5000)), FORM, 422),
        (b'{"username": "bob", "password": "x"}', JSON, 422),
        (b"username=bob&password=x", {"Content-Type": "text/plain"}, 422),
        (b"username=bob&password=x", {}, 422),
        (b"--x\r\nbroken", {"Content-Type": "multipart/form-data; boundary=x"}, 422),
        (b"--x\r\nbroken", {"Content-Type": "multipart/form-data"}, 422),
        (
            b'--x\r\nContent-Disposition: form-data; name="username"; filename="a"\r\n\r\nbob\r\n'
            b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
            422,
        ),
    ],
)
async def test_odd_password_forms_are_refused_cleanly(
    bob: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await bob.post(f"{AUTH}/token", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["refresh", "register", "verify-email", "forgot-password", "reset-password"])
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"1", b"{}", b"{", b"\xff\xfe", b'{"\\ud800": 1}', b"[" * 50_000, b"1e999",
     b'{"token": "\\ud800", "refresh_token": "\\ud800", "email": "\\ud800", "password": "\\ud800"}',
     b'{"token": "\\u0000", "refresh_token": "\\u0000", "email": "\\u0000", "password": "\\u0000"}',
     b'{"token": {}, "refresh_token": [], "email": 1.5, "password": true}'],
)  # fmt: skip
async def test_odd_bodies_are_422_for_every_route(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await client.post(f"{AUTH}/{path}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 500_000, "../../etc/passwd", "' OR 1=1 --"])
async def test_made_up_secrets_open_nothing(bob: httpx.AsyncClient, token: str) -> None:
    answer = await bob.post(f"{AUTH}/refresh", json={"refresh_token": token})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (await bob.post(f"{AUTH}/verify-email", json={"token": token})).status_code == 422
    reset = await bob.post(f"{AUTH}/reset-password", json={"token": token, "password": "another horse battery"})
    assert reset.status_code == 422


async def test_an_address_is_verified_by_whoever_made_the_account(
    bob: httpx.AsyncClient, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    program = (await _token(bob)).json()["access_token"]
    assert (await bob.post("/api/v1/me/verification", headers=_bearer(program))).status_code == 202
    await deliver()
    token = mailbox.token()
    for wanted in ({}, {"password": "not the password"}):
        refused = await client.post(f"{AUTH}/verify-email", json={"token": token} | wanted)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["password"]
    answer = await client.post(f"{AUTH}/verify-email", json={"token": token, "password": PASSWORD})
    assert answer.status_code == 204


async def test_asking_for_a_new_password_tells_nobody_who_has_an_account(bob: httpx.AsyncClient) -> None:
    answers = [
        await bob.post(f"{AUTH}/forgot-password", json={"email": email})
        for email in ("bob@example.org", "nobody@example.org")
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 2
    assert len({tuple(sorted(set(answer.headers) - {"x-request-id"})) for answer in answers}) == 1


async def test_where_registration_is_closed_the_answer_says_so(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRATION_OPEN", "false")
    get_settings.cache_clear()
    try:
        body = {"email": "eve@example.org", "username": "eve", "password": PASSWORD}
        answer = await client.post(f"{AUTH}/register", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["email", "token"]) | st.text(), inner),
    max_leaves=6,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    path=st.sampled_from(["refresh", "register", "verify-email", "forgot-password", "reset-password"]), body=ANYTHING
)
async def test_no_json_makes_a_500(client: httpx.AsyncClient, path: str, body: object) -> None:
    answer = await client.post(f"{AUTH}/{path}", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 422


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.binary(max_size=200), beginning=st.sampled_from([b"", b"username=bob&password=", b"grant_type="]))
async def test_no_form_makes_a_500(client: httpx.AsyncClient, body: bytes, beginning: bytes) -> None:
    answer = await client.post(f"{AUTH}/token", content=beginning + body, headers=FORM)
    assert answer.status_code in (401, 422, 429)
