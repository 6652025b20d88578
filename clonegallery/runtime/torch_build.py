"""Which build of PyTorch a machine needs: without an NVIDIA GPU, not the gigabytes of CUDA. Standard library only."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LARGE = "PyTorch with CUDA, once: about 3 GB to load, 7 GB on the disk; AI_PROVIDER=none leaves it out"
_SMALL = "PyTorch for the CPU, once: about 200 MB to load, 1.3 GB on the disk; AI_PROVIDER=none leaves it out"
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


@dataclass(frozen=True, slots=True)
class Build:
    """What pip is told for one build of PyTorch, and what is said of it meanwhile."""

    arguments: Sequence[str]
    note: str


def is_wanted(root: Path) -> bool:
    """Whether pictures are to be made here: AI_PROVIDER, of the environment or else of `.env`, is not `none`."""
    return _setting(root, "AI_PROVIDER").lower() != "none"


def builds(root: Path) -> list[Build]:
    """The builds to try before what the requirement itself brings, the first one first.

    None on a machine with an NVIDIA GPU, and none where PyPI's own build is for the CPU already (macOS, ARM).
    """
    if has_nvidia() or sys.platform != "linux" or platform.machine() != "x86_64":
        return []
    wanted = f"torch=={_pinned(root)}+cpu"
    return [
        Build([wanted], _SMALL),
        Build(["--index-url", _CPU_INDEX, "--retries", "0", "--timeout", "10", wanted], _SMALL),
    ]


def has_nvidia() -> bool:
    """Whether there is an NVIDIA device, also under Windows's subsystem for Linux."""
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/usr/lib/wsl/lib/libcuda.so.1").exists()


def _pinned(root: Path) -> str:
    found = re.search(r"^torch==(\S+)", (root / "workers" / "requirements.txt").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError("workers/requirements.txt pins no torch")
    return found[1]


def _setting(root: Path, name: str) -> str:
    if name in os.environ:
        return os.environ[name].strip()
    file = root / ".env"
    found = re.search(rf"^\s*{name}\s*=\s*(\S*)", file.read_text(), re.MULTILINE) if file.exists() else None
    return found[1].strip("\"'") if found else ""
