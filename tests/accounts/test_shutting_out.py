"""Throwing out whoever got in: nothing that they did, asked for, or were just doing opens the account again."""

import pytest
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Scope
from clonegallery.db import unit_of_work
from clonegallery.errors import Invalid, NotSignedIn
from clonegallery.models.account import LoginSession, User
from clonegallery.models.credential import ApiKey, MailedLink, OAuthIdentity, Provider, RefreshToken
from tests.accounts.ground import AWAY, audit_lines, column, count, deliver, id_of, make, signed_in
from tests.factories import PASSWORD
from tests.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("database")

NEW = "another horse battery"


async def _shut_out(how: str) -> None:
    if how == "reset":
        await service.reset_password("bob")
    elif how == "changed":
        await service.change_password(await signed_in(), PASSWORD, NEW)
    else:
        await service.disable("bob")
        await service.enable("bob")


@pytest.mark.parametrize("how", ["reset", "changed", "disabled"])
async def test_everything_that_opens_an_account_ends_at_once_and_nobody_else_s(how: str, mailbox: Mailbox) -> None:
    for name in ("bob", "eve"):
        await make(name)
        viewer = await signed_in(name)
        await service.issue_tokens(name, PASSWORD)
        await service.create_api_key(viewer, name="key", scopes=[Scope.READ])
        await service.ask_verification(viewer)
        await service.ask_password_reset(f"{name}@example.org")
    await deliver()
    tables = (LoginSession, RefreshToken, ApiKey, MailedLink)
    assert [await count(table) for table in tables] == [4, 2, 2, 4]
    await _shut_out(how)
    browser = how == "changed"  # Whoever changes it in a browser goes on there.
    assert [await count(table) for table in tables] == [2 + browser, 1, 1, 2]


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("how", ["reset", "changed", "disabled"])
async def test_an_intruder_s_address_does_not_outlive_the_new_password(mailbox: Mailbox, how: str, sent: bool) -> None:
    """Whoever had the password asked for a letter to themselves; the owner's new one must end that, sent or waiting."""
    await make("bob")
    await service.ask_new_email(await signed_in(), "intruder@example.org", PASSWORD)
    if sent:
        await deliver()
    await _shut_out(how)
    await deliver()
    assert len(mailbox.letters) == sent
    if sent:
        with pytest.raises(Invalid) as refused:
            await service.verify_email(mailbox.token(), password=PASSWORD)
        assert "does not work any more" in refused.value.detail
    assert await column(col(User.email)) == ["bob@example.org"]


async def test_an_account_that_a_stranger_made_falls_to_whoever_reads_the_address(mailbox: Mailbox) -> None:
    """Whoever registers with somebody else's address keeps nothing once its reader sets a password."""
    squatter = await service.register_in_browser(
        email="victim@example.org", username="squatter", password=PASSWORD, caller=AWAY
    )
    await service.create_api_key(squatter.viewer, name="key", scopes=[Scope.READ])
    await _keep(OAuthIdentity(user_id=await id_of("squatter"), provider=Provider.GITHUB, subject="1"))
    await service.ask_password_reset("victim@example.org")
    await deliver()
    await service.reset_password_by_link(mailbox.token(), NEW)
    assert await service.viewer_for_session(squatter.token) is None
    assert (await count(ApiKey), await count(OAuthIdentity)) == (0, 0)
    assert len(await audit_lines("identity.unlinked")) == 1
    with pytest.raises(NotSignedIn):
        await service.sign_in("squatter", PASSWORD)


async def _keep(row: OAuthIdentity) -> None:
    async with unit_of_work() as work:
        work.session.add(row)
