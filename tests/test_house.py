"""The rules of the house, so that one suite says everything: style, types, imports, sizes, a free event loop."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clonegallery.settings import ROOT

MAX_FILE, MAX_FUNCTION, MEDIAN_FUNCTION, P90_FUNCTION = 300, 50, 10, 30
_CODE = ("clonegallery", "workers")  # A migration is one list of columns from top to bottom, however long.
_BIN = Path(sys.executable).parent

_BLOCKING = {
    "time.sleep",
    "subprocess.run",
    "subprocess.check_output",
    "subprocess.check_call",
    "os.system",
    "urllib.request.urlopen",
    "requests.get",
    "requests.post",
    "socket.create_connection",
    "shutil.copyfile",
    "shutil.copyfileobj",
    "shutil.rmtree",
    "os.fsync",
    "open",
}
"""Calls that hold the event loop for as long as a disk, a network or a process takes."""

_BLOCKING_METHODS = {"read_bytes", "read_text", "write_bytes", "write_text"}


@pytest.mark.parametrize(
    "command",
    [
        [str(_BIN / "ruff"), "check", "."],
        [str(_BIN / "ruff"), "format", "--check", "."],
        [str(_BIN / "mypy")],
        [str(_BIN / "lint-imports")],
    ],
    ids=["ruff", "format", "mypy", "imports"],
)
def test_the_tools_find_nothing(command: list[str]) -> None:
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stdout[-6000:] + asked.stderr[-2000:]


def test_no_file_is_too_long() -> None:
    long = {path.relative_to(ROOT).as_posix(): lines for path in _files("tests") if (lines := _length(path)) > MAX_FILE}
    assert not long


def test_functions_are_short() -> None:
    lengths = {name: node.end_lineno - node.lineno + 1 for name, node in _functions() if node.end_lineno}
    assert not {name: length for name, length in lengths.items() if length > MAX_FUNCTION}
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] <= MEDIAN_FUNCTION
    assert ordered[len(ordered) * 9 // 10] <= P90_FUNCTION


def test_nothing_blocks_the_event_loop() -> None:
    found = [
        f"{name} calls {called}"
        for name, node in _functions()
        if isinstance(node, ast.AsyncFunctionDef)
        for called in _blocking_calls(node)
    ]
    assert not found


def test_a_blocking_call_would_be_found() -> None:
    sources = {
        "async def f():\n    time.sleep(1)": ["time.sleep"],
        "async def f(path):\n    return path.read_bytes()": [".read_bytes"],
        "async def f():\n    await asyncio.to_thread(time.sleep, 1)": [],
        "async def f():\n    def g():\n        time.sleep(1)\n    await asyncio.to_thread(g)": [],
    }
    for source, expected in sources.items():
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.AsyncFunctionDef)
        assert list(_blocking_calls(function)) == expected


def _blocking_calls(function: ast.AsyncFunctionDef) -> Iterator[str]:
    """Blocking calls that `function` makes itself; functions defined inside it are run elsewhere, in a thread."""
    for node in _own_nodes(function):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in _BLOCKING:
                yield called
            elif isinstance(node.func, ast.Attribute) and node.func.attr in _BLOCKING_METHODS:
                yield f".{node.func.attr}"


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in _files():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}", node


def _files(*more: str) -> Iterator[Path]:
    for folder in (*_CODE, *more):
        yield from (ROOT / folder).rglob("*.py")


def _length(path: Path) -> int:
    return path.read_bytes().count(b"\n")
