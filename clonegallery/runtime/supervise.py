"""Web and worker under honcho: their lines on one terminal, and when one ends or Ctrl-C comes, all end."""

import logging
import os
import re
import shlex
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

from honcho.printer import Message, Printer

from clonegallery.errors import Unavailable
from clonegallery.inference.select import available
from clonegallery.runtime.leftovers import end_leftovers
from clonegallery.runtime.processes import bounded_manager
from clonegallery.settings import ROOT, Settings

_STOPPED_BY_HAND = {128 + signal.SIGINT, 128 + signal.SIGTERM}
_POLL_SECONDS = 0.2


def web_command(settings: Settings) -> list[str]:
    """The web process: pages, API and websocket on the one port."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", settings.host),
        *("--port", str(settings.port), "--workers", "1", "--workers-kill-timeout", "5", "--respawn-failed-workers"),
        *("--log-level", "warning"),
        "clonegallery.clonegallery:app",
    ]


def worker_command(settings: Settings) -> list[str]:
    """The background work: one keeper with `MEDIA_PROCESSES` children."""
    return [
        *(sys.executable, "-m", "workers.run", "--queue", "media"),
        *("--threads", str(settings.media_threads), "--processes", str(settings.media_processes)),
    ]


def maker_command() -> list[str]:
    """What makes pictures: one keeper with a child per CUDA device, or one child where there is none."""
    return [sys.executable, "-m", "workers.run", "--queue", "gpu"]


def process_environment(settings: Settings, base: Mapping[str, str]) -> dict[str, str]:
    """What both processes are told; `base` is the environment they inherit."""
    return {
        # Of a torchvision that nothing here needs it would say three times at each start that it is not there.
        "TRANSFORMERS_VERBOSITY": "error",
        **base,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "REFLEX_REDIS_URL": settings.redis_url,
        "DATA_DIR": str(settings.data_dir.resolve()),
        "PORT": str(settings.port),
        # Serve the compiled pages from the web process, as `reflex run --env prod` would, without Node.
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "PYTHONUNBUFFERED": "1",
    }


def supervise(settings: Settings, on_answer: Callable[[], None], beside: Callable[[], None]) -> None:
    """Run web and worker until Ctrl-C, SIGTERM or the end of one of them; `on_answer` runs once the web answers.

    `beside` runs in a thread meanwhile, and must end when told so by others: it is not waited for.
    Returns when everything has ended after Ctrl-C. Raises `Unavailable` when a process ended by itself.
    """
    printer = _Lines(settings.data_dir / "log", lambda: _watch(settings, on_answer), beside)
    manager = bounded_manager(printer)
    environment = process_environment(settings, os.environ)
    commands = [("web", web_command(settings)), ("worker", worker_command(settings))]
    if available(settings):
        commands.append(("maker", maker_command()))
    for name, command in commands:
        # `exec`: the shell that honcho starts becomes the process, instead of standing between it and its signals.
        manager.add_process(name, "exec " + shlex.join(command), env=environment, cwd=str(ROOT))
    signal.signal(signal.SIGHUP, _as_termination)
    try:
        manager.loop()
    except KeyError:
        manager.returncode = 128 + signal.SIGINT  # Ctrl-C in the instant before honcho knows its processes.
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # What follows only puts things away, and must not be cut short.
        end_leftovers(settings.data_dir.resolve())
    if manager.returncode not in _STOPPED_BY_HAND:
        raise Unavailable("One of the processes ended by itself, so everything was stopped; its last lines say why.")


def _as_termination(_number: int, _frame: FrameType | None) -> None:
    """A closed terminal is a wish to stop, not to be torn down."""
    os.kill(os.getpid(), signal.SIGTERM)


_ROUTINE = re.compile(rb'\[(info|debug) *\]|"level": ?"(info|debug)"')
_LOG_BYTES = 10 * 1024 * 1024


class _Lines(Printer):
    """Prints what the processes say, the routine of it only into `folder`, so that the welcome stays in sight.

    Each of `beside` runs in a thread from the first line on: honcho has forked by then, and before it none
    would be safe.
    """

    def __init__(self, folder: Path, *beside: Callable[[], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = RotatingFileHandler(folder / "processes.log", maxBytes=_LOG_BYTES, backupCount=2)
        super().__init__(sys.stdout)  # type: ignore[no-untyped-call] # honcho has no annotations.
        self._threads = [threading.Thread(target=each, daemon=True) for each in beside]

    def write(self, message: Message) -> None:
        while self._threads:
            self._threads.pop().start()
        said = message.data if isinstance(message.data, bytes) else message.data.encode()
        text = f"{message.name} | {said.decode(errors='replace').rstrip()}"
        self._file.emit(logging.LogRecord("", logging.INFO, "", 0, text, None, None))
        if _ROUTINE.search(said):
            return
        # A closed terminal must not keep the processes from being stopped properly, nor must a signal in the midst of
        # a line, whose handler has a line to print as well: Python refuses that one.
        with suppress(OSError, RuntimeError):
            super().write(message)  # type: ignore[no-untyped-call] # As above.


def _watch(settings: Settings, on_answer: Callable[[], None]) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host  # noqa: S104 Compared, not bound.
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    while not answers(f"{address}:{settings.port}/health"):
        time.sleep(_POLL_SECONDS)
    on_answer()


def answers(url: str) -> bool:
    """Does `url` answer with success within 3 seconds? Proxies are for other hosts, and are not asked."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=3) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
