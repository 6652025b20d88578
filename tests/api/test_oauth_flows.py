"""A state is good once, for ten minutes, at its own provider and in the browser that began: all others are refused."""

from urllib.parse import urlencode

import httpx
import pytest
from redis.asyncio import Redis

from clonegallery.api.app import create_api
from clonegallery.events import get_redis
from clonegallery.settings import Settings, get_settings
from tests.api.conftest import Providers
from tests.providers.journey import consent, leave, query_of, sign_in_by

_LOST = {"error": "provider_state"}
_BOTH = pytest.mark.parametrize("name", ["google", "github"])


async def _kept(redis: Redis) -> list[bytes]:
    return [key async for key in redis.scan_iter("cg:oauth*")]


@pytest.fixture(autouse=True)
async def _nothing_kept(providers: Providers) -> None:
    for key in await _kept(get_redis()):
        await get_redis().delete(key)


def _another_browser() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_api()), base_url=get_settings().origin)


@_BOTH
async def test_a_state_is_good_once(visitor: httpx.AsyncClient, name: str) -> None:
    url = await consent(await leave(visitor, name))
    assert (await visitor.get(url)).headers["location"] == "/"
    visitor.cookies.delete("cg_session")
    again = await visitor.get(url)
    assert (again.status_code, query_of(again.headers["location"])) == (303, _LOST)
    assert "cg_session" not in visitor.cookies


@_BOTH
async def test_a_refused_state_is_used_up_too(visitor: httpx.AsyncClient, name: str) -> None:
    denied = await consent(await leave(visitor, name), "deny")
    assert query_of((await visitor.get(denied)).headers["location"]) == {"error": "provider_denied"}
    assert query_of((await visitor.get(denied)).headers["location"]) == _LOST


@_BOTH
@pytest.mark.parametrize("knows", ["no cookie", "its own cookie"])
async def test_another_browser_cannot_use_it_and_does_not_use_it_up(
    visitor: httpx.AsyncClient, name: str, knows: str
) -> None:
    """Else whoever gets somebody to open a link signs them in to a stranger's account, or takes their answer."""
    url = await consent(await leave(visitor, name))
    async with _another_browser() as other:
        if knows == "its own cookie":
            await leave(other, name)
        assert query_of((await other.get(url)).headers["location"]) == _LOST
        assert "cg_session" not in other.cookies
    assert (await visitor.get(url)).headers["location"] == "/"


async def test_a_state_is_good_at_its_own_provider_only(visitor: httpx.AsyncClient) -> None:
    url = await consent(await leave(visitor, "google"))
    mixed_up = await visitor.get(url.replace("/auth/google/", "/auth/github/"))
    assert query_of(mixed_up.headers["location"]) == _LOST


@pytest.mark.parametrize("state", [None, "", "guessed", "é" * 43, "x" * 5000, "\x00", "\ud800"])
async def test_a_made_up_state_is_refused(visitor: httpx.AsyncClient, state: str | None) -> None:
    await leave(visitor, "google")
    query = {"code": "x"} if state is None else {"code": "x", "state": state}
    answer = await visitor.get("/auth/google/callback?" + urlencode(query, errors="surrogatepass"))
    assert (answer.status_code, query_of(answer.headers["location"])) == (303, _LOST)


async def test_two_tabs_do_not_disturb_each_other(visitor: httpx.AsyncClient) -> None:
    first, second = await leave(visitor, "google", "/first"), await leave(visitor, "github", "/second")
    assert (await visitor.get(await consent(first))).headers["location"] == "/first"
    assert (await visitor.get(await consent(second))).headers["location"] == "/second"


async def test_what_is_kept_ends_by_itself_and_shows_neither_state_nor_cookie(visitor: httpx.AsyncClient) -> None:
    state = query_of(await leave(visitor, "google"))["state"]
    [key] = await _kept(get_redis())
    assert 0 < await get_redis().ttl(key) <= 600
    assert state.encode() not in key
    assert visitor.cookies["cg_oauth"].encode() not in key + await get_redis().get(key)
    await sign_in_by(visitor, "google")
    assert await _kept(get_redis()) == [key]


async def test_a_forged_cookie_is_replaced(visitor: httpx.AsyncClient) -> None:
    visitor.cookies.set("cg_oauth", "short", domain="localhost.local", path="/")
    answer = await visitor.get("/auth/google/login")
    assert len(answer.cookies["cg_oauth"]) == 43


async def test_under_https_the_cookie_is_bound_to_the_host(providers: Providers) -> None:
    api = create_api(Settings(public_url="https://gallery.example"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="https://gallery.example") as client:
        answer = await client.get("/auth/google/login")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-cg_oauth=")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie
    assert "Domain" not in cookie
