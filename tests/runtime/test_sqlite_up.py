"""The whole product on SQLite, in processes of its own: from an empty folder to a picture that looks like another."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.factories import jpeg_bytes
from tests.runtime.galleries import Gallery, free_port

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def gallery(scratch: Path) -> Iterator[Gallery]:
    """A gallery whose file is another than those in its data folder, and does not exist yet."""
    found = Gallery(scratch / "light", free_port(), {"DATABASE_URL": f"sqlite:///{scratch}/dev/dev.db"})
    # The small model of its own says what looks alike; the suite switches that off elsewhere.
    found.settings["EMBEDDING_MODEL"] = "postcard-mini/postcard-clip"
    yield found
    found.kill(*found.processes())


def test_everything_works_without_a_postgresql(gallery: Gallery, scratch: Path) -> None:
    gallery.start()
    file = scratch / "dev" / "dev.db"
    assert f"SQLite: {file}" in gallery.output
    assert not any("postgres" in process.name() for process in gallery.processes())
    assert file.stat().st_mode & 0o777 == 0o600
    with httpx.Client(base_url=f"http://localhost:{gallery.port}", timeout=30) as client:
        assert client.get("/health/db").json()["checks"]["database"]["kind"] == "sqlite"
        _sign_in(client, *gallery.admin())
        assert client.get("/").status_code == 200
        first, second = (_send(client, seed, title) for seed, title in ((1, "A harbour"), (2, "A mountain")))
        _until(lambda: client.get(f"/api/v1/images/{first}").json()["status"] == "ready")
        assert {first, second} == {card["id"] for card in client.get("/api/v1/images").json()["items"]}
        assert _found(client, "harbours") == [first]
        assert client.put(f"/api/v1/images/{first}/like").json()["likes"] == 1
        _until(lambda: _similar(client, first) == [second])
        made = _make(client)
        _until(lambda: client.get(f"/api/v1/generations/{made}").json()["status"] == "succeeded")
        assert client.get("/api/v1/admin/users").json()["items"][0]["username"] == "admin"
    assert "admin" in gallery.command("user", "list").stdout, "a command beside it finds the same file"
    _stop(gallery)

    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT likes FROM images WHERE likes > 0").fetchall() == [(1,)]
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    gallery.start()
    assert "Password" not in gallery.output, "the second start finds what the first has left"
    _stop(gallery)


def _sign_in(client: httpx.Client, username: str, password: str) -> None:
    tokens = client.post("/api/v1/auth/token", data={"username": username, "password": password})
    assert tokens.status_code == 200, tokens.text
    client.headers["Authorization"] = f"Bearer {tokens.json()['access_token']}"


def _send(client: httpx.Client, seed: int, title: str) -> str:
    picture = {"file": (f"{seed}.jpg", jpeg_bytes(seed=seed))}
    sent = client.post("/api/v1/images", files=picture, data={"visibility": "public", "title": title})
    assert sent.status_code == 201, sent.text
    return str(sent.json()["id"])


def _found(client: httpx.Client, words: str) -> list[Any]:
    return [card["id"] for card in client.get("/api/v1/images", params={"q": f'"{words}"'}).json()["items"]]


def _make(client: httpx.Client) -> str:
    """The id of a generation that the gallery's own small model does."""
    asked = client.post("/api/v1/generations", json={"prompt": "a red sun over a blue sea", "seed": 1})
    assert asked.status_code == 202, asked.text
    return str(asked.json()["id"])


def _similar(client: httpx.Client, image_id: str) -> list[Any]:
    return [card["id"] for card in client.get(f"/api/v1/images/{image_id}/similar").json()["items"]]


def _until(condition: Callable[[], bool]) -> None:
    """Wait for `condition`; the limit only ends a test that hangs."""
    deadline = time.monotonic() + 180
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _stop(gallery: Gallery) -> None:
    assert gallery.process
    psutil.Process(gallery.process.pid).terminate()
    assert gallery.process.wait(60) == 0, gallery.output
    assert not gallery.processes()
