"""Who asks for what in the table of rights: five people, one picture of each kind, and the things of its owner."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Scope
from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.generations import service as generations
from clonegallery.generations.schemas import GenerationRequest
from clonegallery.ids import new_id
from clonegallery.models import Derivative, Image, ImageStatus, Role, Variant, Visibility
from clonegallery.storage.keys import derivative_key, original_key
from clonegallery.storage.select import get_storage
from tests.api.signing import make
from tests.factories import PASSWORD, TestPerson, jpeg_bytes

ASKERS = ("anonymous", "visitor", "editor", "admin", "owner")
KINDS = ("public", "unlisted", "private", "trashed")
_ROLES = {"visitor": Role.VISITOR, "editor": Role.EDITOR, "admin": Role.ADMIN, "owner": Role.EDITOR}


@dataclass(frozen=True, slots=True)
class Row:
    """One route: what is sent, and the status for each asker, in the order of `ASKERS`.

    `{…}` in addresses and in the texts of `json` and `form` is filled from the cast.
    """

    method: str
    path: str
    statuses: str
    url: str = ""
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, Any] | None = None

    @property
    def route(self) -> tuple[str, str]:
        return self.method, self.path

    def expected(self) -> dict[str, int]:
        return dict(zip(ASKERS, map(int, self.statuses.split()), strict=True))


@dataclass(slots=True)
class Cast:
    """Everybody, and what the owner has; `names` fills the braces of addresses and bodies."""

    people: dict[str, TestPerson]
    names: dict[str, str] = field(default_factory=dict)

    async def headers(self, asker: str) -> dict[str, str]:
        """A fresh sign-in of this asker's: a row may have ended the one before."""
        if asker == "anonymous":
            return {}
        pair = await service.issue_tokens(self.people[asker].username, PASSWORD)
        return {"Authorization": f"Bearer {pair.access_token}"}

    async def cookies(self, asker: str) -> tuple[dict[str, str], dict[str, str]]:
        """A fresh browser session: its cookies, and the headers of its writes."""
        if asker == "anonymous":
            return {}, {}
        signed_in = await service.sign_in(self.people[asker].username, PASSWORD)
        return {"cg_session": signed_in.token}, {"X-CSRF-Token": signed_in.viewer.csrf_token}


async def assemble() -> Cast:
    """Everybody, an API key and a second sign-in of the owner."""
    people = {name: await make(name, role) for name, role in _ROLES.items()}
    cast = Cast(people)
    await refill(cast)
    return cast


async def refill(cast: Cast) -> None:
    """Give the owner again what a row may have taken: a key, a sign-in, a generation that waits."""
    owner = (await service.sign_in("owner", PASSWORD)).viewer
    made = await service.create_api_key(owner, name="key", scopes=[Scope.READ])
    cast.names |= {
        "key_id": str(made.key.id),
        "session_id": str(owner.session_id),
        "user_id": str(cast.people["owner"].id),
        "generation_id": str((await generations.request(owner, GenerationRequest(prompt="a sea"))).id),
        "refresh_token": (await service.issue_tokens("owner", PASSWORD)).refresh_token,
    }


async def show(cast: Cast, kind: str) -> None:
    """A new picture of the owner, of this kind, with its bytes."""
    image_id = new_id()
    picture = jpeg_bytes(seed=image_id.int % 2**32)
    image = Image(
        id=image_id,
        owner_id=cast.people["owner"].id,
        title=kind,
        status=ImageStatus.READY,
        visibility=Visibility.PUBLIC if kind == "trashed" else Visibility(kind),
        deleted_at=utcnow() if kind == "trashed" else None,
        storage_key=original_key(image_id, hashlib.sha256(picture).hexdigest(), "jpg"),
        sha256=hashlib.sha256(picture).digest(),
        mime="image/jpeg",
        byte_size=len(picture),
        width=320,
        height=240,
    )
    copies = [_copy(image_id, variant, picture) for variant in Variant]
    for key in (image.storage_key, *(copy.storage_key for copy in copies)):
        _write(key, picture)
    async with unit_of_work() as work:
        work.session.add(image)
        await work.session.flush()
        work.session.add_all(copies)
    cast.names |= {"image_id": str(image_id), "key": copies[0].storage_key, "original_key": image.storage_key}


async def ask(client: httpx.AsyncClient, row: Row, names: Mapping[str, str], **how: Any) -> int:
    """The status that `row` gets, sent with these headers or cookies."""
    sent = httpx.Request(
        row.method,
        client.base_url.join((row.url or row.path).format(**names)),
        json=_filled(row.json, names),
        data=_filled(row.form, names),
        files=row.files,
        **how,
    )
    answer = await client.send(sent, stream=True)
    await answer.aclose()
    return answer.status_code


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**names) if "{" in value else value
    if isinstance(value, Mapping):
        return {name: _filled(inner, names) for name, inner in value.items()}
    return value


def _copy(image_id: UUID, variant: Variant, content: bytes) -> Derivative:
    key = derivative_key(image_id, hashlib.sha256(content + variant.encode()).hexdigest(), variant)
    return Derivative(
        image_id=image_id, variant=variant, width=300, height=225, byte_size=len(content), storage_key=key
    )


def _write(key: str, content: bytes) -> None:
    path = get_storage().local_path(key)
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
