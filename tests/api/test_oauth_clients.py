"""What a provider may answer, and what it is not believed: every fault ends at the sign-in page, none in a 5xx."""

import itertools
from typing import Any

import httpx
import pytest

from clonegallery.api.app import create_api
from clonegallery.settings import get_settings
from tests.api.conftest import Providers
from tests.providers.github import address
from tests.providers.journey import consent, leave, query_of, sign_in_by

_FAILED = {"error": "provider_failed"}
_UNVERIFIED = {"error": "provider_email"}


async def _is_refused(client: httpx.AsyncClient, answer: httpx.Response, query: dict[str, str]) -> None:
    assert (answer.status_code, query_of(answer.headers["location"])) == (303, query)
    assert answer.headers["location"].startswith("/login?")
    assert "cg_session" not in client.cookies


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"}, {"nonce": None}, {"nonce": ""}, {"aud": "another client"}, {"aud": None},
        {"aud": ["another client"], "azp": "gallery"}, {"azp": "another client"}, {"iss": "https://evil.example"},
        {"iss": None}, {"exp": 1_700_000_000}, {"exp": None}, {"exp": "never"}, {"iat": 9_999_999_999},
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "nul\x00"}, {"at_hash": "of another token"},
    ],
    ids=str,
)  # fmt: skip
async def test_an_identity_token_that_says_something_else_is_refused(
    visitor: httpx.AsyncClient, providers: Providers, claims: dict[str, Any]
) -> None:
    providers.google.knobs.claims = claims
    await _is_refused(visitor, await sign_in_by(visitor, "google"), _FAILED)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "foreign key", "PS256"])
async def test_an_identity_token_that_the_provider_did_not_sign_as_agreed_is_refused(
    visitor: httpx.AsyncClient, providers: Providers, algorithm: str
) -> None:
    """The discovery document lists all of them: what a provider can do is not what was agreed on."""
    providers.google.knobs.algorithm = algorithm
    await _is_refused(visitor, await sign_in_by(visitor, "google"), _FAILED)


async def test_an_identity_token_of_another_sign_in_is_refused(
    visitor: httpx.AsyncClient, providers: Providers
) -> None:
    """The nonce ties the token to this browser's request: one that was made for another one is a replay."""
    other = query_of(await leave(visitor, "google"))["nonce"]
    providers.google.knobs.claims = {"nonce": other}
    await _is_refused(visitor, await sign_in_by(visitor, "google"), _FAILED)


async def test_no_identity_token_at_all_is_refused(visitor: httpx.AsyncClient, providers: Providers) -> None:
    providers.google.knobs.without_identity_token = True
    await _is_refused(visitor, await sign_in_by(visitor, "google"), _FAILED)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"], ids=repr)
async def test_google_s_address_counts_only_when_verified(
    visitor: httpx.AsyncClient, providers: Providers, verified: Any
) -> None:
    providers.google.knobs.email_verified = verified
    await _is_refused(visitor, await sign_in_by(visitor, "google"), _UNVERIFIED)


@pytest.mark.parametrize(
    "emails",
    [
        [], [address("a@example.org", verified=False)], [address("a@example.org", primary=False)],
        [address("a@example.org", verified=False), address("b@example.org", primary=False)],
        [address("no address")], [address("nul\x00@example.org")], [{**address("a@example.org"), "verified": "true"}],
    ],
    ids=str,
)  # fmt: skip
async def test_github_s_address_counts_only_when_primary_and_verified(
    visitor: httpx.AsyncClient, providers: Providers, emails: list[dict[str, Any]]
) -> None:
    providers.github.knobs.emails = emails
    await _is_refused(visitor, await sign_in_by(visitor, "github"), _UNVERIFIED)


@pytest.mark.parametrize("subject", ["583231", True, None, 1.5, {}], ids=repr)
async def test_github_s_id_is_a_number(visitor: httpx.AsyncClient, providers: Providers, subject: Any) -> None:
    providers.github.knobs.id = subject
    await _is_refused(visitor, await sign_in_by(visitor, "github"), _FAILED)


@pytest.mark.parametrize("path", ["/user", "/user/emails"])
async def test_github_s_api_being_away_is_its_failure(
    visitor: httpx.AsyncClient, providers: Providers, path: str
) -> None:
    providers.github.knobs.failing = {path}
    await _is_refused(visitor, await sign_in_by(visitor, "github"), _FAILED)


@pytest.mark.parametrize("emails", [{"message": "odd"}, "text", [1], [{}], None], ids=repr)
async def test_odd_answers_of_github_are_its_failure(
    visitor: httpx.AsyncClient, providers: Providers, emails: Any
) -> None:
    providers.github.knobs.emails = emails
    await _is_refused(visitor, await sign_in_by(visitor, "github"), _FAILED)


@pytest.mark.parametrize(
    ("endpoint", "how"),
    [*itertools.product(["discovery", "jwks", "token"], ["error", "garbage", "list"]), ("jwks", "foreign")],
)
async def test_a_broken_provider_is_its_failure_and_gets_another_chance(
    visitor: httpx.AsyncClient, providers: Providers, endpoint: str, how: str
) -> None:
    providers.google.knobs.failing = {endpoint: how}
    if endpoint == "discovery":
        await _is_refused(visitor, await visitor.get("/auth/google/login"), _FAILED)
    else:
        await _is_refused(visitor, await sign_in_by(visitor, "google"), _FAILED)
    providers.google.knobs.failing = {}
    assert (await sign_in_by(visitor, "google")).headers["location"] == "/"


# Before it is asked for a token, the provider must have been quick enough about what it is asked first.
@pytest.mark.parametrize(("endpoint", "seconds"), [("discovery", 1.0), ("token", 5.0)])
async def test_a_provider_that_takes_too_long_is_not_waited_for(
    providers: Providers, endpoint: str, seconds: float
) -> None:
    impatient = get_settings().model_copy(update={"provider_seconds": seconds})
    transport = httpx.ASGITransport(create_api(impatient))
    async with httpx.AsyncClient(transport=transport, base_url=impatient.origin) as client:
        url = "/auth/google/login" if endpoint == "discovery" else await consent(await leave(client, "google"))
        providers.google.knobs.failing = {endpoint: "slow"}
        await _is_refused(client, await client.get(url), _FAILED)


async def test_a_provider_that_is_not_there_is_its_failure(providers: Providers) -> None:
    nowhere = "http://127.0.0.1:1"
    lost = get_settings().model_copy(
        update={"google_discovery_url": nowhere + "/.well-known/openid-configuration", "github_url": nowhere}
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_api(lost)), base_url=lost.origin) as client:
        await _is_refused(client, await client.get("/auth/google/login"), _FAILED)
        state = query_of(await leave(client, "github"))["state"]
        answer = await client.get("/auth/github/callback", params={"state": state, "code": "x"})
        await _is_refused(client, answer, _FAILED)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"}, {"issuer": None}, {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None}, {"authorization_endpoint": 7},
    ],
    ids=str,
)  # fmt: skip
async def test_a_discovery_document_of_another_issuer_is_refused(
    visitor: httpx.AsyncClient, providers: Providers, metadata: dict[str, Any]
) -> None:
    providers.google.knobs.metadata = metadata
    await _is_refused(visitor, await visitor.get("/auth/google/login"), _FAILED)


async def test_a_discovery_document_cannot_change_how_the_gallery_asks(
    visitor: httpx.AsyncClient, providers: Providers
) -> None:
    """Authlib by itself would hand these to its HTTP client and to the request."""
    providers.google.knobs.metadata = {"verify": False, "code_challenge_method": "plain", "scope": "openid",
                                       "proxy": "http://127.0.0.1:1", "timeout": 0.000001}  # fmt: skip
    asked = query_of(await leave(visitor, "google"))
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid email profile")
    assert (await sign_in_by(visitor, "google")).headers["location"] == "/"


@pytest.mark.parametrize(
    ("promised", "answer", "query"),
    [
        (False, {}, {}), (False, {"iss": "https://evil.example"}, _FAILED), (True, {}, _FAILED),
        (True, {"iss": "{url}"}, {}), (False, {"iss": "{url}"}, {}),
    ],
)  # fmt: skip
async def test_the_answer_s_issuer_is_looked_at(
    visitor: httpx.AsyncClient, providers: Providers, promised: bool, answer: dict[str, str], query: dict[str, str]
) -> None:
    """RFC 9207, against answers of one provider that are passed off as another's."""
    providers.google.knobs.metadata = {"authorization_response_iss_parameter_supported": promised}
    providers.google.knobs.answer = {name: text.format(url=providers.google.url) for name, text in answer.items()}
    arrived = await sign_in_by(visitor, "google")
    assert query_of(arrived.headers["location"]) == query
    assert bool(providers.google.token_requests) is not bool(query)


async def test_the_code_is_exchanged_with_the_verifier_of_its_challenge(
    visitor: httpx.AsyncClient, providers: Providers
) -> None:
    """The stand-in checks it against the challenge; here is that it is long enough, and sent at all."""
    await sign_in_by(visitor, "google")
    [sent] = providers.google.token_requests
    assert len(sent["code_verifier"]) >= 43
    assert sent["redirect_uri"] == f"{get_settings().origin}/auth/google/callback"


@pytest.mark.parametrize("name", ["google", "github"])
@pytest.mark.parametrize("code", [None, "", "guessed"])
async def test_a_made_up_code_is_refused(visitor: httpx.AsyncClient, name: str, code: str | None) -> None:
    asked = query_of(await leave(visitor, name))
    query = {"state": asked["state"]} | ({} if code is None else {"code": code})
    await _is_refused(visitor, await visitor.get(f"/auth/{name}/callback", params=query), _FAILED)


async def test_a_provider_s_own_error_is_its_failure(visitor: httpx.AsyncClient) -> None:
    state = query_of(await leave(visitor, "google"))["state"]
    answer = await visitor.get("/auth/google/callback", params={"state": state, "error": "server_error"})
    await _is_refused(visitor, answer, _FAILED)


async def test_keys_that_the_provider_changed_are_asked_for_anew(
    visitor: httpx.AsyncClient, providers: Providers
) -> None:
    await sign_in_by(visitor, "google")
    providers.google.change_key()
    visitor.cookies.delete("cg_session")
    assert (await sign_in_by(visitor, "google")).headers["location"] == "/"
    assert "cg_session" in visitor.cookies


@pytest.mark.parametrize(("subject", "query"), [("", {}), ("somebody else", _FAILED)])
async def test_an_address_that_only_userinfo_tells_counts_for_the_same_person(
    visitor: httpx.AsyncClient, providers: Providers, subject: str, query: dict[str, str]
) -> None:
    providers.google.knobs.email_in_userinfo_only = True
    providers.google.knobs.userinfo_subject = subject
    assert query_of((await sign_in_by(visitor, "google")).headers["location"]) == query
