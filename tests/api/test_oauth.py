"""Signing in by Google and GitHub, linking them, and who is not let in, against providers that speak over HTTP."""

from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.audit import AuditAction
from clonegallery.api.app import create_api
from clonegallery.db import reading, unit_of_work
from clonegallery.events import close_redis
from clonegallery.flash import unpack
from clonegallery.models.account import Role, User
from clonegallery.models.audit import AuditEntry
from clonegallery.settings import Settings, get_settings
from tests.api.conftest import Providers
from tests.api.signing import make, signed_in
from tests.factories import PASSWORD
from tests.providers.github import address
from tests.providers.journey import consent, leave, link_by, onward, query_of, sign_in_by

_BOTH = pytest.mark.parametrize("name", ["google", "github"])


async def _me(client: httpx.AsyncClient) -> dict[str, object]:
    answer = await client.get("/api/v1/me")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def _audited(action: AuditAction) -> list[AuditEntry]:
    async with unit_of_work() as work:
        found = select(AuditEntry).where(col(AuditEntry.action) == action)
        return list((await work.session.execute(found)).scalars())


def _is_signed_in(client: httpx.AsyncClient) -> bool:
    return "cg_session" in client.cookies


def _use_address(providers: Providers, email: str) -> None:
    """Both providers' user has this verified address."""
    providers.google.knobs.email = email
    providers.github.knobs.emails = [address(email)]


@_BOTH
async def test_somebody_new_gets_an_account_and_the_page_they_wanted(visitor: httpx.AsyncClient, name: str) -> None:
    answer = await sign_in_by(visitor, name, "/upload?to=album")
    assert (answer.status_code, answer.headers["location"]) == (303, "/upload?to=album")
    cookies = [line for line in answer.headers.get_list("set-cookie") if line.startswith("cg_session=")]
    assert len(cookies) == 1
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age="):
        assert attribute in cookies[0]
    me = await _me(visitor)
    expected = {"google": ("Ada-Lovelace", "ada@example.org"), "github": ("octocat", "octocat@example.org")}
    assert (me["username"], me["email"]) == expected[name]
    assert (me["role"], me["email_verified"]) == (get_settings().oauth_default_role, True)


@_BOTH
async def test_the_same_person_comes_back_with_a_new_session(
    visitor: httpx.AsyncClient, providers: Providers, name: str
) -> None:
    await sign_in_by(visitor, name)
    before, first = await _me(visitor), visitor.cookies["cg_session"]
    _use_address(providers, "moved@example.org")
    await sign_in_by(visitor, name)
    assert (await _me(visitor))["id"] == before["id"]
    assert await service.viewer_for_session(first) is None


@_BOTH
async def test_the_request_is_what_the_provider_s_specification_asks_for(visitor: httpx.AsyncClient, name: str) -> None:
    answer = await visitor.get(f"/auth/{name}/login")
    asked = query_of(answer.headers["location"])
    assert answer.headers["cache-control"] == "no-store"
    assert asked["redirect_uri"] == f"{get_settings().origin}/auth/{name}/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["code_challenge"]) == len(asked["state"]) == 43
    assert ("nonce" in asked) is (name == "google")
    assert asked["scope"] == {"google": "openid email profile", "github": "user:email"}[name]
    again = query_of((await visitor.get(f"/auth/{name}/login")).headers["location"])
    for fresh in ("state", "code_challenge", *(["nonce"] if name == "google" else [])):
        assert asked[fresh] != again[fresh]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/auth/logout"])
async def test_next_never_leaves_this_site(visitor: httpx.AsyncClient, target: str) -> None:
    assert (await sign_in_by(visitor, "google", target)).headers["location"] == "/"


@_BOTH
async def test_who_denies_goes_back_to_where_they_began(visitor: httpx.AsyncClient, name: str) -> None:
    url = await consent(await leave(visitor, name, "/upload"), "deny")
    answer = await visitor.get(url)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?error=provider_denied&next=%2Fupload"
    said = unpack(answer.cookies["cg_flash"], get_settings().signing_key(), page="/login")
    assert said.message == "You did not let the provider say who you are"
    assert not _is_signed_in(visitor)
    [entry] = await _audited(AuditAction.SIGN_IN_FAILED)
    assert (entry.subject_id, entry.detail) == (None, {"reason": "provider_denied", "provider": name})


@pytest.mark.parametrize(
    ("verified", "error"), [(True, None), (False, "provider_taken")], ids=["verified", "not verified"]
)
@_BOTH
async def test_an_account_is_linked_by_its_address_only_if_it_verified_it(
    visitor: httpx.AsyncClient, providers: Providers, name: str, verified: bool, error: str | None
) -> None:
    made = await service.create_user(
        email="Bob@Example.org", username="bob", password=PASSWORD, role=Role.EDITOR, email_verified=verified
    )
    _use_address(providers, "bob@example.org")
    answer = await sign_in_by(visitor, name)
    assert query_of(answer.headers["location"]).get("error") == error
    if verified:
        me = await _me(visitor)
        assert (me["id"], me["role"]) == (str(made.id), "Editor")
    else:
        assert not _is_signed_in(visitor)
        assert [entry.subject_id for entry in await _audited(AuditAction.SIGN_IN_FAILED)] == [made.id]


@_BOTH
async def test_a_disabled_account_stays_shut(visitor: httpx.AsyncClient, name: str) -> None:
    await sign_in_by(visitor, name)
    await service.disable(str((await _me(visitor))["username"]))
    visitor.cookies.delete("cg_session")
    answer = await sign_in_by(visitor, name)
    assert answer.headers["location"] == "/login?error=disabled"
    assert not _is_signed_in(visitor)
    assert [entry.detail["reason"] for entry in await _audited(AuditAction.SIGN_IN_FAILED)] == ["disabled"]


@_BOTH
async def test_where_registration_is_closed_only_those_who_have_an_account_get_in(
    visitor: httpx.AsyncClient, providers: Providers, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await sign_in_by(visitor, name)
    monkeypatch.setenv("REGISTRATION_OPEN", "0")
    get_settings.cache_clear()
    assert (await sign_in_by(visitor, name)).headers["location"] == "/"
    visitor.cookies.delete("cg_session")
    providers.google.knobs.subject, providers.github.knobs.id = "another", 7
    _use_address(providers, "another@example.org")
    assert (await sign_in_by(visitor, name)).headers["location"] == "/login?error=provider_closed"
    assert not _is_signed_in(visitor)
    async with reading() as connection:
        assert len((await connection.execute(select(col(User.id)))).all()) == 1


@pytest.mark.parametrize("path", ["/auth/{}/login", "/auth/{}/callback", "/auth/{}/link"])
async def test_a_provider_that_is_unknown_or_not_set_up_is_not_there(
    visitor: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    unset = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_api(Settings(google_client_id="", google_client_secret=""))),
        base_url=get_settings().origin,
    )
    for browser, name in ((visitor, "facebook"), (visitor, "GOOGLE"), (unset, "google")):
        method = "POST" if path.endswith("link") else "GET"
        answer = await browser.request(method, path.format(name), data={"csrf_token": ""} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_another_of_the_gallery_s_addresses_leads_to_the_canonical_one_first(providers: Providers) -> None:
    """Cookies belong to a host: what is begun at another one would be unknown where the provider sends back to."""
    transport = httpx.ASGITransport(create_api())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        answer = await browser.get("/auth/google/login", params={"next": "/upload"})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{get_settings().origin}/auth/google/login?next=%2Fupload&moved=1"
        assert "cg_oauth" not in answer.cookies
        # A proxy that hides the host must not send browsers in circles.
        moved = await browser.get("/auth/google/login", params={"moved": "1"})
        assert urlsplit(moved.headers["location"]).path == "/authorize"


async def test_too_many_tries_are_refused_until_later(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGN_IN_ADDRESS_LIMITS", "3/hour")
    get_settings.cache_clear()
    for _ in range(2):
        bad = await visitor.get("/auth/google/callback", params={"state": "guessed", "code": "guessed"})
        assert query_of(bad.headers["location"]) == {"error": "provider_state"}
    url = await consent(await leave(visitor, "google"))
    for path in ("/auth/google/login", url):
        answer = await visitor.get(path)
        assert query_of(answer.headers["location"]) == {"error": "too_many"}
        assert int(answer.headers["retry-after"]) > 3000
    assert not _is_signed_in(visitor)
    assert len(await _audited(AuditAction.SIGN_IN_THROTTLED)) == 1


async def test_without_redis_nobody_signs_in_by_a_provider(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await consent(await leave(visitor, "google"))
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    await close_redis()
    for path in ("/auth/google/login", url):
        assert query_of((await visitor.get(path)).headers["location"]) == {"error": "unavailable"}
    assert not _is_signed_in(visitor)


@_BOTH
async def test_somebody_signed_in_links_a_provider_and_gets_in_by_it(visitor: httpx.AsyncClient, name: str) -> None:
    bob = await make("bob", Role.EDITOR)
    browser = await signed_in(visitor, bob)
    answer = await link_by(visitor, name, browser.write["X-CSRF-Token"])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/settings?linked={name}")
    listed = (await visitor.get("/api/v1/me/identities")).json()["items"]
    assert [identity["provider"] for identity in listed] == [name]
    visitor.cookies.clear()
    await sign_in_by(visitor, name)
    assert (await _me(visitor))["id"] == str(bob.id)
    unlinked = await visitor.delete(
        f"/api/v1/me/identities/{name}", headers={"X-CSRF-Token": str((await _me(visitor))["csrf_token"])}
    )
    assert unlinked.status_code == 204


async def test_leaving_to_link_is_a_page_that_loads_nothing(visitor: httpx.AsyncClient) -> None:
    browser = await signed_in(visitor, await make("bob", Role.EDITOR))
    page = await visitor.post("/auth/github/link", data={"csrf_token": browser.write["X-CSRF-Token"]})
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert urlsplit(onward(page)).path == "/login/oauth/authorize"
    assert "HttpOnly" in next(line for line in page.headers.get_list("set-cookie") if line.startswith("cg_oauth="))


@pytest.mark.parametrize(
    ("form", "headers", "error"),
    [
        ({"csrf_token": "guessed"}, {}, "origin"),
        ({"other": "field"}, {}, "origin"),
        ({}, {"Origin": "https://evil.example"}, "origin"),
    ],
)
async def test_another_site_cannot_make_anybody_link(
    visitor: httpx.AsyncClient, form: dict[str, str], headers: dict[str, str], error: str
) -> None:
    browser = await signed_in(visitor, await make("bob", Role.EDITOR))
    sent = form or {"csrf_token": browser.write["X-CSRF-Token"]}
    answer = await visitor.post("/auth/google/link", data=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/settings?error={error}")


async def test_a_stranger_links_nothing(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/auth/google/link", data={"csrf_token": ""})
    assert answer.headers["location"] == "/settings?error=credentials"


@_BOTH
async def test_an_identity_that_opens_another_account_is_not_linked(visitor: httpx.AsyncClient, name: str) -> None:
    await sign_in_by(visitor, name)
    visitor.cookies.clear()
    bob = await make("bob", Role.EDITOR)
    browser = await signed_in(visitor, bob)
    answer = await link_by(visitor, name, browser.write["X-CSRF-Token"])
    assert answer.headers["location"] == "/settings?error=provider_taken"
    assert (await visitor.get("/api/v1/me/identities")).json()["items"] == []
    [entry] = await _audited(AuditAction.IDENTITY_LINK_FAILED)
    assert (entry.subject_id, entry.actor_id) == (bob.id, bob.id)


@pytest.mark.parametrize("meanwhile", ["signed out", "somebody else"])
async def test_only_who_began_to_link_is_linked(visitor: httpx.AsyncClient, meanwhile: str) -> None:
    browser = await signed_in(visitor, await make("bob", Role.EDITOR))
    page = await visitor.post("/auth/google/link", data={"csrf_token": browser.write["X-CSRF-Token"]})
    url = await consent(onward(page))
    visitor.cookies.delete("cg_session")
    if meanwhile == "somebody else":
        await signed_in(visitor, await make("eve", Role.VISITOR))
    answer = await visitor.get(url)
    assert answer.headers["location"] == "/settings?error=provider_state"
    assert not await _audited(AuditAction.IDENTITY_LINKED)
    assert [entry.detail["reason"] for entry in await _audited(AuditAction.IDENTITY_LINK_FAILED)] == ["provider_state"]
