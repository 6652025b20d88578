"""One process owns a data folder; the others learn who it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clonegallery.runtime.claim import Owner, Taken, claimed
from clonegallery.settings import ROOT

_HOLD = """
import sys
from pathlib import Path
from clonegallery.runtime.claim import Owner, claimed
with claimed(Path(sys.argv[1])) as claim:
    claim.tell(Owner(7, "http://localhost:8000", "postgresql://x", "redis://x"))
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_process_is_told_who_runs(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout
        holder.stdout.readline()
        with (
            pytest.raises(Taken, match=r"running already \(process 7, http://localhost:8000\)") as taken,
            claimed(tmp_path),
        ):
            pass
        assert taken.value.owner == Owner(7, "http://localhost:8000", "postgresql://x", "redis://x")
    finally:
        holder.kill()
        holder.communicate()
    with claimed(tmp_path):
        pass  # A killed owner owns nothing.


def test_a_forked_child_does_not_keep_the_folder(tmp_path: Path) -> None:
    """honcho forks: its children outlive a killed owner, and would keep a lock of the other kind."""
    with claimed(tmp_path):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
    asked = subprocess.run(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    os.close(writing)
    os.waitpid(child, 0)
    assert asked.stdout == b"held\n"
