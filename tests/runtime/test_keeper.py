"""Embedded servers that die while the gallery runs: started again, but not without end, and never while it stops."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from clonegallery.errors import Unavailable
from clonegallery.runtime import keeper as module
from clonegallery.runtime.keeper import Keeper


class _Server:
    """A server as the keeper sees it; `start` does what the test says."""

    def __init__(self, start: Callable[[], None] = lambda: None) -> None:
        self._start = start
        self.alive = True
        self.starts = 0
        self.looks = threading.Semaphore(0)

    def start(self) -> None:
        self.starts += 1
        self._start()
        self.alive = True

    def runs(self) -> bool:
        self.looks.release()
        return self.alive

    def wait_for_looks(self, number: int) -> None:
        """So many from now on: there may have been any number before."""
        while self.looks.acquire(blocking=False):
            pass
        for _ in range(number):
            assert self.looks.acquire(timeout=30)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.01)


@contextmanager
def _kept(server: _Server) -> Iterator[Keeper]:
    keeper = Keeper()
    keeper.add("Valkey", server)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        thread.join()


def test_one_that_died_is_started_again_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    server = _Server()
    with _kept(server):
        server.wait_for_looks(2)
        assert server.starts == 0
        server.alive = False
        server.wait_for_looks(4)
    assert server.starts == 1
    assert capsys.readouterr().out == "Valkey had ended by itself, and was started again.\n"


def test_one_that_does_not_start_is_not_tried_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise Unavailable("The disk is full.")

    server = _Server(refuse)
    server.alive = False
    with _kept(server):
        server.wait_for_looks(5)
    assert server.starts == 1
    assert capsys.readouterr().out == "Valkey has ended, and cannot be started again yet. The disk is full.\n"


def test_it_is_tried_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0)
    twice = threading.Semaphore(0)

    def refuse() -> None:
        twice.release()
        raise Unavailable

    server = _Server(refuse)
    server.alive = False
    with _kept(server):
        assert twice.acquire(timeout=30)
        assert twice.acquire(timeout=30)


def test_a_start_under_way_has_ended_once_the_keeper_is_stopped_and_none_follows() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def start() -> None:
        begun.set()
        assert go_on.wait(30)

    server = _Server(start)
    server.alive = False
    with _kept(server) as keeper:
        assert begun.wait(30)
        stopping = threading.Thread(target=keeper.stop)
        stopping.start()
        stopping.join(0.2)
        assert stopping.is_alive(), "it waits for the start"
        go_on.set()
        stopping.join(30)
        assert server.alive
        server.alive = False  # As the one who stopped the keeper makes it.
        looks = server.looks._value
        keeper.run()
        assert (server.starts, server.looks._value) == (1, looks)
