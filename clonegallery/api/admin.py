"""People and roles, for Admins."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from clonegallery.accounts import service
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import QUOTAS, Person, PersonUpdate, Role, Viewer
from clonegallery.api.auth import Registration
from clonegallery.api.deps import CurrentCaller, require_permission
from clonegallery.api.openapi import problem_responses
from clonegallery.pagination import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT

router = APIRouter(prefix="/api/v1/admin", tags=["admin"])

Admin = Annotated[Viewer, Depends(require_permission(Permission.ADMIN))]

_ONE = "/users/{user_id}"
_MAX_QUOTA = 2**62
_MAX_CAP = 1_000_000


class UserQuery(BaseModel):
    """Which accounts; what is not said does not matter."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", max_length=200, description="A part of the username or the e-mail address.")
    role: Role | None = None
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None
    count: bool = False


class User(BaseModel):
    """An account as Admins see it. No `storage_quota_bytes` is no limit; no cap of generations is the role's."""

    id: UUID
    email: str = Field(examples=["ada@example.org"])
    username: str = Field(examples=["ada"])
    role: Role = Field(examples=["Editor"])
    is_active: bool
    email_verified: bool
    storage_quota_bytes: int | None
    generations_queued_max: int | None
    generations_running_max: int | None
    generated_images_per_day: int | None
    created_at: datetime
    last_login_at: datetime | None


class UserPage(BaseModel):
    """One page of accounts, the newest first."""

    items: list[User]
    next_cursor: str | None
    total: int | None = None


class UserCreate(Registration):
    """A new account, also where registration is closed."""

    role: Role = Field(default=Role.VISITOR, strict=False, examples=["Editor"])


class UserUpdate(BaseModel):
    """What to change; a field left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: Role | None = Field(default=None, strict=False, examples=["Editor"])
    is_active: bool | None = Field(default=None, description="False shuts the person out: every sign-in ends at once.")
    email_verified: bool | None = None
    storage_quota_bytes: int | None = Field(
        default=None, ge=0, le=_MAX_QUOTA, examples=[50_000_000_000], description="Null is no limit."
    )
    generations_queued_max: int | None = Field(
        default=None, ge=0, le=_MAX_CAP, description="Generations that wait at once; null is the role's."
    )
    generations_running_max: int | None = Field(
        default=None, ge=0, le=_MAX_CAP, description="Generations that run at once; null is the role's."
    )
    generated_images_per_day: int | None = Field(
        default=None, ge=0, le=_MAX_CAP, description="Pictures made within 24 hours; null is the role's."
    )


@router.get("/users", operation_id="list_users", summary="Accounts", response_model_exclude_unset=True)
async def list_users(viewer: Admin, query: Annotated[UserQuery, Query()]) -> UserPage:
    """The newest first."""
    found = await service.list_people(viewer, search=query.q, role=query.role, cursor=query.cursor, limit=query.limit)
    total = {"total": found.total} if query.count else {}
    return UserPage(items=[_user(person) for person in found.items], next_cursor=found.next_cursor, **total)


@router.post(
    "/users",
    operation_id="create_user",
    summary="Make an account for somebody",
    status_code=201,
    responses=problem_responses(409),
)
async def create_user(viewer: Admin, wanted: UserCreate, caller: CurrentCaller, response: Response) -> User:
    """409 where the username or the address is taken."""
    made = await service.create_person(viewer, **wanted.model_dump(), caller=caller)
    response.headers["Location"] = f"{router.prefix}/users/{made.id}"
    return _user(made)


@router.get(_ONE, operation_id="get_user", summary="One account")
async def get_user(viewer: Admin, user_id: UUID) -> User:
    """Everything that Admins know about it."""
    return _user(await service.person(viewer, user_id))


@router.patch(_ONE, operation_id="update_user", summary="Change an account", responses=problem_responses(409))
async def update_user(viewer: Admin, user_id: UUID, changes: UserUpdate, caller: CurrentCaller) -> User:
    """In force at the person's next request or event. 409 for what would leave the gallery without an Admin."""
    given = changes.model_dump(exclude_unset=True)
    quotas = {name: given.pop(name) for name in QUOTAS if name in given}
    wanted = PersonUpdate(**given, quotas=quotas)
    return _user(await service.update_person(viewer, user_id, wanted, caller=caller))


@router.delete(
    _ONE + "/sessions",
    operation_id="end_user_sessions",
    summary="Sign somebody out everywhere",
    status_code=204,
)
async def end_user_sessions(viewer: Admin, user_id: UUID, caller: CurrentCaller) -> Response:
    """Browsers and programs; API keys stay."""
    await service.end_sessions_of(viewer, user_id, caller=caller)
    return Response(status_code=204)


def _user(person: Person) -> User:
    return User.model_validate(person, from_attributes=True)
