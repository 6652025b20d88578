"""Whose account a provider's identity opens: provider and subject are the key, an address helps the first time only."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.schemas import Caller, ProvenIdentity, Provider, SignInMethod, Viewer
from clonegallery.db import reading
from clonegallery.errors import Conflict, NotAllowed, NotFound, NotSignedIn, RegistrationClosed, UnverifiedAccount
from clonegallery.models.account import LoginSession, Role, User
from clonegallery.models.audit import AuditEntry
from clonegallery.models.credential import OAuthIdentity
from clonegallery.settings import get_settings
from tests.conftest import Services, both_databases
from tests.factories import PASSWORD
from tests.providers.grants import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.usefixtures("database")

_CALLER = Caller("203.0.113.7", "Firefox")


@pytest.fixture(autouse=True)
def _both_set_up(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("GOOGLE", "GITHUB"):
        monkeypatch.setenv(f"{name}_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv(f"{name}_CLIENT_SECRET", CLIENT_SECRET)
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def _identity(
    subject: str = "1", *, email: str = "ada@example.org", name: str = "ada", provider: Provider = Provider.GOOGLE
) -> ProvenIdentity:
    return ProvenIdentity(provider, subject, email, name)


async def _bob(*, verified: bool) -> UUID:
    made = await service.create_user(
        email="bob@example.org", username="bob", password=PASSWORD, role=Role.EDITOR, email_verified=verified
    )
    return made.id


async def _bob_s_viewer() -> Viewer:
    return (await service.sign_in("bob", PASSWORD)).viewer


async def _count(table: type[User] | type[OAuthIdentity]) -> int:
    async with reading() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def _audited() -> list[tuple[str, UUID | None, dict[str, object]]]:
    async with reading() as connection:
        columns = (col(AuditEntry.action), col(AuditEntry.subject_id), col(AuditEntry.detail))
        found = await connection.execute(select(*columns).order_by(col(AuditEntry.at), col(AuditEntry.id)))
        return [(action, subject, detail) for action, subject, detail in found]


async def test_provider_and_subject_are_the_key() -> None:
    ada = (await service.sign_in_with(_identity("1"))).viewer
    assert (await service.sign_in_with(_identity("1", email="new@example.org", name="other"))).viewer.id == ada.id
    others = [
        (await service.sign_in_with(_identity("2", email="two@example.org"))).viewer.id,
        (await service.sign_in_with(_identity("1", email="git@example.org", provider=Provider.GITHUB))).viewer.id,
    ]
    assert len({ada.id, *others}) == 3


async def test_a_new_address_at_the_provider_changes_what_is_shown_and_not_the_account() -> None:
    first = (await service.sign_in_with(_identity())).viewer
    await _bob(verified=True)
    again = (await service.sign_in_with(_identity(email="bob@example.org"))).viewer
    assert (again.id, again.email) == (first.id, "ada@example.org")
    [shown] = await service.list_identities(again)
    assert shown.email == "bob@example.org"
    assert shown.last_used_at is not None


@pytest.mark.parametrize("role", ["Visitor", "Editor"])
async def test_a_new_account_has_the_default_role_and_no_password(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("OAUTH_DEFAULT_ROLE", role)
    get_settings.cache_clear()
    signed_in = await service.sign_in_with(_identity(), caller=_CALLER)
    assert (signed_in.viewer.role, signed_in.viewer.email_verified) == (role, True)
    with pytest.raises(NotSignedIn):
        await service.sign_in("ada", "")
    async with reading() as connection:
        row = (await connection.execute(select(col(LoginSession.method), col(LoginSession.address)))).one()
    assert row == (SignInMethod.GOOGLE, "203.0.113.7")
    assert [action for action, subject, _ in await _audited() if subject == signed_in.viewer.id] == [
        AuditAction.ACCOUNT_CREATED,
        AuditAction.IDENTITY_LINKED,
        AuditAction.SIGNED_IN,
        AuditAction.SIGN_IN_FAILED,
    ]


async def test_an_admin_stays_admin_whatever_the_default_role_is() -> None:
    await service.create_user(
        email="root@example.org", username="root", password=PASSWORD, role=Role.ADMIN, email_verified=True
    )
    assert (await service.sign_in_with(_identity(email="ROOT@example.org"))).viewer.role is Role.ADMIN


async def test_an_account_that_verified_its_address_is_linked_and_known_from_then_on() -> None:
    bob = await _bob(verified=True)
    assert (await service.sign_in_with(_identity(email="Bob@Example.org"))).viewer.id == bob
    assert (await service.sign_in_with(_identity(email="elsewhere@example.org"))).viewer.id == bob
    assert await _count(User) == 1


async def test_an_account_that_did_not_is_not_and_nothing_is_left_behind() -> None:
    """Else whoever registered with somebody else's address would share the account with its reader."""
    bob = await _bob(verified=False)
    with pytest.raises(UnverifiedAccount):
        await service.sign_in_with(_identity(email="bob@example.org"), caller=_CALLER)
    assert await _count(OAuthIdentity) == 0
    refused = {"reason": "unverified_account", "provider": "google"}
    assert (AuditAction.SIGN_IN_FAILED, bob, refused) in await _audited()


@both_databases
async def test_an_account_has_one_identity_of_a_provider() -> None:
    await service.sign_in_with(_identity("1"))
    with pytest.raises(Conflict):
        await service.sign_in_with(_identity("2"))
    assert await _count(OAuthIdentity) == await _count(User) == 1


@pytest.mark.parametrize(
    ("name", "email", "username"),
    [
        ("octocat", "a@example.org", "octocat"),
        ("Ada Lovelace", "a@example.org", "Ada-Lovelace"),
        ("李小龙", "bruce@example.org", "bruce"),
        ("", "x@example.org", "visitor"),
        ("me", "anonymous@example.org", "visitor"),
        ("-._x" * 30, "a@example.org", "x-._x-._x-._x-._x-._x-._x-._x-._x-._x"),
        ("../../etc/passwd\x00", "a@example.org", "etc-passwd"),
    ],
)
async def test_a_username_is_chosen_from_what_there_is(name: str, email: str, username: str) -> None:
    assert (await service.sign_in_with(_identity(name=name, email=email))).viewer.username == username


async def test_a_username_that_is_taken_gets_a_number() -> None:
    await service.create_user(email="other@example.org", username="ADA", password=PASSWORD)
    await service.create_user(email="third@example.org", username="ada3", password=PASSWORD)
    chosen = [
        (await service.sign_in_with(_identity(str(number), email=f"ada{number}@example.org"))).viewer.username
        for number in range(3)
    ]
    assert chosen == ["ada2", "ada4", "ada5"]


async def test_two_tabs_of_somebody_new_make_one_account() -> None:
    signed_in = await asyncio.gather(*(service.sign_in_with(_identity()) for _ in range(4)))
    assert len({one.viewer.id for one in signed_in}) == await _count(User) == await _count(OAuthIdentity) == 1


async def test_a_disabled_account_is_refused_however_it_is_found() -> None:
    bob = await _bob(verified=True)
    await service.disable("bob")
    with pytest.raises(NotAllowed):
        await service.sign_in_with(_identity(email="bob@example.org"))
    assert await _count(OAuthIdentity) == 0
    await service.enable("bob")
    await service.sign_in_with(_identity(email="bob@example.org"))
    await service.disable("bob")
    with pytest.raises(NotAllowed):
        await service.sign_in_with(_identity(email="bob@example.org"))
    refused = [subject for action, subject, _ in await _audited() if action == AuditAction.SIGN_IN_FAILED]
    assert refused == [bob, bob]


async def test_closed_registration_is_closed_to_those_who_come_by_a_provider(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await service.sign_in_with(_identity("1"))
    monkeypatch.setenv("REGISTRATION_OPEN", "0")
    get_settings.cache_clear()
    await service.sign_in_with(_identity("1"))
    with pytest.raises(RegistrationClosed):
        await service.sign_in_with(_identity("2", email="new@example.org"))
    assert await _count(User) == 1


async def test_linking_needs_no_address_in_common() -> None:
    bob = await _bob(verified=False)
    viewer = await _bob_s_viewer()
    for _ in range(2):
        await service.link(viewer, _identity(email="elsewhere@example.org"))
    assert [one.provider for one in await service.list_identities(viewer)] == [Provider.GOOGLE]
    assert (await service.sign_in_with(_identity())).viewer.id == bob


@both_databases
async def test_what_opens_another_account_or_is_a_second_one_is_not_linked() -> None:
    ada = (await service.sign_in_with(_identity("1"))).viewer
    bob = await _bob(verified=True)
    viewer = await _bob_s_viewer()
    with pytest.raises(Conflict):
        await service.link(viewer, _identity("1"), caller=_CALLER)
    await service.link(viewer, _identity("2"))
    with pytest.raises(Conflict):
        await service.link(viewer, _identity("3"))
    assert (await service.sign_in_with(_identity("1"))).viewer.id == ada.id
    refused = [subject for action, subject, _ in await _audited() if action == AuditAction.IDENTITY_LINK_FAILED]
    assert refused == [bob, bob]


async def test_a_stranger_links_nothing() -> None:
    with pytest.raises(NotSignedIn):
        await service.link(Viewer(), _identity())


async def test_unlinking_ends_that_way_in_alone() -> None:
    await _bob(verified=True)
    viewer = await _bob_s_viewer()
    await service.link(viewer, _identity(email="bob@example.org"))
    await service.unlink(viewer, Provider.GOOGLE)
    assert await service.list_identities(viewer) == []
    with pytest.raises(NotFound):
        await service.unlink(viewer, Provider.GOOGLE)
    assert (await service.sign_in("bob", PASSWORD)).viewer.id == viewer.id


async def test_the_last_way_in_cannot_be_unlinked() -> None:
    viewer = (await service.sign_in_with(_identity())).viewer
    with pytest.raises(Conflict):
        await service.unlink(viewer, Provider.GOOGLE)
    await service.link(viewer, _identity("7", provider=Provider.GITHUB))
    await service.unlink(viewer, Provider.GOOGLE)
    with pytest.raises(Conflict):
        await service.unlink(viewer, Provider.GITHUB)


async def test_a_provider_that_is_not_set_up_any_more_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = (await service.sign_in_with(_identity())).viewer
    await service.link(viewer, _identity("7", provider=Provider.GITHUB))
    for name in ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    with pytest.raises(Conflict):
        await service.unlink(viewer, Provider.GOOGLE)
    await service.unlink(viewer, Provider.GITHUB)
