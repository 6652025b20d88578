"""The page build: Python pages to static files, by the Node that came as a Python package, when a source changed."""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clonegallery.errors import Unavailable
from clonegallery.runtime.progress import Step
from clonegallery.settings import ROOT

_SOURCES = ("assets", "clonegallery", "reflex.lock", "requirements.txt", "rxconfig.py")
_NOT_PAGES = ("clonegallery/demo/", "clonegallery/runtime/", "clonegallery/cli.py", "assets/external/")
_EXPORT = (sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip")
_LAST_LINES = 20
_NO_BARS = dict.fromkeys(map(ord, "━─╸╺"))
"""The build draws bars of its own, which say nothing in a line that moves already."""


@dataclass(frozen=True, slots=True)
class PageBuild:
    """The pages of the checkout in `root`, built by `command`, whose whole output goes to `log`."""

    log: Path
    root: Path = ROOT
    command: tuple[str, ...] = _EXPORT

    def ensure(self, step: Step) -> bool:
        """Build the pages unless the build that is there came from these very sources; true when they were built.

        Raises `Unavailable` with the build's last lines when it fails.
        """
        with self._alone():
            wanted = self._sources_digest()
            if self._index.exists() and self._stamp.exists() and self._stamp.read_text() == wanted:
                return False
            # Gone first and written last: an interrupted build is never taken for a finished one.
            self._stamp.unlink(missing_ok=True)
            with self._locks_kept():
                self._build(step)
            self._stamp.write_text(wanted)
            return True

    @property
    def _index(self) -> Path:
        return self.root / ".web" / "build" / "client" / "index.html"

    @property
    def _stamp(self) -> Path:
        return self.root / ".web" / "clonegallery-build"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two builds in one checkout would write over each other. The lock is on a source, which is always there."""
        with (self.root / "rxconfig.py").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _sources_digest(self) -> str:
        digest = hashlib.sha256(sys.version.encode())
        for name, path in sorted(self._source_files()):
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def _source_files(self) -> Iterator[tuple[str, Path]]:
        for source in map(self.root.joinpath, _SOURCES):
            for path in source.rglob("*") if source.is_dir() else [source]:
                name = path.relative_to(self.root).as_posix()
                if path.is_file() and "__pycache__" not in name and not name.startswith(_NOT_PAGES):
                    yield name, path

    @contextmanager
    def _locks_kept(self) -> Iterator[None]:
        """Reflex writes its lock files anew in another order; what says the same stays as it was committed."""
        before = {path: path.read_bytes() for path in (self.root / "reflex.lock").glob("*.json")}
        try:
            yield
        finally:
            for path, content in before.items():
                if path.exists() and _says_the_same(path.read_bytes(), content):
                    path.write_bytes(content)

    def _build(self, step: Step) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            # A session of its own, so that npm's and Node's own children can be ended with it.
            child = subprocess.Popen(  # noqa: S603 Our own command.
                self.command,
                cwd=self.root,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                while child.poll() is None:
                    step.note(self._said(1).translate(_NO_BARS)[:60])
                    time.sleep(0.2)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if child.returncode or not self._index.exists():
            raise Unavailable(f"The pages could not be built. The end of {self.log}:\n{self._said(_LAST_LINES)}")

    def _said(self, count: int) -> str:
        with self.log.open(errors="replace") as file:
            return "\n".join(deque((line.strip() for line in file if line.strip()), maxlen=count))


def _says_the_same(now: bytes, before: bytes) -> bool:
    """Equal JSON in whatever order; half a file, left by an interrupted build, says nothing of its own."""
    try:
        return bool(json.loads(now) == json.loads(before))
    except ValueError:
        return True


def _environment() -> dict[str, str]:
    """Node by its Python package before any other; no reports and no look for newer versions over the internet."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    ours = {"REFLEX_USE_NPM": "1", "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "false"}
    return {**os.environ, **ours, "PATH": path, "NO_COLOR": "1", "npm_config_update_notifier": "false"}
