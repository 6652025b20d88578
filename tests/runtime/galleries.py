"""One gallery in processes of its own, run as `make run` runs it."""

import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from clonegallery.settings import ROOT

_START_SECONDS = 240
"""The first start in a fresh checkout builds the pages."""


@dataclass(slots=True)
class Gallery:
    """One gallery with its data folder and port, run as `make run` runs it."""

    data_dir: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def output(self) -> str:
        return (self.data_dir.parent / f"{self.data_dir.name}.out").read_text()

    def environment(self) -> dict[str, str]:
        # What the suite's own servers set for this process is not for a gallery that brings its own.
        outer = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return {**outer, "DATA_DIR": str(self.data_dir), "PORT": str(self.port), "SEED_DEMO": "0", **self.settings}

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
        # At once, as it says; but on a machine with much to do an answer takes its time.
        assert httpx.get(f"http://127.0.0.1:{self.port}/health", timeout=60, trust_env=False).status_code == 200

    def admin(self) -> tuple[str, str]:
        """The name and the password of the first Admin, as they were shown."""
        shown = re.search(r"Sign in as +(admin) .*\n.*Password +(\S{12,})", self.output)
        assert shown, self.output
        return shown[1], shown[2]

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
