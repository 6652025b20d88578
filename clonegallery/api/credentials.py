"""One's own keys and sign-ins. Only somebody who signed in themselves gets in here: a key must not make others."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ApiKeyRead, Provider, Scope, SessionKind, SessionRead, SignInMethod
from clonegallery.api.deps import CurrentCaller, PersonViewer, WritingPerson
from clonegallery.api.openapi import problem_responses
from clonegallery.moments import Moment

router = APIRouter(prefix="/api/v1/me", tags=["me"])

_NO_STORE = {"Cache-Control": "no-store"}


class KeyCreate(BaseModel):
    """A new API key."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(examples=["Backup script"], description="1 to 100 characters, for oneself.")
    scopes: list[Scope] = Field(examples=[["read", "write"]], max_length=20)
    expires_at: Moment | None = Field(
        default=None, examples=["2027-12-31T23:59:59Z"], description="When it ends by itself; null is never."
    )


class Key(BaseModel):
    """An API key without its secret; `prefix` is its beginning."""

    id: UUID
    name: str = Field(examples=["Backup script"])
    prefix: str = Field(examples=["cg_9f3KxQ2"])
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class CreatedKey(Key):
    """An API key that was just made. `key` is shown this once; send it as `Authorization: Bearer cg_…`."""

    key: str = Field(examples=["cg_9f3KxQ2…"])


class Keys(BaseModel):
    """All of one's keys; there is no second page."""

    items: list[Key]
    next_cursor: None = None


class Session(BaseModel):
    """One sign-in: a browser's, or a program's with its tokens. `current` is the one that asks."""

    id: UUID
    kind: SessionKind
    method: SignInMethod
    user_agent: str = Field(examples=["Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"])
    address: str = Field(examples=["203.0.113.7"])
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class Sessions(BaseModel):
    """All of one's sign-ins that still hold; there is no second page."""

    items: list[Session]
    next_cursor: None = None


class Identity(BaseModel):
    """A provider's account that opens this one."""

    provider: Provider
    email: str = Field(examples=["ada@example.org"])
    created_at: datetime
    last_used_at: datetime | None


class Identities(BaseModel):
    """All providers that open this account; there is no second page."""

    items: list[Identity]
    next_cursor: None = None


@router.get("/api-keys", operation_id="list_api_keys", summary="My API keys")
async def list_api_keys(viewer: PersonViewer, response: Response) -> Keys:
    """The newest first, those that have ended too."""
    response.headers.update(_NO_STORE)
    return Keys(items=[_key(key) for key in await service.list_api_keys(viewer)])


@router.post(
    "/api-keys",
    operation_id="create_api_key",
    summary="Make an API key",
    status_code=201,
    responses=problem_responses(409),
)
async def create_api_key(
    viewer: WritingPerson, wanted: KeyCreate, caller: CurrentCaller, response: Response
) -> CreatedKey:
    """The key itself is in this answer and nowhere else, ever again."""
    response.headers.update(_NO_STORE)
    made = await service.create_api_key(
        viewer, name=wanted.name, scopes=wanted.scopes, expires_at=wanted.expires_at, caller=caller
    )
    response.headers["Location"] = f"{router.prefix}/api-keys/{made.key.id}"
    return CreatedKey(**_key(made.key).model_dump(), key=made.secret)


@router.get("/api-keys/{key_id}", operation_id="get_api_key", summary="One of my API keys")
async def get_api_key(viewer: PersonViewer, key_id: UUID, response: Response) -> Key:
    """Without its secret, which nobody has any more."""
    response.headers.update(_NO_STORE)
    return _key(await service.api_key(viewer, key_id))


@router.delete(
    "/api-keys/{key_id}",
    operation_id="revoke_api_key",
    summary="End an API key",
    status_code=204,
)
async def revoke_api_key(viewer: WritingPerson, key_id: UUID, caller: CurrentCaller) -> Response:
    """Its next request is refused."""
    await service.revoke_api_key(viewer, key_id, caller=caller)
    return Response(status_code=204)


@router.get("/sessions", operation_id="list_sessions", summary="Where I am signed in")
async def list_sessions(viewer: PersonViewer, response: Response) -> Sessions:
    """The last used first."""
    response.headers.update(_NO_STORE)
    return Sessions(items=[_session(one) for one in await service.list_sessions(viewer)])


@router.delete("/sessions", operation_id="end_other_sessions", summary="Sign out everywhere else", status_code=204)
async def end_other_sessions(viewer: WritingPerson, caller: CurrentCaller) -> Response:
    """Every sign-in but the one that asks ends at once, with its tokens."""
    await service.end_other_sessions(viewer, caller=caller)
    return Response(status_code=204)


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    summary="End one of my sign-ins",
    status_code=204,
)
async def end_session(viewer: WritingPerson, session_id: UUID, caller: CurrentCaller) -> Response:
    """A page that is open there loses its rights at its next event."""
    await service.end_session(viewer, session_id, caller=caller)
    return Response(status_code=204)


@router.get("/identities", operation_id="list_identities", summary="Providers that open my account")
async def list_identities(viewer: PersonViewer, response: Response) -> Identities:
    """Linking another one needs a browser: it begins at `/settings`."""
    response.headers.update(_NO_STORE)
    found = await service.list_identities(viewer)
    return Identities(items=[Identity.model_validate(one, from_attributes=True) for one in found])


@router.delete(
    "/identities/{provider}",
    operation_id="unlink_identity",
    summary="Unlink a provider",
    status_code=204,
    responses=problem_responses(409),
)
async def unlink_identity(viewer: WritingPerson, provider: Provider, caller: CurrentCaller) -> Response:
    """409 for the last way into an account that has no password."""
    await service.unlink(viewer, provider, caller=caller)
    return Response(status_code=204)


def _key(key: ApiKeyRead) -> Key:
    return Key.model_validate(key, from_attributes=True)


def _session(session: SessionRead) -> Session:
    return Session.model_validate(session, from_attributes=True)
