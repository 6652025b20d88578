"""Every route, everybody, every kind of picture: one table, which fails when a route is added without a row.

The askers are a stranger, a Visitor, an Editor and an Admin, none of whom owns anything here, and the owner, an Editor.
"""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts

from clonegallery.api import generation_events, image_events
from clonegallery.api.app import create_api
from clonegallery.settings import get_settings
from tests.api.matrix import ASKERS, KINDS, Cast, Row, ask, assemble, refill, show
from tests.factories import PASSWORD, jpeg_bytes

_IMAGE = "/api/v1/images/{image_id}"
_FILE = _IMAGE + "/file/{variant}"
_ME, _ADMIN, _AUTH = "/api/v1/me", "/api/v1/admin/users", "/api/v1/auth"
_GENERATIONS, _GENERATION = "/api/v1/generations", "/api/v1/generations/{generation_id}"
_NEW = "staple battery correct"
_LINK = "A" * 43
_SEEN = "200 200 200 200 200"
_HIDDEN = "404 404 404 404 200"
_NOWHERE = "404 404 404 404 404"

# A picture that is not one's to see answers 404 to whoever is signed in; a stranger who writes is asked to sign in.
PICTURES: dict[str, list[Row]] = {
    "public": [
        Row("GET", _IMAGE, _SEEN),
        Row("PATCH", _IMAGE, "401 403 200 200 200", json={"title": "Mine"}),
        Row("DELETE", _IMAGE, "401 403 204 204 204"),
        Row("DELETE", _IMAGE, "401 403 403 204 204", url=_IMAGE + "?permanent=true"),
        Row("POST", _IMAGE + "/restore", "401 403 403 403 200"),
        Row("GET", _IMAGE + "/neighbours", _SEEN),
        Row("GET", _IMAGE + "/similar", _SEEN),
        Row("PUT", _IMAGE + "/like", "401 200 200 200 200"),
        Row("DELETE", _IMAGE + "/like", "401 200 200 200 200"),
        *(Row("GET", _FILE, _SEEN, url=f"{_IMAGE}/file/thumb_{edge}") for edge in (300, 600, 1200)),
        Row("HEAD", _FILE, _SEEN, url=_IMAGE + "/file/thumb_300"),
        Row("GET", _FILE, "401 403 403 200 200", url=_IMAGE + "/file/original"),
        Row("HEAD", _FILE, "401 403 403 200 200", url=_IMAGE + "/file/original"),
        Row("GET", "/media/{key}", _SEEN),
        Row("HEAD", "/media/{key}", _SEEN),
        Row("GET", "/media/{key}", _NOWHERE, url="/media/{original_key}"),
    ],
    "unlisted": [
        Row("GET", _IMAGE, _SEEN),
        Row("PATCH", _IMAGE, "401 403 403 403 200", json={"title": "Mine"}),
        Row("DELETE", _IMAGE, "401 403 403 403 204"),
        Row("DELETE", _IMAGE, "401 403 403 403 204", url=_IMAGE + "?permanent=true"),
        Row("POST", _IMAGE + "/restore", "401 403 403 403 200"),
        Row("GET", _IMAGE + "/neighbours", _SEEN),
        Row("GET", _IMAGE + "/similar", _SEEN),
        Row("PUT", _IMAGE + "/like", "401 200 200 200 200"),
        Row("DELETE", _IMAGE + "/like", "401 200 200 200 200"),
        *(Row("GET", _FILE, _SEEN, url=f"{_IMAGE}/file/thumb_{edge}") for edge in (300, 600, 1200)),
        Row("HEAD", _FILE, _SEEN, url=_IMAGE + "/file/thumb_300"),
        Row("GET", _FILE, "401 403 403 200 200", url=_IMAGE + "/file/original"),
        Row("HEAD", _FILE, "401 403 403 200 200", url=_IMAGE + "/file/original"),
        Row("GET", "/media/{key}", _SEEN),
        Row("HEAD", "/media/{key}", _SEEN),
        Row("GET", "/media/{key}", _NOWHERE, url="/media/{original_key}"),
    ],
    "private": [
        Row("GET", _IMAGE, _HIDDEN),
        Row("PATCH", _IMAGE, "401 404 404 404 200", json={"title": "Mine"}),
        Row("DELETE", _IMAGE, "401 404 404 404 204"),
        Row("DELETE", _IMAGE, "401 404 404 404 204", url=_IMAGE + "?permanent=true"),
        Row("POST", _IMAGE + "/restore", "401 404 404 404 200"),
        Row("GET", _IMAGE + "/neighbours", _HIDDEN),
        Row("GET", _IMAGE + "/similar", _HIDDEN),
        Row("PUT", _IMAGE + "/like", "401 404 404 404 200"),
        Row("DELETE", _IMAGE + "/like", "401 404 404 404 200"),
        *(Row("GET", _FILE, _HIDDEN, url=f"{_IMAGE}/file/thumb_{edge}") for edge in (300, 600, 1200)),
        Row("HEAD", _FILE, _HIDDEN, url=_IMAGE + "/file/thumb_300"),
        Row("GET", _FILE, _HIDDEN, url=_IMAGE + "/file/original"),
        Row("HEAD", _FILE, _HIDDEN, url=_IMAGE + "/file/original"),
        # Bytes by key go by the address's signature alone, the owner's own included.
        Row("GET", "/media/{key}", _NOWHERE),
        Row("HEAD", "/media/{key}", _NOWHERE),
        Row("GET", "/media/{key}", _NOWHERE, url="/media/{original_key}"),
    ],
    "trashed": [
        Row("GET", _IMAGE, _HIDDEN),
        Row("PATCH", _IMAGE, "401 404 404 404 403", json={"title": "Mine"}),
        Row("DELETE", _IMAGE, "401 404 404 404 204"),
        Row("DELETE", _IMAGE, "401 404 404 404 204", url=_IMAGE + "?permanent=true"),
        Row("POST", _IMAGE + "/restore", "401 404 404 404 200"),
        Row("GET", _IMAGE + "/neighbours", _HIDDEN),
        Row("GET", _IMAGE + "/similar", _HIDDEN),
        Row("PUT", _IMAGE + "/like", "401 404 404 404 403"),
        Row("DELETE", _IMAGE + "/like", "401 404 404 404 403"),
        *(Row("GET", _FILE, _HIDDEN, url=f"{_IMAGE}/file/thumb_{edge}") for edge in (300, 600, 1200)),
        Row("HEAD", _FILE, _HIDDEN, url=_IMAGE + "/file/thumb_300"),
        Row("GET", _FILE, _HIDDEN, url=_IMAGE + "/file/original"),
        Row("HEAD", _FILE, _HIDDEN, url=_IMAGE + "/file/original"),
        Row("GET", "/media/{key}", _NOWHERE),
        Row("HEAD", "/media/{key}", _NOWHERE),
        Row("GET", "/media/{key}", _NOWHERE, url="/media/{original_key}"),
    ],
}

_KEY = {"name": "k", "scopes": ["read"]}
_SOMEBODY = {"email": "some@example.org", "username": "somebody", "password": PASSWORD}
_PASSWORDS = {"current_password": PASSWORD, "new_password": _NEW}

# The key, the session and the account in these addresses are the owner's: to everybody else they do not exist.
ACCOUNTS = [
    Row("POST", "/auth/login", "303 303 303 303 303", form={"username": "owner", "password": PASSWORD}),
    Row("POST", "/auth/register", "303 303 303 303 303", form=_SOMEBODY),
    Row("POST", "/auth/logout", "303 403 403 403 403", form={"csrf_token": "guessed"}),
    Row("POST", "/auth/forgot-password", "303 303 303 303 303", form={"email": "owner@example.org"}),
    Row("POST", "/auth/reset-password", "303 303 303 303 303", form={"token": _LINK, "password": _NEW}),
    Row("POST", "/auth/verify-email", "303 303 303 303 303", form={"token": _LINK}),
    Row("POST", "/auth/password", "303 303 303 303 303", form=_PASSWORDS),
    # Set up at no provider; tests/api/test_oauth.py has those of a gallery that is.
    *(Row("GET", f"/auth/{{provider}}/{step}", _NOWHERE, url=f"/auth/google/{step}") for step in ("login", "callback")),
    Row("POST", "/auth/{provider}/link", _NOWHERE, url="/auth/github/link", form={"csrf_token": "guessed"}),
    Row("POST", _AUTH + "/register", "201 409 409 409 409", json=_SOMEBODY),
    Row("POST", _AUTH + "/token", _SEEN, form={"username": "owner", "password": PASSWORD}),
    Row("POST", _AUTH + "/refresh", _SEEN, json={"refresh_token": "{refresh_token}"}),
    Row("POST", _AUTH + "/logout", "401 204 204 204 204"),
    Row("POST", _AUTH + "/verify-email", "422 422 422 422 422", json={"token": _LINK}),
    Row("POST", _AUTH + "/forgot-password", "202 202 202 202 202", json={"email": "owner@example.org"}),
    Row("POST", _AUTH + "/reset-password", "422 422 422 422 422", json={"token": _LINK, "password": _NEW}),
    Row("GET", _ME, "401 200 200 200 200"),
    Row("PATCH", _ME, "401 200 200 200 200", json={"default_visibility": "unlisted"}),
    Row("POST", _ME + "/email", "401 409 409 409 202",
        json={"email": "owner@example.org", "current_password": PASSWORD}),
    Row("POST", _ME + "/verification", "401 202 202 202 202"),
    Row("POST", _ME + "/password", "401 204 204 204 204",
        json={"current_password": PASSWORD, "new_password": PASSWORD}),
    Row("GET", _ME + "/api-keys", "401 200 200 200 200"),
    Row("POST", _ME + "/api-keys", "401 201 201 201 201", json=_KEY),
    Row("GET", _ME + "/api-keys/{key_id}", "401 404 404 404 200"),
    Row("DELETE", _ME + "/api-keys/{key_id}", "401 404 404 404 204"),
    Row("GET", _ME + "/sessions", "401 200 200 200 200"),
    Row("DELETE", _ME + "/sessions", "401 204 204 204 204"),
    Row("DELETE", _ME + "/sessions/{session_id}", "401 404 404 404 204"),
    Row("GET", _ME + "/identities", "401 200 200 200 200"),
    Row("DELETE", _ME + "/identities/{provider}", "401 404 404 404 404", url=_ME + "/identities/google"),
    Row("GET", _ADMIN, "401 403 403 200 403"),
    Row("POST", _ADMIN, "401 403 403 201 403", json=_SOMEBODY),
    Row("GET", _ADMIN + "/{user_id}", "401 403 403 200 403"),
    Row("PATCH", _ADMIN + "/{user_id}", "401 403 403 200 403", json={"email_verified": True}),
    Row("DELETE", _ADMIN + "/{user_id}/sessions", "401 403 403 204 403"),
    Row("GET", "/api/v1/images/events", "401 200 200 200 200"),
    Row("POST", "/api/v1/images", "401 403 201 201 201", files={"file": ("a.jpg", jpeg_bytes(seed=7))}),
    Row("GET", "/api/v1/images", _SEEN),
    Row("GET", "/api/v1/images", "401 200 200 200 200", url="/api/v1/images?trashed=true"),
    Row("GET", "/api/v1/images", "401 200 200 200 200", url="/api/v1/images?owner=me"),
    Row("GET", "/api/v1/images", "401 200 200 200 200", url="/api/v1/images?liked=true"),
    Row("GET", "/api/v1/images/timeline", _SEEN),
    Row("GET", "/api/v1/images/facets", _SEEN),
    Row("GET", "/api/v1/search/suggestions", _SEEN, url="/api/v1/search/suggestions?q=tag:"),
    # Here is no model that could compare; tests/search/test_by_image.py has those of a gallery with one.
    Row("POST", "/api/v1/search/by-image", _NOWHERE, files={"file": ("a.jpg", jpeg_bytes(seed=8))}),
    Row("GET", "/api/v1/search/recent", "401 200 200 200 200"),
    Row("DELETE", "/api/v1/search/recent", "401 204 204 204 204"),
    Row("POST", _GENERATIONS, "401 403 202 202 202", json={"prompt": "a sea"}),
    Row("GET", _GENERATIONS, "401 200 200 200 200"),
    Row("GET", _GENERATION, "401 404 404 200 200"),
    Row("GET", _GENERATION + "/events", "401 404 404 200 200"),
    Row("POST", _GENERATION + "/cancel", "401 403 404 200 200"),
    Row("POST", _GENERATION + "/retry", "401 403 404 404 409"),
    Row("GET", "/api/v1/models", "401 200 200 200 200"),
    Row("GET", "/api/v1/models/status", _SEEN),
    Row("GET", "/models/status", _SEEN),
    Row("GET", "/health/ai", _SEEN),
    Row("GET", "/health", _SEEN),
    Row("HEAD", "/health", _SEEN),
    Row("GET", "/health/db", _SEEN),
    Row("GET", "/health/live", _SEEN),
    Row("GET", "/api/docs", _SEEN),
]  # fmt: skip


@pytest.fixture
async def cast(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cast]:
    monkeypatch.setattr(image_events, "news", _no_news)
    monkeypatch.setattr(generation_events, "news_of", _no_news)
    # Pictures could be made, by a service that is not there.
    for name, value in (("OPENAI_API_KEY", "sk-test"), ("OPENAI_URL", "http://127.0.0.1:9")):
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield await assemble()
    monkeypatch.undo()
    get_settings.cache_clear()


async def _no_news(_request: Request, *_of: object) -> AsyncIterator[bytes]:
    """The stream of events without an end ends at once: httpx's transport shows no answer before its last byte."""
    yield b""


def _routes() -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(create_api().routes):
        if isinstance(context.original_route, APIRoute):
            for method in context.methods or ():
                yield method, str(context.path_format)


def test_every_route_has_its_row_and_every_kind_of_picture_all_of_them() -> None:
    of_pictures = {kind: {row.route for row in rows} for kind, rows in PICTURES.items()}
    assert set(of_pictures) == set(KINDS)
    assert len({frozenset(routes) for routes in of_pictures.values()}) == 1
    assert set(_routes()) == of_pictures["public"] | {row.route for row in ACCOUNTS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["token", "cookie"])
async def test_a_picture_answers_each_as_the_table_says(
    client: httpx.AsyncClient, cast: Cast, kind: str, way: str
) -> None:
    found, expected = {}, {}
    for row in PICTURES[kind]:
        for asker, status in row.expected().items():
            await show(cast, kind)
            expected[row.method, row.url or row.path, asker] = status
            found[row.method, row.url or row.path, asker] = await _status(client, cast, row, asker, way)
    assert found == expected


@pytest.mark.parametrize("row", ACCOUNTS, ids=lambda row: f"{row.method} {row.url or row.path}")
async def test_an_account_s_route_answers_each_as_the_table_says(
    client: httpx.AsyncClient, cast: Cast, row: Row
) -> None:
    found = {}
    for asker in ASKERS:
        await refill(cast)
        found[asker] = await _status(client, cast, row, asker, "token")
    assert found == row.expected()


async def _status(client: httpx.AsyncClient, cast: Cast, row: Row, asker: str, way: str) -> int:
    client.cookies.clear()
    if way == "token":
        return await ask(client, row, cast.names, headers=await cast.headers(asker))
    cookies, headers = await cast.cookies(asker)
    return await ask(client, row, cast.names, headers=headers, cookies=cookies)


@pytest.mark.parametrize(
    ("kind", "listed"),
    [("public", ASKERS), ("unlisted", ("owner",)), ("private", ("owner",)), ("trashed", ())],
)
async def test_a_picture_is_in_the_lists_of_those_who_may_find_it(
    client: httpx.AsyncClient, cast: Cast, kind: str, listed: tuple[str, ...]
) -> None:
    await show(cast, "public")
    beside = cast.names["image_id"]
    await show(cast, kind)
    for asker in ASKERS:
        headers = await cast.headers(asker)
        page = (await client.get("/api/v1/images?count=true", headers=headers)).json()
        is_there = asker in listed
        assert (cast.names["image_id"] in [card["id"] for card in page["items"]]) is is_there, asker
        assert page["total"] == 1 + is_there
        timeline = (await client.get("/api/v1/images/timeline", headers=headers)).json()
        assert sum(month["count"] for month in timeline) == 1 + is_there
        around = (await client.get(f"/api/v1/images/{beside}/neighbours", headers=headers)).json()
        assert (around["previous"] == cast.names["image_id"]) is is_there, asker
        trash = await client.get("/api/v1/images?trashed=true", headers=headers)
        thrown = [card["id"] for card in trash.json().get("items", [])]
        assert (cast.names["image_id"] in thrown) is (kind == "trashed" and asker == "owner")
