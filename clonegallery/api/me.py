"""One's own account."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Profile
from clonegallery.api.deps import SignedInViewer, WritingViewer
from clonegallery.api.openapi import problem_responses

router = APIRouter(prefix="/api/v1/me", tags=["me"])


class Quota(BaseModel):
    """What one may store, in bytes; null is no limit."""

    storage_bytes: int | None


class Usage(BaseModel):
    """What one stores, the trash included."""

    storage_bytes: int
    images: int


class Me(BaseModel):
    """The account behind this session, and the token that its writes must carry in `X-CSRF-Token`."""

    id: UUID
    email: str
    username: str
    role: str
    permissions: list[Permission]
    quota: Quota
    usage: Usage
    csrf_token: str


class MeUpdate(BaseModel):
    """What one may change about oneself; a field left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    username: str | None = Field(default=None, description="3 to 50 letters, digits, dots, dashes or underscores.")


@router.get("", operation_id="get_me", summary="Who am I")
async def get_me(viewer: SignedInViewer, response: Response) -> Me:
    """The signed-in account. Somebody not signed in gets 401: there is no account to show."""
    response.headers["Cache-Control"] = "no-store"
    return _me(await service.profile(viewer))


@router.patch("", operation_id="update_me", summary="Change my account", responses=problem_responses(409))
async def update_me(viewer: WritingViewer, changes: MeUpdate, response: Response) -> Me:
    """Change the given fields; an unknown field is refused by name."""
    response.headers["Cache-Control"] = "no-store"
    if changes.username is not None:
        viewer = await service.rename(viewer, changes.username)
    return _me(await service.profile(viewer))


def _me(profile: Profile) -> Me:
    return Me.model_construct(
        id=profile.id,
        email=profile.email,
        username=profile.username,
        role=profile.role,
        permissions=list(profile.permissions),
        quota=Quota.model_construct(storage_bytes=profile.quota_bytes),
        usage=Usage.model_construct(storage_bytes=profile.used_bytes, images=profile.images),
        csrf_token=profile.csrf_token,
    )
