"""Rate limits over the Unix socket of the server that the gallery brings along."""

import tempfile
from pathlib import Path

import pytest

from clonegallery import events, throttle
from clonegallery.errors import TooManyRequests
from clonegallery.runtime.valkey import Valkey
from clonegallery.settings import get_settings
from clonegallery.throttle import Bucket

pytestmark = pytest.mark.usefixtures("database")


async def test_it_counts_over_a_unix_socket_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="cgt-") as folder:  # A socket's path may have 107 characters only.
        server = Valkey(Path(folder), tmp_path / "valkey.log")
        monkeypatch.setenv("REDIS_URL", server.start())
        get_settings.cache_clear()
        await events.close_redis()
        try:
            shortest = throttle._limits(Bucket.SIGN_IN)[0]
            for _ in range(shortest.amount):
                await throttle.take(Bucket.SIGN_IN, "bob")
            with pytest.raises(TooManyRequests):
                await throttle.check(Bucket.SIGN_IN, "bob")
        finally:
            await events.close_redis()
            server.stop()
            monkeypatch.undo()
            get_settings.cache_clear()
