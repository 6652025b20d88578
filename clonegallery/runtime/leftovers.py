"""Ending processes of ours that outlived the one that started them, found by a mark in their environment."""

import os
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "CLONEGALLERY_STARTED_FOR"
"""The environment variable that names the data folder a process works for."""

_GRACE_SECONDS = 5


def mark_children(data_dir: Path) -> None:
    """Everything started from now on carries the mark, but for the servers, which are stopped in their own way."""
    os.environ[MARK] = str(data_dir)


def unmarked_environment() -> dict[str, str]:
    """This process's environment for a server, which is stopped in its own way whenever it is started."""
    return {name: value for name, value in os.environ.items() if name != MARK}


def end_leftovers(data_dir: Path) -> int:
    """End every marked process of `data_dir` that is not above us, by force after 5 seconds; returns how many."""
    own = psutil.Process()
    spared = {own.pid, *(parent.pid for parent in own.parents())}
    found = [process for process in psutil.process_iter() if process.pid not in spared and _marked(process, data_dir)]
    for process in found:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(found, _GRACE_SECONDS)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, _GRACE_SECONDS)
    return len(found)


def _marked(process: psutil.Process, data_dir: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(data_dir)
    except (psutil.Error, OSError):
        return False  # Another user's, or gone meanwhile.
