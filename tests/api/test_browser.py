"""The browser's way in and out, and what other sites cannot make it do."""

import httpx
import pytest

from clonegallery.accounts import service
from clonegallery.api.app import create_api
from clonegallery.flash import unpack
from clonegallery.models.account import Role
from clonegallery.settings import Settings, get_settings
from tests import factories
from tests.api.signing import Browser, make, signed_in
from tests.factories import PASSWORD


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> Browser:
    return await signed_in(client, await factories.bob())


async def _login(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
    await make("eve", Role.VISITOR)
    form = {"username": "eve", "password": PASSWORD} | fields
    return await client.post("/auth/login", data=form, headers=headers)


async def test_signing_in_sets_the_cookie_and_goes_where_one_wanted_to(client: httpx.AsyncClient) -> None:
    answer = await _login(client, next="/upload?to=album#top")
    assert (answer.status_code, answer.headers["location"]) == (303, "/upload?to=album#top")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("cg_session=")
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age="):
        assert attribute in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/api/v1/me")).json()["username"] == "eve"


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("/login?next=%2Fupload", "/upload"),
        ("/login?next=%2F%2Fevil.example", "/"),
        ("/login", "/"),
        ("http://[", "/"),
    ],
)
async def test_a_form_posted_before_its_script_ran_goes_where_the_page_said(
    client: httpx.AsyncClient, referer: str, target: str
) -> None:
    address = referer if referer.startswith("http") else get_settings().origin + referer
    # An Origin of our own, as browsers send it: a Referer that is no address says nothing about where we are.
    headers = {"Referer": address, "Origin": get_settings().origin}
    answer = await _login(client, headers, next="/")
    assert (answer.status_code, answer.headers["location"]) == (303, target)


async def test_a_wrong_password_goes_back_to_the_page_and_echoes_nothing(client: httpx.AsyncClient) -> None:
    answer = await _login(client, password="my secret typo", next="/upload")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?error=credentials&next=%2Fupload")
    assert "cg_session" not in answer.cookies
    said = unpack(answer.cookies["cg_flash"], get_settings().signing_key(), page="/login")
    assert said.values == {"username": "eve"}
    assert "secret" not in str(answer.headers) + answer.text + str(said)


async def test_a_disabled_account_is_told_so_only_with_the_right_password(client: httpx.AsyncClient) -> None:
    await make("dan", Role.VISITOR)
    await service.disable("dan")
    right = await client.post("/auth/login", data={"username": "dan", "password": PASSWORD})
    wrong = await client.post("/auth/login", data={"username": "dan", "password": "wrong horse battery"})
    assert right.headers["location"] == "/login?error=disabled"
    assert wrong.headers["location"] == "/login?error=credentials"


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"Origin": "https://evil.example"}, "origin"),
        ({"Origin": "null"}, "origin"),
        ({"Origin": "http://localhost:1"}, "origin"),
        ({"Origin": "http://[bad"}, "origin"),
        ({"Referer": "https://evil.example/login"}, "origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "origin"),
        ({"Sec-Fetch-Site": "same-site"}, "origin"),
    ],
)
async def test_another_site_cannot_sign_anybody_in(
    client: httpx.AsyncClient, headers: dict[str, str], word: str
) -> None:
    answer = await _login(client, headers)
    assert answer.headers["location"] == f"/login?error={word}"
    assert "cg_session" not in answer.cookies


@pytest.mark.parametrize("header", ["Origin", "Referer"])
async def test_the_gallery_s_own_pages_can(client: httpx.AsyncClient, header: str) -> None:
    answer = await _login(client, {header: get_settings().origin + ("/login" if header == "Referer" else "")})
    assert answer.headers["location"] == "/"


async def test_a_second_sign_in_replaces_the_first_session(bob: Browser) -> None:
    before = bob.client.cookies["cg_session"]
    await bob.client.post("/auth/login", data={"username": "bob", "password": PASSWORD})
    assert bob.client.cookies["cg_session"] != before
    assert await service.viewer_for_session(before) is None


async def test_signing_out_by_form_needs_the_session_s_token(bob: Browser) -> None:
    token = bob.write["X-CSRF-Token"]
    for form in ({}, {"csrf_token": ""}, {"csrf_token": token[:-1]}, {"csrf_token": "é" * 43}):
        answer = await bob.client.post("/auth/logout", data={"x": "y", **form})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    foreign = await bob.client.post(
        "/auth/logout", data={"csrf_token": token}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    session = bob.client.cookies["cg_session"]
    answer = await bob.client.post("/auth/logout", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "cg_session" not in bob.client.cookies
    assert await service.viewer_for_session(session) is None


@pytest.mark.parametrize(("more", "left"), [({}, 1), ({"everywhere": "1"}, 0)])
async def test_signing_out_everywhere_ends_every_other_sign_in_too(
    bob: Browser, more: dict[str, str], left: int
) -> None:
    other = (await service.sign_in("bob", PASSWORD)).token
    await bob.client.post("/auth/logout", data={"csrf_token": bob.write["X-CSRF-Token"], **more})

    assert (await bob.client.get("/api/v1/me")).status_code == 401
    assert (await service.viewer_for_session(other) is not None) == bool(left)


async def test_signing_out_without_a_session_just_goes_home(client: httpx.AsyncClient) -> None:
    answer = await client.post("/auth/logout", data={"csrf_token": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_under_https_the_cookie_is_bound_to_the_host(database: None) -> None:
    await make("eve", Role.VISITOR)
    api = create_api(Settings(public_url="https://gallery.example"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="https://gallery.example") as client:
        answer = await client.post(
            "/auth/login",
            data={"username": "eve", "password": PASSWORD},
            headers={"Origin": "https://gallery.example:443"},
        )
        assert answer.headers["set-cookie"].startswith("__Host-cg_session=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers
        me = await client.get("/api/v1/me")
        assert me.status_code == 200
        out = await client.post("/api/v1/auth/logout", headers={"X-CSRF-Token": me.json()["csrf_token"]})
        assert "Secure" in out.headers["set-cookie"]
        assert (await client.get("/api/v1/me")).status_code == 401


async def test_under_plain_http_no_cookie_claims_to_be_safe(client: httpx.AsyncClient) -> None:
    cookie = (await _login(client)).headers["set-cookie"]
    assert cookie.startswith("cg_session=")
    assert "secure" not in cookie.lower()


async def test_an_id_that_somebody_planted_is_never_signed_in(client: httpx.AsyncClient) -> None:
    """Session fixation: whoever can set a cookie must not know the session that follows."""
    planted = "A" * 43
    answer = await _login(client, {"Cookie": f"cg_session={planted}"})
    assert planted not in answer.headers["set-cookie"]
    assert await service.viewer_for_session(planted) is None


async def test_registering_signs_in_and_keeps_the_page_one_wanted(client: httpx.AsyncClient) -> None:
    form = {"email": " eve@example.org ", "username": "eve", "password": PASSWORD, "next": "/upload"}
    answer = await client.post("/auth/register", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/verify-email?done=registered&next=%2Fupload"
    assert (await client.get("/api/v1/me")).json()["role"] == "Visitor"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"username": "BOB"}, {"username"}),
        ({"email": "BOB@example.org"}, {"email"}),
        ({"password": "short", "email": "x"}, {"email", "password"}),
        ({"role": "Admin", "username": "me"}, {"username"}),
    ],
)
async def test_a_refused_registration_says_what_was_wrong_and_keeps_what_was_typed(
    client: httpx.AsyncClient, change: dict[str, str], fields: set[str]
) -> None:
    await make("bob", Role.VISITOR)
    form = {"email": "eve@example.org", "username": "eve", "password": PASSWORD} | change
    answer = await client.post("/auth/register", data=form)
    assert answer.headers["location"] == "/register?error=invalid"
    said = unpack(answer.cookies["cg_flash"], get_settings().signing_key(), page="/register")
    assert set(said.errors) == fields
    assert said.values == {"email": form["email"], "username": form["username"]}
    assert len(await service.list_users()) == 1


async def test_no_form_makes_anybody_more_than_a_visitor(client: httpx.AsyncClient) -> None:
    form = {"email": "eve@example.org", "username": "eve", "password": PASSWORD}
    more = {"role": "Admin", "is_active": "1", "email_verified": "true", "id": "1"}
    assert (await client.post("/auth/register", data=form | more)).status_code == 303
    me = (await client.get("/api/v1/me")).json()
    assert (me["role"], me["email_verified"]) == ("Visitor", False)


_CHANGE = {"current_password": PASSWORD, "new_password": "another horse battery"}


@pytest.mark.parametrize("token", [None, "", "wrong", "another session's"])
async def test_a_new_password_by_form_needs_the_session_s_own_token(bob: Browser, token: str | None) -> None:
    if token == "another session's":
        token = (await service.sign_in("bob", PASSWORD)).viewer.csrf_token
    sent = {} if token is None else {"csrf_token": token}
    answer = await bob.client.post("/auth/password", data=_CHANGE | sent)
    assert answer.headers["location"] == "/settings?error=origin"
    assert (await service.sign_in("bob", PASSWORD)).token


async def test_a_new_password_by_form_signs_this_browser_in_anew(bob: Browser) -> None:
    before = bob.client.cookies["cg_session"]
    form = _CHANGE | {"csrf_token": bob.write["X-CSRF-Token"]}
    differs = await bob.client.post("/auth/password", data=form | {"repeated_password": "something else"})
    assert differs.headers["location"] == "/settings?error=invalid"
    foreign = await bob.client.post("/auth/password", data=form, headers={"Origin": "https://evil.example"})
    assert foreign.headers["location"] == "/settings?error=origin"
    answer = await bob.client.post("/auth/password", data=form)
    assert answer.headers["location"] == "/settings?done=password"
    assert bob.client.cookies["cg_session"] != before
    assert await service.viewer_for_session(before) is None
    assert (await bob.client.get("/api/v1/me")).status_code == 200


async def test_a_stranger_changes_no_password(client: httpx.AsyncClient) -> None:
    answer = await client.post("/auth/password", data=_CHANGE | {"csrf_token": ""})
    assert answer.headers["location"] == "/settings?error=credentials"


@pytest.mark.parametrize("path", ["register", "forgot-password", "reset-password", "verify-email", "password"])
async def test_another_site_posts_none_of_the_forms(client: httpx.AsyncClient, path: str) -> None:
    form = {"email": "eve@example.org", "username": "eve", "password": PASSWORD}
    answer = await client.post(f"/auth/{path}", data=form, headers={"Origin": "https://evil.example"})
    assert answer.headers["location"].endswith("?error=origin")
    assert await service.list_users() == []


async def test_the_page_says_the_same_whoever_forgot_a_password(client: httpx.AsyncClient) -> None:
    await make("bob", Role.VISITOR)
    answers = [
        await client.post("/auth/forgot-password", data={"email": email})
        for email in ("bob@example.org", "nobody@example.org")
    ]
    assert [answer.headers["location"] for answer in answers] == ["/forgot-password?done=sent"] * 2
    assert not any("set-cookie" in answer.headers for answer in answers)


@pytest.mark.parametrize("path", ["reset-password", "verify-email"])
async def test_a_dead_link_leads_back_to_its_page(client: httpx.AsyncClient, path: str) -> None:
    form = {"token": "A" * 43, "password": "another horse battery"}
    answer = await client.post(f"/auth/{path}", data=form)
    assert answer.headers["location"] == f"/{path}?error=invalid&token={'A' * 43}"
    odd = await client.post(f"/auth/{path}", data=form | {"token": "x" * 500_000})
    assert odd.headers["location"] == f"/{path}?error=invalid"
