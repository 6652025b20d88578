"""`up` as a whole, in processes of its own: two side by side, Ctrl-C, and kills."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from clonegallery.runtime.leftovers import MARK
from clonegallery.runtime.supervise import answers
from tests.runtime.galleries import Gallery, free_port

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def galleries(scratch: Path) -> Iterator[tuple[Gallery, Gallery]]:
    both = Gallery(scratch / "one", free_port()), Gallery(scratch / "two's", free_port())
    yield both
    for gallery in both:
        gallery.kill(*gallery.processes())


def test_two_run_side_by_side_and_ctrl_c_leaves_nothing(galleries: tuple[Gallery, Gallery]) -> None:
    one, two = galleries
    one.start()
    two.start()
    assert _signs_in(one, *one.admin()), "the password that is shown opens the gallery"
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


def test_servers_that_die_are_started_again(galleries: tuple[Gallery, Gallery]) -> None:
    gallery, _ = galleries
    gallery.start()
    password = gallery.command("user", "create", "dave", "--email", "d@example.org").stdout.split()[-1]
    for name, number in (("Valkey", "redis/valkey.pid"), ("PostgreSQL", "postgres/postmaster.pid")):
        _server(gallery, number).kill()
        deadline = time.monotonic() + 60
        while f"{name} had ended by itself, and was started again." not in gallery.output:
            assert time.monotonic() < deadline, gallery.output
            time.sleep(0.1)
        # Else it would be ended with web and worker, before they have put things away.
        assert MARK not in _server(gallery, number).environ()
    assert _signs_in(gallery, "dave", password), "nothing is lost, and no request meets the dead connections"

    assert gallery.process
    gallery.process.send_signal(signal.SIGINT)
    assert gallery.process.wait(60) == 0, gallery.output
    assert gallery.output.count("was started again") == 2
    assert not gallery.processes()


def _server(gallery: Gallery, number: str) -> psutil.Process:
    """The server whose process's number is in that file of the data folder."""
    return psutil.Process(int((gallery.data_dir / number).read_text().split("\n", 1)[0]))


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
