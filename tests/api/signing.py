"""Signing in over HTTP, as a browser does it."""

from dataclasses import dataclass

import httpx

from clonegallery.accounts import service
from clonegallery.models.account import Role
from tests.factories import PASSWORD, TestPerson, sign_in


@dataclass(frozen=True, slots=True)
class Browser:
    """A client with a session cookie, and the headers that its writes need."""

    client: httpx.AsyncClient
    write: dict[str, str]


async def make(username: str, role: Role) -> TestPerson:
    """Somebody of any name, beside the three of `factories`."""
    made = await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)
    return TestPerson(made.id, username, role)


async def signed_in(client: httpx.AsyncClient, person: TestPerson) -> Browser:
    return Browser(client, await sign_in(client, person))
