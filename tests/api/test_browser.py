"""The browser's way in and out, and what other sites cannot make it do."""

from collections.abc import AsyncIterator

import httpx
import pytest

from clonegallery.accounts import service
from clonegallery.api.app import create_api
from clonegallery.api.forms import safe_next
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
    "target",
    ["//evil.example", "///evil.example",
     "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example", "evil",
     "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "",
     "/ok\r\nSet-Cookie: a=b", "/\x00", "/auth/logout", "//[bad", "/" + "a" * 3000, "/\u202e"],
)  # fmt: skip
def test_next_never_leaves_this_site(target: str) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/upload", "/image/42?x=1&y=//z#t", "/?next=https://evil.example", "/täg/ä"])
def test_next_keeps_the_page_one_wanted(target: str) -> None:
    assert safe_next(target) == target


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


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 303),
        (b"\xff\xfe=%ff%00&&&===", "application/x-www-form-urlencoded", 303),
        (b"username=%ED%A0%80&password=%00", "application/x-www-form-urlencoded", 303),
        (b"a=1&" * 100, "application/x-www-form-urlencoded", 422),
        (b'{"username": "bob"}', "application/json", 422),
        (b"username=bob", "", 422),
        (b"username=" + b"x" * 2_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_odd_forms_are_refused_cleanly(
    client: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    answer = await client.post("/auth/login", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert "cg_session" not in answer.cookies


async def test_a_form_of_unknown_length_is_cut_off_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/auth/login", content=endless(), headers=form)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


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


async def test_signing_out_without_a_session_just_goes_home(client: httpx.AsyncClient) -> None:
    answer = await client.post("/auth/logout", data={"csrf_token": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_signing_out_through_the_api(bob: Browser) -> None:
    assert (await bob.client.post("/api/v1/auth/logout")).status_code == 403
    answer = await bob.client.post("/api/v1/auth/logout", headers=bob.write)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await bob.client.post("/api/v1/auth/logout")).status_code == 401


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
