"""A real SMTP server for tests, plain or with TLS, that keeps what it is given."""

import logging
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clonegallery.clock import utcnow

USER, PASSWORD = "postman", "let me@through"


@dataclass(slots=True)
class Mailbox:
    """What arrived: the letters, who each was for, and whether somebody signed in over TLS."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    by_tls: list[bool] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name.
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.letters.append(parsed)
        self.recipients.append([str(address) for address in envelope.rcpt_tos])
        self.by_tls.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        right = self.logins[-1] == (USER, PASSWORD)
        return AuthResult(success=right, handled=right)

    def link(self, number: int = -1) -> str:
        """The address in a letter."""
        text = self.letters[number].get_content()
        found = re.search(r"https?://\S+token=\S+", text)
        assert found is not None, text
        return found.group()

    def token(self, number: int = -1) -> str:
        """The secret in a letter's link."""
        return self.link(number).partition("token=")[2]


@contextmanager
def mail_server(*, smtps: Path | None = None, starttls: Path | None = None, **options: Any) -> Iterator[Mailbox]:
    """A server on 127.0.0.1; `smtps` and `starttls` name a folder with its certificate."""
    mailbox = Mailbox(free_port())
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        ssl_context=_context(smtps) if smtps else None,
        tls_context=_context(starttls) if starttls else None,
        authenticator=mailbox.authenticate,
        enable_SMTPUTF8=True,
        **options,
    )
    # What the server says of itself is not what the gallery logs.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1, its own authority, and its key; returns the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utcnow() - timedelta(days=1))
        .not_valid_after(utcnow() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
