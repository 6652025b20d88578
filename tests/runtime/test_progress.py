"""What is said while one waits."""

import io

import pytest

from clonegallery.runtime.progress import Progress, framed


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_step_is_numbered_and_timed() -> None:
    out = io.StringIO()
    progress = Progress(done=2, total=4, out=out)
    with progress.step("PostgreSQL") as step:
        step.done("ready")
    progress.line("Starting")
    first, second, third = out.getvalue().splitlines()
    assert first == "[3/4] PostgreSQL …"
    assert second.startswith("[3/4] PostgreSQL: ready (")
    assert third == "[4/4] Starting"
    assert "\033" not in out.getvalue()


def test_on_a_terminal_the_line_moves() -> None:
    out = _Terminal()
    with Progress(out=out).step("Pages"):
        pass
    assert out.getvalue().count("\n") == 1
    assert "\r\033[K[1/6] Pages: done (" in out.getvalue()


def test_a_failed_step_says_so() -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(out=out).step("Pages"):
        raise ValueError("no")
    assert "[1/6] Pages: failed (" in out.getvalue()


def test_a_closed_terminal_does_no_harm() -> None:
    out = io.StringIO()
    with Progress(out=out).step("Pages"):
        out.close()


def test_a_frame_fits_its_longest_line() -> None:
    assert framed(["ab", "abcd"]) == "┌──────┐\n│ ab   │\n│ abcd │\n└──────┘"
