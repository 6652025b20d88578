"""How much memory there is for the gallery's own servers."""

from pathlib import Path
from typing import Final

import psutil

_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")
"""What a container may use, a number or `max`: https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files."""


def memory_mb(limit: Path = _LIMIT) -> int:
    """The machine's memory in MB of 2**20 bytes, or the container's where that is less."""
    machine = int(psutil.virtual_memory().total)
    try:
        allowed = min(machine, int(limit.read_text()))
    except (OSError, ValueError):
        allowed = machine
    return allowed // 1024**2
