"""How programs sign in: an account, a pair of tokens, the next pair, and the end."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Role, TokenPair
from clonegallery.api.browser import without_session
from clonegallery.api.deps import AnybodyWriting, CurrentCaller, WritingViewer
from clonegallery.api.fields import EmailField, OpaqueField, PasswordField, UsernameField
from clonegallery.api.openapi import problem_responses

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

_NO_STORE = {"Cache-Control": "no-store"}


class Registration(BaseModel):
    """A new account."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: EmailField
    username: UsernameField
    password: PasswordField


class NewAccount(BaseModel):
    """The account that was made. Its address is verified by a link that was sent there."""

    id: UUID
    email: str = Field(examples=["ada@example.org"])
    username: str = Field(examples=["ada"])
    role: Role = Field(examples=["Visitor"])
    email_verified: bool
    created_at: datetime


class PasswordGrant(BaseModel):
    """OAuth 2.0's password form (RFC 6749, 4.3)."""

    model_config = ConfigDict(extra="forbid")

    grant_type: Literal["password"] = "password"
    username: str = Field(examples=["ada"], description="Username or e-mail address.")
    password: str = Field(examples=["correct horse battery"])
    scope: str = Field(default="", description="Not looked at: a sign-in may what its account may.")
    client_id: str = Field(default="", description="Not looked at.")
    client_secret: str = Field(default="", description="Not looked at.")


class Tokens(BaseModel):
    """Send the access token as `Authorization: Bearer …`; when it has ended, get the next pair by the refresh token."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIs…"])
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 A type, not a secret.
    expires_in: int = Field(examples=[900], description="Seconds until the access token ends.")
    refresh_token: OpaqueField


class Refresh(BaseModel):
    """The last refresh token."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refresh_token: OpaqueField


class LinkToken(BaseModel):
    """What stands behind `token=` in a mailed link."""

    model_config = ConfigDict(extra="forbid", strict=True)

    token: OpaqueField


class Verification(LinkToken):
    """A mailed link and, where the request comes with nobody's credentials, the password of its account."""

    password: str = Field(default="", max_length=1024, examples=["correct horse battery"])


class ResetRequest(BaseModel):
    """Whose password is lost."""

    model_config = ConfigDict(extra="forbid", strict=True)

    email: EmailField


class PasswordReset(LinkToken):
    """A new password by a mailed link."""

    password: PasswordField


@router.post(
    "/register",
    operation_id="register",
    summary="Make an account",
    status_code=201,
    responses=problem_responses(403, 409, 429, 503),
)
async def register(wanted: Registration, caller: CurrentCaller, response: Response) -> NewAccount:
    """The account is a Visitor's, and a link to verify its address is sent. 403 where registration is closed."""
    response.headers.update(_NO_STORE)
    user = await service.register(**wanted.model_dump(), caller=caller)
    return NewAccount.model_validate(user, from_attributes=True)


@router.post(
    "/token",
    operation_id="sign_in",
    summary="Sign in with a password",
    responses=problem_responses(401, 403, 429, 503),
)
async def token(wanted: Annotated[PasswordGrant, Form()], caller: CurrentCaller, response: Response) -> Tokens:
    """The first pair of tokens of a new sign-in. 401 for a wrong pair, 403 for a disabled account."""
    response.headers.update(_NO_STORE)
    return _tokens(await service.issue_tokens(wanted.username, wanted.password, caller=caller))


@router.post(
    "/refresh", operation_id="refresh", summary="Get the next pair of tokens", responses=problem_responses(401, 503)
)
async def refresh(wanted: Refresh, caller: CurrentCaller, response: Response) -> Tokens:
    """Each refresh token works once. Using an old one again ends the whole sign-in, since somebody has a copy.

    For 10 seconds the last one still answers, with the same successor, so that two requests may race.
    """
    response.headers.update(_NO_STORE)
    return _tokens(await service.refresh(wanted.refresh_token, caller=caller))


@router.post("/logout", status_code=204, operation_id="logout", summary="End this sign-in")
async def logout(request: Request, viewer: WritingViewer, caller: CurrentCaller) -> Response:
    """End the session, or the family of tokens, that this request came with; both are void from here on."""
    await service.sign_out(viewer, caller=caller)
    return without_session(request, Response(status_code=204, headers=_NO_STORE))


@router.post(
    "/verify-email",
    status_code=204,
    operation_id="verify_email",
    summary="Confirm an e-mail address by a mailed link",
    responses=problem_responses(409, 429, 503),
)
async def verify_email(wanted: Verification, viewer: AnybodyWriting, caller: CurrentCaller) -> Response:
    """Signed in as the account that the link is of, or with its password, so that nobody vouches for a stranger's.

    409 where another account has taken the address meanwhile.
    """
    await service.verify_email(wanted.token, viewer=viewer, password=wanted.password, caller=caller)
    return Response(status_code=204, headers=_NO_STORE)


@router.post(
    "/forgot-password",
    status_code=202,
    operation_id="forgot_password",
    summary="Ask for a link that sets a new password",
    response_class=Response,
    responses=problem_responses(429, 503),
)
async def forgot_password(wanted: ResetRequest, caller: CurrentCaller) -> Response:
    """The same answer whether or not there is such an account."""
    await service.ask_password_reset(wanted.email, caller=caller)
    return Response(status_code=202, headers=_NO_STORE)


@router.post(
    "/reset-password",
    status_code=204,
    operation_id="reset_password",
    summary="Set a new password by a mailed link",
    responses=problem_responses(429, 503),
)
async def reset_password(wanted: PasswordReset, caller: CurrentCaller) -> Response:
    """Ends every session, token and key of the account."""
    await service.reset_password_by_link(wanted.token, wanted.password, caller=caller)
    return Response(status_code=204, headers=_NO_STORE)


def _tokens(pair: TokenPair) -> Tokens:
    return Tokens(access_token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in)
