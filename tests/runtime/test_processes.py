"""What processes say is kept within bounds, and a process that will not end is forced to once."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from queue import Empty

import psutil
import pytest
from honcho.printer import Message

from clonegallery.runtime.processes import BoundedEvents
from clonegallery.settings import ROOT


def _line(number: int) -> Message:
    # Without a zone, as honcho writes it: it is a clock on the wall.
    return Message(type="line", data=b"line %d\n" % number, time=datetime.now(), name="web", colour=None)  # noqa: DTZ005


def test_lines_that_nobody_prints_in_time_are_left_out_and_counted() -> None:
    events = BoundedEvents(lines=3)
    for number in range(5):
        events.put(_line(number))
    assert [events.get(5).data for _ in range(3)] == [b"line 0\n", b"line 1\n", b"line 2\n"]
    events.put(_line(5))
    assert events.get(5).data == b"(2 lines left out)\nline 5\n"
    events.put(_line(6))
    assert events.get(5).data == b"line 6\n"
    with pytest.raises(Empty):
        events.get(0)


_WEB = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    print("complaint", flush=True)
"""
_WORKER = """
import time
time.sleep(100)
"""
_SUPERVISOR = """
import shlex, sys
import honcho.manager
from honcho.printer import Printer
from clonegallery.runtime.processes import bounded_manager
honcho.manager.KILL_WAIT = 0.5
manager = bounded_manager(Printer(sys.stdout))
for name, program in zip(("web", "worker"), sys.argv[1:]):
    manager.add_process(name, "exec " + shlex.join([sys.executable, "-c", program]))
manager.loop()
sys.exit(manager.returncode)
"""


def test_one_that_complains_without_end_and_will_not_end_is_forced_to_once(scratch: Path) -> None:
    path = scratch / "complaints.out"
    with path.open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", _SUPERVISOR, _WEB, _WORKER], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        while path.read_bytes().count(b"complaint") < 100 or b"worker started" not in path.read_bytes():
            assert supervisor.poll() is None, path.read_text()
        os.kill(supervisor.pid, signal.SIGINT)
        assert supervisor.wait(60) == 128 + signal.SIGINT
    finally:
        for process in psutil.Process(supervisor.pid).children(recursive=True) if supervisor.poll() is None else ():
            process.kill()
        supervisor.kill()
    said = path.read_text()
    assert said.count("sending SIGKILL to web") == 1
    assert "web stopped (rc=-9)" in said
