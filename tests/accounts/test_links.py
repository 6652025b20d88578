"""Mailed links, really mailed: who gets them, what they open, and that they open it once."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlmodel import col

from clonegallery.accounts import passwords, service
from clonegallery.accounts.schemas import ANONYMOUS, Scope, Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import Conflict, Invalid, NotSignedIn, TooManyRequests
from clonegallery.models.account import User
from clonegallery.models.credential import LinkPurpose, MailedLink
from clonegallery.models.job import Job
from clonegallery.settings import get_settings
from tests.accounts.ground import AWAY, HOME, audit_lines, change, column, count, deliver, make, signed_in
from tests.factories import PASSWORD
from tests.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("database")

NEW = "another horse battery"


@pytest.fixture
async def bob(database: None) -> Viewer:
    await make("bob")
    return await signed_in()


async def _verification(mailbox: Mailbox, viewer: Viewer) -> str:
    await service.ask_verification(viewer, caller=HOME)
    await deliver()
    return mailbox.token()


async def _reset(mailbox: Mailbox, email: str = "bob@example.org") -> str:
    await service.ask_password_reset(email, caller=HOME)
    await deliver()
    return mailbox.token()


async def _verified() -> bool:
    return bool((await column(col(User.email_verified)))[0])


async def test_a_link_verifies_the_address_once(mailbox: Mailbox, bob: Viewer) -> None:
    token = await _verification(mailbox, bob)
    letter = mailbox.letters[-1]
    assert letter["To"] == "bob@example.org"
    assert "bob" in letter.get_content()
    assert urlsplit(mailbox.link())[:3] == ("http", urlsplit(get_settings().origin).netloc, "/verify-email")
    assert not await _verified()
    await service.verify_email(token, viewer=bob, caller=AWAY)
    assert await _verified()
    with pytest.raises(Invalid):
        await service.verify_email(token)
    (line,) = await audit_lines("account.email_verified")
    assert (line.subject_id, line.address) == (bob.id, AWAY.address)


async def test_away_from_one_s_sign_in_the_password_says_whose_account_it_is(mailbox: Mailbox, bob: Viewer) -> None:
    """A stranger may have made the account with this address: its reader must not vouch for them by one press."""
    token = await _verification(mailbox, bob)
    await make("carol")
    for viewer in (ANONYMOUS, await signed_in("carol")):
        for password in ("", "wrong horse battery"):
            with pytest.raises(Invalid) as refused:
                await service.verify_email(token, viewer=viewer, password=password, caller=AWAY)
            assert [error.field for error in refused.value.errors] == ["password"]
    assert not any(await column(col(User.email_verified)))
    await service.verify_email(token, password=PASSWORD, caller=AWAY)
    assert sorted(await column(col(User.email_verified))) == [False, True]


async def test_a_link_is_no_way_to_guess_a_password(mailbox: Mailbox, bob: Viewer) -> None:
    token = await _verification(mailbox, bob)
    refused: list[type[Exception]] = []
    for attempt in range(50):
        with pytest.raises((Invalid, TooManyRequests)) as said:
            await service.verify_email(token, password=f"wrong horse {attempt}", caller=AWAY)
        refused.append(said.type)
    assert Invalid in refused[:3]
    assert refused[-1] is TooManyRequests
    assert not await _verified()


async def test_the_secret_is_in_the_letter_alone(mailbox: Mailbox, bob: Viewer) -> None:
    token = await _verification(mailbox, bob)
    kept = [await column(col(MailedLink.token_hash)), await column(col(Job.payload)), await audit_lines()]
    assert token not in repr(kept)


async def test_a_reset_by_link_ends_everything_and_proves_the_address(mailbox: Mailbox, bob: Viewer) -> None:
    cookie, program = (await service.sign_in("bob", PASSWORD)).token, await service.issue_tokens("bob", PASSWORD)
    key = await service.create_api_key(bob, name="key", scopes=[Scope.READ])
    token = await _reset(mailbox)
    await service.reset_password_by_link(token, NEW, caller=AWAY)
    assert await service.viewer_for_session(cookie) is None
    for bearer in (program.access_token, key.secret):
        with pytest.raises(NotSignedIn):
            await service.viewer_for_bearer(bearer)
    with pytest.raises(NotSignedIn):
        await service.refresh(program.refresh_token)
    with pytest.raises(NotSignedIn):
        await service.sign_in("bob", PASSWORD)
    assert (await service.sign_in("bob", NEW)).viewer.email_verified
    with pytest.raises(Invalid):
        await service.reset_password_by_link(token, "a third horse battery")
    asked, done = await audit_lines("password.reset_asked"), await audit_lines("password.reset")
    assert [(line.subject_id, line.address) for line in (*asked, *done)] == [
        (bob.id, HOME.address), (bob.id, AWAY.address),
    ]  # fmt: skip


async def test_a_refused_password_leaves_the_link_usable(mailbox: Mailbox, bob: Viewer) -> None:
    token = await _reset(mailbox)
    with pytest.raises(Invalid) as refused:
        await service.reset_password_by_link(token, "short")
    assert [error.field for error in refused.value.errors] == ["password"]
    await service.reset_password_by_link(token, NEW)


async def test_of_many_who_follow_a_link_at_once_one_is_let_in(mailbox: Mailbox, bob: Viewer) -> None:
    token = await _reset(mailbox)
    wanted = [f"{number} horses and a battery" for number in range(6)]
    answers = await asyncio.gather(
        *(service.reset_password_by_link(token, password) for password in wanted), return_exceptions=True
    )
    assert [type(answer) for answer in answers if answer is not None] == [Invalid] * 5
    assert await service.sign_in("bob", wanted[answers.index(None)])


@pytest.mark.parametrize("purpose", list(LinkPurpose))
@pytest.mark.parametrize("over", ["expired", "other purpose", "shut out", "newer", "made up", "empty", "odd"])
async def test_a_dead_link_opens_nothing(mailbox: Mailbox, bob: Viewer, purpose: LinkPurpose, over: str) -> None:
    make_one = _reset if purpose is LinkPurpose.RESET_PASSWORD else lambda box: _verification(box, bob)
    token = await make_one(mailbox)
    if over == "expired":
        await change(MailedLink, expires_at=utcnow() - timedelta(seconds=1))
    elif over == "other purpose":
        await change(MailedLink, purpose=next(other for other in LinkPurpose if other is not purpose))
    elif over == "shut out":
        await change(User, is_active=False)
    elif over == "newer":
        await make_one(mailbox)
    else:
        token = {"made up": "A" * 43, "empty": "", "odd": "\ud800\x00"}[over]
    with pytest.raises(Invalid) as refused:
        await _follow(purpose, token)
    assert "does not work any more" in refused.value.detail
    assert not await _verified()
    await change(User, is_active=True)
    assert await service.sign_in("bob", PASSWORD)


async def _follow(purpose: LinkPurpose, token: str) -> None:
    if purpose is LinkPurpose.RESET_PASSWORD:
        await service.reset_password_by_link(token, NEW)
    else:
        await service.verify_email(token, password=PASSWORD)


async def test_strangers_cannot_have_passwords_hashed(monkeypatch: pytest.MonkeyPatch, bob: Viewer) -> None:
    hashed: list[str] = []

    async def counted(password: str) -> str:
        hashed.append(password)
        return "no hash"

    monkeypatch.setattr(passwords, "hash_password", counted)
    with pytest.raises(Invalid):
        await service.reset_password_by_link("A" * 43, NEW)
    assert hashed == []


@pytest.mark.parametrize("email", ["nobody@example.org", "shut-out@example.org"])
async def test_nobody_gets_a_letter_where_there_is_no_account(mailbox: Mailbox, bob: Viewer, email: str) -> None:
    await make("shut-out")
    await service.disable("shut-out")
    await service.ask_password_reset(email, caller=HOME)
    assert await count(Job) == 1
    await deliver()
    assert mailbox.letters == []
    assert await audit_lines("password.reset_asked") == []


@pytest.mark.parametrize("typed", ["BOB@example.org", "bob@EXAMPLE.org"])
async def test_a_reset_goes_to_the_account_s_own_address_however_it_was_typed(
    mailbox: Mailbox, bob: Viewer, typed: str
) -> None:
    await _reset(mailbox, typed)
    assert mailbox.recipients == [["bob@example.org"]]


@pytest.mark.parametrize(
    "email",
    ["", "bob", "bob@example.org\r\nBcc: eve@example.org", "bob@example.org,eve@example.org", "\u0130@example.org"],
)
async def test_what_is_no_address_is_refused_before_anything(email: str) -> None:
    with pytest.raises(Invalid):
        await service.ask_password_reset(email, caller=HOME)
    assert await count(Job) == 0


async def test_another_address_is_taken_by_its_link_and_the_old_reset_is_void(mailbox: Mailbox, bob: Viewer) -> None:
    old = await _reset(mailbox)
    await service.ask_new_email(bob, "robert@example.org", PASSWORD)
    await deliver()
    assert mailbox.recipients[-1] == ["robert@example.org"]
    await service.verify_email(mailbox.token(), password=PASSWORD)
    assert await column(col(User.email)) == ["robert@example.org"]
    with pytest.raises(Invalid):
        await service.reset_password_by_link(old, NEW)
    assert len(await audit_lines("account.email_changed")) == 1


async def test_an_address_that_somebody_took_meanwhile_is_a_conflict(mailbox: Mailbox, bob: Viewer) -> None:
    await service.ask_new_email(bob, "robert@example.org", PASSWORD)
    await deliver()
    await service.create_user(email="ROBERT@example.org", username="robert", password=PASSWORD)
    with pytest.raises(Conflict):
        await service.verify_email(mailbox.token(), viewer=bob)
    assert "bob@example.org" in await column(col(User.email))


async def test_a_server_that_is_away_is_tried_again(mailbox: Mailbox, bob: Viewer) -> None:
    mailbox.refuse = "451 later"
    await service.ask_password_reset("bob@example.org", caller=HOME)
    await deliver()
    assert mailbox.letters == []
    assert await column(col(Job.status)) == ["queued"]
    assert len(await audit_lines("password.reset_asked")) == 1
    mailbox.refuse = ""
    await change(Job, run_after=utcnow())
    await deliver()
    assert await column(col(Job.status)) == ["succeeded"]
    await service.reset_password_by_link(mailbox.token(), NEW)
    assert len(await audit_lines("password.reset_asked")) == 1


async def test_letters_are_few_whoever_asks(bob: Viewer) -> None:
    for _ in range(5):
        await service.ask_password_reset("bob@example.org", caller=AWAY)
    for email in ("bob@example.org", "eve@example.org"):
        with pytest.raises(TooManyRequests) as refused:
            await service.ask_password_reset(email, caller=AWAY)
        assert refused.value.retry_after
    with pytest.raises(TooManyRequests):
        await service.ask_password_reset("BOB@example.org", caller=HOME)
    await service.ask_password_reset("eve@example.org", caller=HOME)
    for _ in range(5):
        await service.ask_verification(bob, caller=HOME)
    with pytest.raises(TooManyRequests):
        await service.ask_verification(bob, caller=AWAY)


async def test_without_a_mail_server_the_operator_finds_the_link(
    bob: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    await service.ask_password_reset("bob@example.org", caller=HOME)
    await deliver()
    out = capsys.readouterr().out
    assert "no SMTP_URL" in out
    token = out.partition("reset-password?token=")[2][:43]
    await service.reset_password_by_link(token, NEW)


async def test_the_sweep_removes_links_that_are_over(mailbox: Mailbox, bob: Viewer) -> None:
    await _verification(mailbox, bob)
    assert await service.remove_expired_links() == 0
    await change(MailedLink, expires_at=utcnow() - timedelta(seconds=1))
    assert await service.remove_expired_links() == 1
    assert await count(MailedLink) == 0
