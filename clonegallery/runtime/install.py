"""Makes the virtual environment and installs the pinned packages, when something changed: `python -m … FILE`.

Runs on the bare Python of the machine, so it uses the standard library only.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from clonegallery.runtime import torch_build
from clonegallery.runtime.progress import STEPS_INSTALLING, STEPS_STARTING, Progress, Step

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "log" / "install.log"
_LAST_LINES = 15


class InstallError(Exception):
    """Why nothing could be installed, in words for the person at the terminal."""


def main(arguments: Sequence[str]) -> int:
    """Bring the environment up to the requirement files named in `arguments`; returns the exit status."""
    requirements = [ROOT / name for name in arguments] or _for_running()
    progress = Progress(total=STEPS_INSTALLING + (0 if arguments else STEPS_STARTING))
    try:
        with progress.step("Python environment") as step:
            step.done("made" if make_environment() else "there already")
        with progress.step("Packages") as step:
            step.done("installed" if install(requirements, step) else "nothing changed")
    except InstallError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    return 0


def make_environment() -> bool:
    """Make `.venv` unless a working one is there; true when it was made."""
    if _works():
        return False
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        _run([sys.executable, "-m", "venv", str(VENV)])
    except InstallError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise InstallError(
            f"The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv\n{error}"
        ) from error
    return True


def install(requirements: Sequence[Path], step: Step) -> bool:
    """Install what `requirements` name unless that was done already; true when pip ran."""
    stamp = VENV / f"installed-{requirements[-1].stem}"
    wanted = _fingerprint(requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    step.note("once; a minute or two")
    if any(path.name != "requirements.txt" or path.parent != ROOT for path in requirements):
        _install_torch(step)
    _pip(*(part for path in requirements for part in ("--requirement", str(path))))
    stamp.write_text(wanted)
    return True


def _for_running() -> list[Path]:
    """What `make run` needs: also what makes pictures, unless that is switched off."""
    plain = ROOT / "requirements.txt"
    return [plain, ROOT / "workers" / "requirements.txt"] if torch_build.is_wanted(ROOT) else [plain]


def _install_torch(step: Step) -> None:
    """PyTorch by itself, in a build for this machine; where none of ours can be had, the requirements bring theirs."""
    for build in torch_build.builds(ROOT):
        step.note(build.note)
        try:
            _pip(*build.arguments)
        except InstallError:
            continue
        return
    step.note(torch_build.LARGE)


def _pip(*arguments: str) -> None:
    _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
          "--root-user-action=ignore", *arguments])  # fmt: skip


def _works() -> bool:
    """A `.venv` that was interrupted half-way, or whose Python is gone, has no usable pip."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run([str(PYTHON), "-c", "import pip"], check=False, capture_output=True)  # noqa: S603 Our own Python.
    return asked.returncode == 0


def _fingerprint(requirements: Sequence[Path]) -> str:
    content = b"".join(path.read_bytes() for path in sorted({*requirements, ROOT / "requirements.txt"}))
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _run(command: list[str]) -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)  # noqa: S603 Our own commands.
        try:
            while child.poll() is None:
                time.sleep(0.05)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    if child.returncode:
        lines = LOG.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        raise InstallError("\n".join([*lines, f"The whole output is in {LOG}."]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
