"""The page build: Python pages to static files, by the Node that came as a Python package, when a source changed."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clonegallery.errors import Unavailable
from clonegallery.runtime.progress import Step
from clonegallery.settings import ROOT

_WEB = ROOT / ".web"
_STAMP = _WEB / "clonegallery-build"
_CLIENT = _WEB / "build" / "client" / "index.html"
_SOURCES = ("assets", "clonegallery", "reflex.lock", "requirements.txt", "rxconfig.py")
_NOT_PAGES = ("clonegallery/demo/", "clonegallery/runtime/", "clonegallery/cli.py", "assets/external/")
_LAST_LINES = 20


def ensure_pages(step: Step, log: Path) -> bool:
    """Build the pages unless the build that is there came from these very sources; true when they were built.

    Raises `Unavailable` with the build's last lines when it fails; its whole output is in `log`.
    """
    with _only_builder():
        wanted = sources_digest()
        if _CLIENT.exists() and _STAMP.exists() and _STAMP.read_text() == wanted:
            return False
        # Gone first and written last: an interrupted build is never taken for a finished one.
        _STAMP.unlink(missing_ok=True)
        _build(step, log)
        _STAMP.write_text(wanted)
        return True


def sources_digest() -> str:
    """A digest of everything the pages are made of."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_source_files()):
        name = path.relative_to(ROOT).as_posix()
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    for source in _SOURCES:
        path = ROOT / source
        for file in path.rglob("*") if path.is_dir() else [path]:
            name = file.relative_to(ROOT).as_posix()
            if file.is_file() and "__pycache__" not in name and not name.startswith(_NOT_PAGES):
                yield file


def _build(step: Step, log: Path) -> None:
    step.note("once; half a minute or two")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        # A session of its own, so that npm's and Node's own children can be ended with it.
        child = subprocess.Popen(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while child.poll() is None:
                step.note(_last_lines(log, 1)[:60])
                time.sleep(0.2)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if child.returncode or not _CLIENT.exists():
        said = _last_lines(log, _LAST_LINES)
        raise Unavailable(f"The pages could not be built. The end of {log}:\n{said}")


def _environment() -> dict[str, str]:
    """Node by its Python package before any other; no reports and no look for newer versions, which need the internet."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    ours = {"REFLEX_USE_NPM": "1", "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "false"}
    return {**os.environ, **ours, "PATH": path, "NO_COLOR": "1", "npm_config_update_notifier": "false"}


def _last_lines(log: Path, count: int) -> str:
    with log.open(errors="replace") as file:
        lines = deque((line.strip() for line in file if line.strip()), maxlen=count)
    return "\n".join(lines)


@contextmanager
def _only_builder() -> Iterator[None]:
    """Two builds in one checkout would write over each other. The lock is on a source, which is always there."""
    with (ROOT / "rxconfig.py").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
