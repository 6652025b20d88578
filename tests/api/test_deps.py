"""The dependencies that routes declare: who may read, who may write, and with which right."""

from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

from clonegallery.accounts.permissions import PERMISSIONS, Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.api.app import create_api
from clonegallery.api.deps import CurrentViewer, SignedInViewer, WritingViewer, require_permission
from clonegallery.models.account import Role
from tests.api.signing import make, signed_in
from tests.conftest import Services

Uploader = Annotated[Viewer, Depends(require_permission(Permission.UPLOAD))]


@pytest.fixture
def api(database: Services) -> FastAPI:
    api = create_api()
    api.router.routes.pop()  # The last route answers for everything under /api that has no other.

    @api.get("/api/open")
    async def read(viewer: CurrentViewer) -> str:
        return viewer.username

    @api.get("/api/own")
    async def own(viewer: SignedInViewer) -> str:
        return viewer.username

    @api.post("/api/write")
    async def write(viewer: WritingViewer) -> str:
        return viewer.username

    @api.post("/api/upload")
    async def upload(viewer: Uploader) -> str:
        return viewer.username

    return api


@pytest.fixture
def client(api: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost:8000")


async def test_a_stranger_may_look_at_what_is_open_and_nothing_else(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/open")).json() == ""
    assert (await client.get("/api/own")).status_code == 401
    for path in ("/api/write", "/api/upload"):
        answer = await client.post(path, headers={"X-CSRF-Token": "guess", "Cookie": "cg_session=guess"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("role", list(Role))
async def test_rights_follow_the_role(client: httpx.AsyncClient, role: Role) -> None:
    browser = await signed_in(client, await make("somebody", role))
    assert (await client.get("/api/own")).json() == "somebody"
    assert (await client.post("/api/write", headers=browser.write)).json() == "somebody"
    answer = await client.post("/api/upload", headers=browser.write)
    assert answer.status_code == (200 if Permission.UPLOAD in PERMISSIONS[role] else 403)
    assert (await client.post("/api/upload")).json()["code"] == "csrf_failed"


async def test_the_token_is_looked_at_before_the_right(client: httpx.AsyncClient) -> None:
    await signed_in(client, await make("visitor", Role.VISITOR))
    assert (await client.post("/api/upload")).json()["code"] == "csrf_failed"
