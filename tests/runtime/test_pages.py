"""Pages are built when a source changed, and an unfinished build is never taken for a finished one."""

import io
import sys
from pathlib import Path

import pytest

from clonegallery.errors import Unavailable
from clonegallery.runtime.pages import PageBuild
from clonegallery.runtime.progress import Progress

_BUILD = """
from pathlib import Path
folder = Path(".web/build/client")
folder.mkdir(parents=True, exist_ok=True)
(folder / "index.html").write_text("<p>built</p>")
print("compiling")
lock = Path("reflex.lock/package.json")
lock.write_text(lock.read_text().replace('{"a": 1, "b": 2}', '{"b": 2, "a": 1}').replace("old", "new"))
if Path("rxconfig.py").read_text() == "broken":
    raise SystemExit("unknown component: Grdi")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> PageBuild:
    """A small checkout whose build writes one page, and fails after it when told to."""
    for name in ("assets/theme.css", "clonegallery/ui/grid.py", "clonegallery/demo/sky.py", "reflex.lock/package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / "reflex.lock/package.json").write_text('{"a": 1, "b": 2}')
    for name in ("requirements.txt", "rxconfig.py"):
        (tmp_path / name).write_text("1")
    return PageBuild(tmp_path / "log" / "build.log", tmp_path, (sys.executable, "-c", _BUILD))


def _ensure(build: PageBuild) -> bool:
    with Progress(out=io.StringIO()).step("Pages") as step:
        return build.ensure(step)


def test_nothing_is_built_twice(checkout: PageBuild) -> None:
    assert _ensure(checkout)
    assert not _ensure(checkout)


@pytest.mark.parametrize("name", ["assets/theme.css", "clonegallery/ui/grid.py", "requirements.txt", "assets/new.js"])
def test_a_changed_source_is_built(checkout: PageBuild, name: str) -> None:
    _ensure(checkout)
    (checkout.root / name).write_text("2")
    assert _ensure(checkout)


def test_a_removed_page_is_built_again(checkout: PageBuild) -> None:
    _ensure(checkout)
    (checkout.root / ".web/build/client/index.html").unlink()
    assert _ensure(checkout)


def test_what_no_page_is_made_of_does_not_matter(checkout: PageBuild) -> None:
    _ensure(checkout)
    (checkout.root / "clonegallery/demo/sky.py").write_text("2")
    assert not _ensure(checkout)


def test_a_lock_file_in_another_order_stays_as_it_was(checkout: PageBuild) -> None:
    lock = checkout.root / "reflex.lock/package.json"
    _ensure(checkout)
    assert lock.read_text() == '{"a": 1, "b": 2}'
    lock.write_text('{"a": "old"}')
    _ensure(checkout)
    assert lock.read_text() == '{"a": "new"}'


def test_a_failed_build_says_why_and_is_done_again(checkout: PageBuild) -> None:
    (checkout.root / "rxconfig.py").write_text("broken")
    with pytest.raises(Unavailable, match=r"could not be built.*\n.*\n.*unknown component: Grdi"):
        _ensure(checkout)
    with pytest.raises(Unavailable):
        _ensure(checkout)
    (checkout.root / "rxconfig.py").write_text("1")
    assert _ensure(checkout)
