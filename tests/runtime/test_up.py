"""`up` as a whole, in processes of its own: two side by side, Ctrl-C, and kills."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from clonegallery.runtime.supervise import answers
from clonegallery.settings import ROOT

_START_SECONDS = 240
"""The first start in a fresh checkout builds the pages."""

pytestmark = pytest.mark.timeout(600)


@dataclass(slots=True)
class Gallery:
    """One gallery with its data folder and port, run as `make run` runs it."""

    data_dir: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def output(self) -> str:
        return (self.data_dir.parent / f"{self.data_dir.name}.out").read_text()

    def environment(self) -> dict[str, str]:
        # What the suite's own servers set for this process is not for a gallery that brings its own.
        outer = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return {**outer, "DATA_DIR": str(self.data_dir), "PORT": str(self.port), "SEED_DEMO": "0"}

    def start(self) -> None:
        with (self.data_dir.parent / f"{self.data_dir.name}.out").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clonegallery", "up"],
                cwd=ROOT, env=self.environment(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + _START_SECONDS
        while "CloneGallery runs" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)
        assert answers(f"http://127.0.0.1:{self.port}/health")

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "clonegallery", *words],
            cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    def processes(self) -> list[psutil.Process]:
        """Everything that works for this gallery: it names the data folder in its environment, or lies in it."""
        return [process for process in psutil.process_iter() if self._works_for_this(process)]

    def _works_for_this(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            named = process.environ().get("DATA_DIR") == str(self.data_dir)
            return named or process.cwd().startswith(str(self.data_dir))
        except psutil.Error:
            return False

    def kill(self, *processes: psutil.Process) -> None:
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=10)
        if self.process:
            self.process.wait()


@pytest.fixture
def galleries(scratch: Path) -> Iterator[tuple[Gallery, Gallery]]:
    both = Gallery(scratch / "one", _free_port()), Gallery(scratch / "two's", _free_port())
    yield both
    for gallery in both:
        gallery.kill(*gallery.processes())


def test_two_run_side_by_side_and_ctrl_c_leaves_nothing(galleries: tuple[Gallery, Gallery]) -> None:
    one, two = galleries
    one.start()
    two.start()
    shown = re.search(r"Sign in as +(admin) .*\n.*Password +(\S{12,})", one.output)
    assert shown
    assert _signs_in(one, *shown.groups()), "the password that is shown opens the gallery"
    assert "\033" not in one.output

    again = one.command("up")
    assert again.returncode == 1
    assert f"running already (process {one.process and one.process.pid}, http://localhost:{one.port})" in again.stderr
    assert "Traceback" not in again.stderr

    assert "bob (Editor)" in one.command("user", "create", "bob", "--email", "b@example.org", "--role", "Editor").stdout
    assert "bob" in one.command("user", "list").stdout
    assert "bob" not in two.command("user", "list").stdout

    for gallery, number in ((one, signal.SIGINT), (two, signal.SIGTERM)):
        assert gallery.process
        # Ctrl-C reaches the whole group of the terminal, `kill` the leader alone.
        (os.killpg if number is signal.SIGINT else os.kill)(gallery.process.pid, number)
        assert gallery.process.wait(60) == 0, gallery.output
        assert not gallery.processes()
    assert "bob" in one.command("user", "list").stdout
    assert not one.processes()


def test_after_kills_the_next_start_recovers(galleries: tuple[Gallery, Gallery]) -> None:
    gallery, other = galleries
    gallery.start()
    gallery.command("user", "create", "carol", "--email", "c@example.org")
    gallery.kill(*gallery.processes())
    gallery.start()
    assert "carol" in gallery.command("user", "list").stdout
    assert "Password" not in gallery.output

    assert gallery.process
    leader = psutil.Process(gallery.process.pid)
    gallery.kill(leader)
    assert len(gallery.processes()) > 3  # Web, worker and both servers live on, and would hold the port.
    gallery.start()
    assert "carol" in gallery.command("user", "list").stdout

    busy = other.command("migrate")
    assert busy.returncode == 0, busy.stderr
    other.port = gallery.port
    refused = other.command("up")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {gallery.port} is in use" in refused.stderr


def test_web_comes_back_after_a_crash_and_all_end_when_it_ends(galleries: tuple[Gallery, Gallery]) -> None:
    gallery, _ = galleries
    gallery.start()
    web = next(process for process in gallery.processes() if "granian" in process.cmdline())
    serving = next(child for child in web.children() if "resource_tracker" not in " ".join(child.cmdline()))
    serving.kill()
    serving.wait(10)
    deadline = time.monotonic() + 60
    while not answers(f"http://127.0.0.1:{gallery.port}/health"):
        assert time.monotonic() < deadline, gallery.output
    web.terminate()
    assert gallery.process
    assert gallery.process.wait(60) == 1
    assert "One of the processes ended by itself" in gallery.output
    assert "Traceback" not in gallery.output.split("CloneGallery runs")[0]
    assert not gallery.processes()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signs_in(gallery: Gallery, login: str, password: str) -> bool:
    """As a program does, and as the form of the page does: over the servers that `up` itself has started."""
    with httpx.Client(base_url=f"http://localhost:{gallery.port}", timeout=30) as client:
        tokens = client.post("/api/v1/auth/token", data={"username": login, "password": password})
        wrong = client.post("/api/v1/auth/token", data={"username": login, "password": "wrong"})
        page = client.get("/login")
        form = client.post(
            "/auth/login",
            data={"username": login, "password": password, "next": "/"},
            headers={"Origin": f"http://localhost:{gallery.port}"},
        )
    assert (tokens.status_code, wrong.status_code, page.status_code) == (200, 401, 200), tokens.text
    return form.status_code == 303 and form.headers["location"].endswith("/") and "set-cookie" in form.headers
