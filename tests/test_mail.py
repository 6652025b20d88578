"""Letters by a real SMTP server: plain, with TLS, with a password, and when there is none."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clonegallery.errors import Unavailable
from clonegallery.log import configure_logging
from clonegallery.mail import Letter, OperatorLog, SmtpMailer, get_mailer, sends_mail
from clonegallery.settings import Settings
from tests.mailbox import PASSWORD, USER, free_port, mail_server, make_certificate

LETTER = Letter("eve@example.org", "Grüße · CloneGallery", "Hello,\n\nthe link: https://x.example/?token=abc\n", "link")
ENCODED = "let%20me%40through"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, which this process believes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate.pem"))
    return certificate


Hear = Callable[[], Callable[[], str]]


@pytest.fixture
def hear(capsys: pytest.CaptureFixture[str]) -> Iterator[Hear]:
    """Called in a test: log as the gallery does, of libraries too, into what is returned."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def listen() -> Callable[[], str]:
        configure_logging(Settings(_env_file=None, log_level="DEBUG"))
        return lambda: "".join(capsys.readouterr())

    yield listen
    root.handlers[:] = handlers
    root.setLevel(level)


def _mailer(url: str, sender: str = "") -> SmtpMailer:
    return SmtpMailer(Settings(_env_file=None, smtp_url=url, mail_from=sender))


async def test_a_letter_arrives_as_it_was_written() -> None:
    with mail_server() as mailbox:
        await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(LETTER)
        (letter,) = mailbox.letters
    assert (letter["To"], letter["Subject"]) == (LETTER.to, LETTER.subject)
    assert letter["From"] == "CloneGallery <clonegallery@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"]
    assert letter["Date"]
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert mailbox.recipients == [[LETTER.to]]


async def test_the_sender_is_the_operator_s() -> None:
    with mail_server() as mailbox:
        await _mailer(f"smtp://127.0.0.1:{mailbox.port}", "Us <us@gallery.example>").send(LETTER)
        assert mailbox.letters[0]["From"] == "Us <us@gallery.example>"


@pytest.mark.parametrize("to", ["ü@example.org", "o'hara=x@example.org", "a" * 64 + "@" + "b" * 60 + ".example.org"])
async def test_a_letter_goes_to_the_address_and_to_nobody_else(to: str) -> None:
    with mail_server() as mailbox:
        await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(Letter(to, "Hello", "Hello\n"))
        assert mailbox.recipients == [[to]]
        assert not {"Bcc", "Cc"} & set(mailbox.letters[0].keys())


@pytest.mark.parametrize("secret", ["to", "subject"])
async def test_a_line_break_makes_no_header(secret: str) -> None:
    odd = {"to": "eve@example.org", "subject": "Hello"} | {secret: "eve@example.org\r\nBcc: all@example.org"}
    with mail_server() as mailbox:
        with pytest.raises(ValueError, match=r"(?i)newline|linefeed|CR or LF"):
            await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(Letter(text="Hello\n", **odd))
        assert mailbox.letters == []


async def test_starttls_is_used_where_it_is_offered(trusted: Path) -> None:
    with mail_server(starttls=trusted) as mailbox:
        await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(LETTER)
        assert mailbox.by_tls == [True]


async def test_tls_from_the_start(trusted: Path) -> None:
    with mail_server(smtps=trusted) as mailbox:
        await _mailer(f"smtps://127.0.0.1:{mailbox.port}").send(LETTER)
        assert len(mailbox.letters) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_password_is_sent_decoded_and_over_tls_only(scheme: str, trusted: Path) -> None:
    tls = {"starttls": trusted, "auth_required": True} if scheme == "smtp" else {"smtps": trusted}
    with mail_server(**tls, auth_require_tls=scheme == "smtp") as mailbox:
        await _mailer(f"{scheme}://{USER}:{ENCODED}@127.0.0.1:{mailbox.port}").send(LETTER)
        assert mailbox.logins == [(USER, PASSWORD)]
        assert len(mailbox.letters) == 1


async def test_no_password_goes_to_a_server_without_tls() -> None:
    with mail_server(auth_require_tls=False) as mailbox:
        with pytest.raises(Unavailable):
            await _mailer(f"smtp://{USER}:{ENCODED}@127.0.0.1:{mailbox.port}").send(LETTER)
        assert (mailbox.logins, mailbox.letters) == ([], [])


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(certificate: Path) -> None:
    with mail_server(starttls=certificate) as mailbox:
        with pytest.raises(Unavailable):
            await _mailer(f"smtp://{USER}:{ENCODED}@127.0.0.1:{mailbox.port}").send(LETTER)
        assert (mailbox.logins, mailbox.letters) == ([], [])


async def test_a_wrong_password_is_told_without_the_password(trusted: Path, hear: Hear) -> None:
    said = hear()
    with mail_server(starttls=trusted, auth_required=True) as mailbox:
        with pytest.raises(Unavailable) as refused:
            await _mailer(f"smtp://{USER}:hunter2hunter2@127.0.0.1:{mailbox.port}").send(LETTER)
        assert mailbox.letters == []
    log = said()
    assert "letter not sent" in log
    assert "hunter2hunter2" not in log + refused.value.detail + repr(refused.value.__cause__)


@pytest.mark.parametrize("answer", ["451 try again later", "550 no such user", "554 spam"])
async def test_a_letter_that_is_refused_may_be_tried_again(answer: str) -> None:
    with mail_server() as mailbox:
        mailbox.refuse = answer
        with pytest.raises(Unavailable) as refused:
            await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(LETTER)
    assert refused.value.retryable
    assert answer not in refused.value.detail


async def test_a_server_that_is_away_is_unavailable_and_the_link_stays_out_of_the_log(hear: Hear) -> None:
    said = hear()
    with pytest.raises(Unavailable):
        await _mailer(f"smtp://127.0.0.1:{free_port()}").send(LETTER)
    log = said()
    assert "letter not sent" in log
    assert "token" not in log


async def test_a_letter_that_was_sent_leaves_no_link_and_no_address_in_the_log(hear: Hear) -> None:
    said = hear()
    with mail_server() as mailbox:
        await _mailer(f"smtp://127.0.0.1:{mailbox.port}").send(LETTER)
    log = said()
    assert "letter sent" in log
    assert "token=abc" not in log


async def test_without_a_server_the_operator_finds_the_link_in_the_log(services: None, hear: Hear) -> None:
    said = hear()
    assert not sends_mail()
    mailer = get_mailer()
    assert isinstance(mailer, OperatorLog)
    await mailer.send(Letter("eve@example.org", "Hello", "text", "https://gallery.example/x?token=abc"))
    log = said()
    assert "https://gallery.example/x?token=abc" in log
    assert "eve@example.org" in log
