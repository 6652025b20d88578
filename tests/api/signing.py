"""Signing in over HTTP, as a browser does it."""

from dataclasses import dataclass

import httpx

from clonegallery.accounts import service
from clonegallery.models.account import Role

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Browser:
    """A client with a session cookie, and the headers that its writes need."""

    client: httpx.AsyncClient
    write: dict[str, str]


async def make(username: str, role: Role) -> None:
    await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)


async def signed_in(client: httpx.AsyncClient, username: str) -> Browser:
    answer = await client.post("/auth/login", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    token = (await client.get("/api/v1/me")).json()["csrf_token"]
    return Browser(client, {"X-CSRF-Token": token})
