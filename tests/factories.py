"""People and pictures for tests: Alice is Admin, Bob is Editor, Charlie is Visitor."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

import httpx
import numpy as np
from PIL import Image

from clonegallery.accounts import service
from clonegallery.models.account import Role

PASSWORD = "correct horse battery"  # Long enough, and used nowhere else.


@dataclass(frozen=True, slots=True)
class TestPerson:
    """Somebody who can sign in with `PASSWORD`."""

    __test__ = False

    id: UUID
    username: str
    role: Role


async def alice() -> TestPerson:
    return await _person("alice", Role.ADMIN)


async def bob() -> TestPerson:
    return await _person("bob", Role.EDITOR)


async def charlie() -> TestPerson:
    return await _person("charlie", Role.VISITOR)


async def _person(username: str, role: Role) -> TestPerson:
    made = await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)
    return TestPerson(made.id, username, role)


async def sign_in(client: httpx.AsyncClient, person: TestPerson) -> dict[str, str]:
    """Sign `client` in by the form that browsers post; returns the headers that its writes need."""
    answer = await client.post("/auth/login", data={"username": person.username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return {"X-CSRF-Token": (await client.get("/api/v1/me")).json()["csrf_token"]}


def jpeg_bytes(size: tuple[int, int] = (320, 240), seed: int = 0, exif: Image.Exif | None = None) -> bytes:
    """A small real JPEG of smooth random colours, `size` in pixels; another `seed` is another picture."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=85, exif=exif or Image.Exif())
    return buffer.getvalue()
