"""API keys: shown once, stored as a hash, and never good for more than their scopes and their owner's role."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.api_keys import MAX_KEYS
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import ANONYMOUS, NewApiKey, Scope, Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from clonegallery.ids import new_id
from clonegallery.models.account import Role, User
from clonegallery.models.credential import ApiKey, Provider
from tests.accounts.ground import change, column, count, make, signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


async def _made(*scopes: Scope, viewer: Viewer | None = None) -> NewApiKey:
    owner = viewer or await signed_in()
    return await service.create_api_key(owner, name="key", scopes=scopes or (Scope.READ,))


async def test_a_key_is_shown_once_and_stored_as_a_hash() -> None:
    viewer = await signed_in()
    made = await _made(viewer=viewer)
    assert made.secret.startswith("cg_")
    assert made.key.prefix == made.secret[:10]
    assert made.secret not in repr(made)
    stored = [await column(col(getattr(ApiKey, name))) for name in ("token_hash", "prefix", "name")]
    assert made.secret[10:] not in str(stored)
    assert await service.list_api_keys(viewer) == [made.key]
    assert await service.api_key(viewer, made.key.id) == made.key


@pytest.mark.parametrize(
    ("role", "beyond"),
    [
        (Role.VISITOR, {Scope.GENERATE, Scope.MODERATE, Scope.ADMIN}),
        (Role.EDITOR, {Scope.ADMIN}),
        (Role.ADMIN, set()),
    ],
)
async def test_a_key_cannot_be_made_for_more_than_the_role(role: Role, beyond: set[Scope]) -> None:
    await change(User, role=role)
    viewer = await signed_in()
    for scope in Scope:
        if scope in beyond:
            with pytest.raises(Invalid) as refused:
                await _made(Scope.READ, scope, viewer=viewer)
            assert [error.field for error in refused.value.errors] == ["scopes"]
            assert scope in refused.value.detail
        else:
            assert (await _made(scope, viewer=viewer)).key.scopes == (scope,)


async def test_a_key_loses_what_its_owner_loses_and_never_gains() -> None:
    await change(User, role=Role.ADMIN)
    key = (await _made(*Scope)).secret
    reading = (await _made(Scope.READ)).secret
    assert (await service.viewer_for_bearer(key)).may(Permission.ADMIN)
    await change(User, role=Role.VISITOR)
    viewer = await service.viewer_for_bearer(key)
    assert {right for right in Permission if viewer.may(right)} == {Permission.LIKE, Permission.REPORT}
    with pytest.raises(NotAllowed):
        viewer.require(Permission.ADMIN)
    with pytest.raises(NotAllowed):
        await service.list_people(viewer)
    await change(User, role=Role.ADMIN)
    assert not [right for right in Permission if (await service.viewer_for_bearer(reading)).may(right)]


@pytest.mark.parametrize("scope", list(Scope))
async def test_each_scope_opens_its_own_rights_alone(scope: Scope) -> None:
    await change(User, role=Role.ADMIN)
    viewer = await service.viewer_for_bearer((await _made(scope)).secret)
    mine = {
        Scope.READ: set(),
        Scope.WRITE: {Permission.UPLOAD, Permission.EDIT_OWN, Permission.LIKE, Permission.REPORT},
        Scope.GENERATE: {Permission.GENERATE},
        Scope.MODERATE: {Permission.MODERATE},
        Scope.ADMIN: {Permission.ADMIN},
    }[scope]
    assert {right for right in Permission if viewer.may(right)} == mine


async def test_a_key_ends_when_it_says_and_when_it_is_revoked() -> None:
    viewer = await signed_in()
    until = utcnow() + timedelta(days=1)
    made = await service.create_api_key(viewer, name="key", scopes=[Scope.READ], expires_at=until)
    assert made.key.expires_at == until
    assert await service.viewer_for_bearer(made.secret)
    await change(ApiKey, expires_at=utcnow() - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(made.secret)
    assert [key.id for key in await service.list_api_keys(viewer)] == [made.key.id]
    await change(ApiKey, expires_at=None)
    await service.revoke_api_key(viewer, made.key.id)
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(made.secret)
    with pytest.raises(NotFound):
        await service.revoke_api_key(viewer, made.key.id)


async def test_somebody_else_s_key_is_not_there() -> None:
    await make("eve")
    made, eve = await _made(), await signed_in("eve")
    for key_id in (made.key.id, new_id()):
        with pytest.raises(NotFound):
            await service.api_key(eve, key_id)
        with pytest.raises(NotFound):
            await service.revoke_api_key(eve, key_id)
    assert await service.list_api_keys(eve) == []
    assert await service.viewer_for_bearer(made.secret)


async def test_a_key_does_nothing_that_only_its_person_may() -> None:
    await change(User, role=Role.ADMIN)
    made = await _made(*Scope)
    by_key = await service.viewer_for_bearer(made.secret)
    forbidden = [
        service.create_api_key(by_key, name="another", scopes=[Scope.READ]),
        service.list_api_keys(by_key),
        service.api_key(by_key, made.key.id),
        service.revoke_api_key(by_key, made.key.id),
        service.list_sessions(by_key),
        service.end_other_sessions(by_key),
        service.change_password(by_key, PASSWORD, "another horse battery"),
        service.ask_new_email(by_key, "eve@example.org", PASSWORD),
        service.ask_verification(by_key),
        service.update_account(by_key, username="robert"),
        service.unlink(by_key, Provider.GOOGLE),
        service.list_identities(by_key),
    ]
    for attempt in forbidden:
        with pytest.raises(NotAllowed):
            await attempt
    await service.sign_out(by_key)
    assert await service.viewer_for_bearer(made.secret)
    with pytest.raises(NotSignedIn):
        await service.create_api_key(ANONYMOUS, name="key", scopes=[Scope.READ])


@pytest.mark.parametrize(
    ("name", "scopes", "days", "fields"),
    [
        ("", [Scope.READ], 1, ["name"]),
        ("   ", [Scope.READ], 1, ["name"]),
        ("x" * 101, [Scope.READ], 1, ["name"]),
        ("nul\x00", [Scope.READ], 1, ["name"]),
        ("line\nbreak", [Scope.READ], 1, ["name"]),
        ("right\u202eto left", [Scope.READ], 1, ["name"]),
        ("\ud800", [Scope.READ], 1, ["name"]),
        ("key", [], 1, ["scopes"]),
        ("key", [Scope.READ], 0, ["expires_at"]),
        ("", [], -1, ["name", "scopes", "expires_at"]),
    ],
)
async def test_what_cannot_be_is_refused_by_field(name: str, scopes: list[Scope], days: int, fields: list[str]) -> None:
    viewer, until = await signed_in(), utcnow() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        await service.create_api_key(viewer, name=name, scopes=scopes, expires_at=until)
    assert [error.field for error in refused.value.errors] == fields
    assert await count(ApiKey) == 0


async def test_there_are_a_hundred_keys_at_most_however_many_ask_at_once() -> None:
    viewer = await signed_in()
    for _ in range(MAX_KEYS - 2):
        await _made(viewer=viewer)
    answers = await asyncio.gather(*(_made(viewer=viewer) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 4
    assert await count(ApiKey) == MAX_KEYS


@pytest.mark.parametrize("shut_out", ["reset", "disabled", "signed out"])
async def test_a_request_that_was_under_way_leaves_no_key_behind(shut_out: str) -> None:
    """Whoever was thrown out while asking for a key must not come back by it."""
    viewer = await signed_in()
    if shut_out == "reset":
        await service.reset_password("bob")
    elif shut_out == "disabled":
        await service.disable("bob")
    else:
        await service.sign_out(viewer)
    with pytest.raises(NotSignedIn):
        await _made(viewer=viewer)
    assert await count(ApiKey) == 0


async def test_a_new_password_ends_every_key() -> None:
    key = (await _made()).secret
    await service.reset_password("bob")
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(key)
    assert await count(ApiKey) == 0
