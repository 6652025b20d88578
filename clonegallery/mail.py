"""Letters to people: by SMTP where `SMTP_URL` names a server, else into the operator's log."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from clonegallery.errors import Unavailable
from clonegallery.log import get_logger
from clonegallery.settings import Settings, get_settings

log = get_logger(__name__)

_SECONDS = 20.0
_DEFAULT_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of plain text; `link` is what it is about, and stands in `text`, too."""

    to: str
    subject: str
    text: str
    link: str = ""


class Mailer(Protocol):
    """Sends letters."""

    async def send(self, letter: Letter) -> None:
        """Hand `letter` over. Raises `Unavailable` when that fails: trying again later may help."""


class SmtpMailer:
    """By SMTP (RFC 5321): `smtps://` is TLS from the start, `smtp://` upgrades by STARTTLS where the server offers it.

    With a user name in the address TLS is required: a password must not travel in the clear.
    """

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.smtp_url.get_secret_value())
        self._host = parts.hostname or ""
        self._port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self._tls = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = settings.mail_from or f"CloneGallery <clonegallery@{urlsplit(settings.origin).hostname}>"

    async def send(self, letter: Letter) -> None:
        try:
            await aiosmtplib.send(
                self._message(letter),
                recipients=[letter.to],  # Not what a parser of headers makes of it.
                hostname=self._host,
                port=self._port,
                username=self._user or None,
                password=self._password or None,
                use_tls=self._tls,
                # None upgrades where that is offered; True insists.
                start_tls=False if self._tls else (True if self._user else None),
                tls_context=ssl.create_default_context(),
                timeout=_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("letter not sent", host=self._host, cause=type(error).__name__, reason=str(error)[:300])
            raise Unavailable("The mail server did not take the letter.") from error
        log.info("letter sent", subject=letter.subject)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, letter.to, letter.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="clonegallery")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message


class OperatorLog:
    """Without a mail server the operator passes the link on: it stands in the log, as a warning so that it shows."""

    async def send(self, letter: Letter) -> None:
        log.warning("no SMTP_URL: pass this link on by hand", to=letter.to, subject=letter.subject, link=letter.link)


def get_mailer() -> Mailer:
    """How this gallery sends letters."""
    return SmtpMailer(get_settings()) if sends_mail() else OperatorLog()


def sends_mail() -> bool:
    """Whether letters reach people by themselves."""
    return bool(get_settings().smtp_url.get_secret_value())
