"""The embedded Valkey: started, taken over, stopped, and nothing forgotten for more than a second."""

from pathlib import Path

import psutil
import pytest
from redis import Redis

from clonegallery.errors import Unavailable
from clonegallery.runtime.valkey import Valkey


def test_it_is_taken_over_and_keeps_what_it_was_told(scratch: Path) -> None:
    folder = scratch / "it's valkey"
    server = Valkey(folder, scratch / "valkey.log")
    url = server.start()
    try:
        with Redis.from_url(url) as client:
            client.set("name", "value")
            pid = client.info()["process_id"]
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert set(client.config_get("notify-keyspace-events")["notify-keyspace-events"]) == set("K$sgxe")
            assert client.config_get("port")["port"] == "0"
        assert Valkey(folder, scratch / "valkey.log").start() == url
        with Redis.from_url(url) as client:
            assert client.info()["process_id"] == pid
        server.stop()
        assert not psutil.pid_exists(pid)
        server.start()
        with Redis.from_url(url) as client:
            assert client.get("name") == b"value"
    finally:
        server.stop()


def test_why_it_does_not_start_is_said(scratch: Path) -> None:
    folder = scratch / "broken-valkey"
    (folder / "appendonlydir").mkdir(parents=True)
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(Unavailable, match=r"(?s)Valkey did not start.*manifest"):
        Valkey(folder, scratch / "broken.log").start()
