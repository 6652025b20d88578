"""What surrounds every route: addresses that do not exist, other origins, safe headers, ids, and what lies beneath."""

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from clonegallery.api.app import create_api, shutdown, startup
from clonegallery.api.problems import MEDIA_TYPE
from clonegallery.events import hub
from clonegallery.settings import Settings, get_settings

EVIL = "https://evil.example"


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nope", "/api/v1", "/api/v1/nope/..%2f", "/api/v1/me/", "/api/%ff"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "PROPFIND"])
async def test_an_unknown_address_is_a_json_404(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
    assert answer.json()["code"] == "not_found"


async def test_the_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/me")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")
    assert (answer.headers["content-type"], answer.json()["code"]) == (MEDIA_TYPE, "method_not_allowed")


async def test_pages_mounted_beneath_get_what_the_api_does_not_answer() -> None:
    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse("page")

    api = create_api()
    api.mount("", Starlette(routes=[Route("/{rest:path}", page)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        assert (await client.get("/login")).text == "page"
        assert (await client.get("/api/nope")).status_code == 404
        assert (await client.delete("/api/v1/me")).status_code == 405
        assert (await client.get("/login")).headers["content-security-policy"] == "frame-ancestors 'none'"


async def test_only_the_gallery_s_own_origins_may_read_with_credentials(client: httpx.AsyncClient) -> None:
    own = (await client.get("/health/live", headers={"Origin": get_settings().origin})).headers
    assert own["access-control-allow-origin"] == get_settings().origin
    assert own["access-control-allow-credentials"] == "true"
    for foreign in (EVIL, "null", get_settings().origin + ".evil.example"):
        answer = await client.get("/health/live", headers={"Origin": foreign})
        assert "access-control-allow-origin" not in answer.headers


async def test_a_preflight_from_elsewhere_is_refused(client: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "x-csrf-token"}
    own = await client.options("/api/v1/me", headers=asked | {"Origin": get_settings().origin})
    assert (own.status_code, own.headers["access-control-allow-origin"]) == (200, get_settings().origin)
    foreign = await client.options("/api/v1/me", headers=asked | {"Origin": EVIL})
    assert (foreign.status_code, "access-control-allow-origin" in foreign.headers) == (400, False)


async def test_every_answer_keeps_browsers_careful(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/api/nope", "/api/docs", "/api/openapi.json"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers
        assert headers["cache-control"] in ("no-store", "private, no-cache")


async def test_each_request_has_an_id_and_a_proxy_s_is_kept_when_it_is_harmless(client: httpx.AsyncClient) -> None:
    made = {(await client.get("/health/live")).headers["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    kept = await client.get("/health/live", headers={"X-Request-ID": "proxy-id.123"})
    assert kept.headers["x-request-id"] == "proxy-id.123"
    for harmful in ("x" * 1000, "a b", "short", "line\tbreak"):
        answer = await client.get("/health/live", headers={"X-Request-ID": harmful})
        assert answer.headers["x-request-id"] != harmful


async def test_the_host_header_decides_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/me/", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    login = await client.post("/auth/login", data={"username": "x"}, headers={"Host": "evil.example"})
    assert login.headers["location"] == "/login?error=credentials"


async def test_a_large_body_is_refused_unread(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/v1/me", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, MEDIA_TYPE)
    assert answer.json()["code"] == "too_large"


def test_production_settings_choose_the_origins() -> None:
    api = create_api(Settings(public_url="https://gallery.example", allowed_origins=["https://app.example"]))
    assert api.state.settings.origins == ["https://gallery.example", "https://app.example"]


@pytest.mark.usefixtures("services")
async def test_opening_and_closing_what_the_process_shares() -> None:
    structlog.reset_defaults()
    await startup()
    assert hub._task is not None
    assert structlog.is_configured(), "the log would print local variables, ignore LOG_FORMAT and hide no secrets"
    await shutdown()
    assert hub._task is None


async def test_the_bare_prefix_is_not_left_to_the_pages() -> None:
    api = create_api()
    api.mount("/", PlainTextResponse("a page"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        answers = [await client.get(path) for path in ("/api", "/api/", "/api/nowhere", "/other")]
    assert [(answer.status_code, answer.headers["content-type"]) for answer in answers[:3]] == [(404, MEDIA_TYPE)] * 3
    assert answers[3].text == "a page"
