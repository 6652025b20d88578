"""A mail server for whoever wants one."""

from collections.abc import Iterator

import pytest

from clonegallery.settings import get_settings
from tests.mailbox import Mailbox, mail_server


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server, which the gallery uses."""
    with mail_server() as server:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        get_settings.cache_clear()
        yield server
    monkeypatch.undo()
    get_settings.cache_clear()
