"""One's own account. Keys and sign-ins are in `credentials.py`."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Profile, Role, Viewer, Visibility
from clonegallery.api.browser import with_session
from clonegallery.api.deps import CurrentCaller, SignedInViewer, WritingPerson
from clonegallery.api.fields import EmailField, PasswordField, UsernameField
from clonegallery.api.openapi import problem_responses

router = APIRouter(prefix="/api/v1/me", tags=["me"])

_NO_STORE = {"Cache-Control": "no-store"}


class Quota(BaseModel):
    """What one may store, in bytes; null is no limit."""

    storage_bytes: int | None = Field(examples=[50_000_000_000])


class Usage(BaseModel):
    """What one stores, the trash included."""

    storage_bytes: int = Field(examples=[1_250_000])
    images: int = Field(examples=[12])


class Me(BaseModel):
    """The account behind this request. `csrf_token` is what a browser's writes must carry in `X-CSRF-Token`.

    `permissions` are those of the role, within the scopes of the API key that asks. A program's `csrf_token` is empty.
    """

    id: UUID
    email: str = Field(examples=["ada@example.org"])
    email_verified: bool
    username: str = Field(examples=["ada"])
    role: Role = Field(examples=["Editor"])
    permissions: list[Permission]
    default_visibility: Visibility
    quota: Quota
    usage: Usage
    csrf_token: str


class MeUpdate(BaseModel):
    """What one may change about oneself; a field left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    username: UsernameField | None = None
    default_visibility: Visibility | None = Field(
        default=None,
        strict=False,
        examples=["private"],
        description="Who may see what one uploads without saying who.",
    )


class NewEmail(BaseModel):
    """Another address. It becomes one's own when the link that is sent there is followed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: EmailField
    current_password: PasswordField


class NewPassword(BaseModel):
    """Another password."""

    model_config = ConfigDict(extra="forbid", strict=True)

    current_password: PasswordField
    new_password: PasswordField


@router.get("", operation_id="get_me", summary="Who am I")
async def get_me(viewer: SignedInViewer, response: Response) -> Me:
    """The signed-in account. Somebody not signed in gets 401: there is no account to show."""
    response.headers.update(_NO_STORE)
    return await _me(viewer)


@router.patch("", operation_id="update_me", summary="Change my account", responses=problem_responses(409))
async def update_me(viewer: WritingPerson, changes: MeUpdate, caller: CurrentCaller, response: Response) -> Me:
    """Change the given fields; an unknown field is refused by name."""
    response.headers.update(_NO_STORE)
    if changes.model_fields_set:
        viewer = await service.update_account(viewer, **changes.model_dump(), caller=caller)
    return await _me(viewer)


@router.post(
    "/email",
    status_code=202,
    operation_id="change_my_email",
    summary="Take another e-mail address",
    response_class=Response,
    responses=problem_responses(409, 429),
)
async def change_my_email(viewer: WritingPerson, wanted: NewEmail, caller: CurrentCaller) -> Response:
    """Send a link to the new address; until it is followed, the old one stays."""
    await service.ask_new_email(viewer, wanted.email, wanted.current_password, caller=caller)
    return Response(status_code=202, headers=_NO_STORE)


@router.post(
    "/verification",
    status_code=202,
    operation_id="verify_my_email",
    summary="Send the link that verifies my address again",
    response_class=Response,
    responses=problem_responses(429),
)
async def verify_my_email(viewer: WritingPerson, caller: CurrentCaller) -> Response:
    """Links that were sent before stop working."""
    await service.ask_verification(viewer, caller=caller)
    return Response(status_code=202, headers=_NO_STORE)


@router.post(
    "/password",
    status_code=204,
    operation_id="change_my_password",
    summary="Change my password",
    responses=problem_responses(429),
)
async def change_my_password(
    request: Request, viewer: WritingPerson, wanted: NewPassword, caller: CurrentCaller
) -> Response:
    """Ends every session, token and key, the caller's too; a browser gets a new session with the answer."""
    signed_in = await service.change_password(viewer, wanted.current_password, wanted.new_password, caller=caller)
    response = Response(status_code=204, headers=_NO_STORE)
    return with_session(request, response, signed_in.token) if signed_in else response


async def _me(viewer: Viewer) -> Me:
    profile: Profile = await service.profile(viewer)
    return Me.model_construct(
        id=profile.id,
        email=profile.email,
        email_verified=profile.email_verified,
        username=profile.username,
        role=profile.role,
        permissions=list(profile.permissions),
        default_visibility=profile.default_visibility,
        quota=Quota.model_construct(storage_bytes=profile.quota_bytes),
        usage=Usage.model_construct(storage_bytes=profile.used_bytes, images=profile.images),
        csrf_token=profile.csrf_token,
    )
