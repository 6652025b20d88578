"""The environment is made once, and packages are installed only when their list changed."""

import sys
from pathlib import Path

import pytest

from clonegallery.runtime import install


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout that needs no package."""
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    monkeypatch.setenv("AI_PROVIDER", "none")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(install, "LOG", tmp_path / "install.log")
    return tmp_path


def _said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.split(" (")[0].split("] ")[1] for line in capsys.readouterr().out.splitlines() if "…" not in line]


def test_only_what_changed_is_done(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main([]) == 0
    assert _said(capsys) == ["Python environment: made", "Packages: installed"]
    assert install.main([]) == 0
    assert _said(capsys) == ["Python environment: there already", "Packages: nothing changed"]

    (checkout / "requirements.txt").write_text("clonegallery-has-no-such-package==1 --no-index\n")
    assert install.main([]) == 1
    assert "Packages: failed" in _said(capsys)
    (checkout / "requirements.txt").write_text("# nothing at all\n")
    assert install.main([]) == 0
    assert "Packages: installed" in _said(capsys)

    # Cut off in the middle: a Python without its packages is no environment.
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/bin/false")
    assert install.main([]) == 0
    assert _said(capsys) == ["Python environment: made", "Packages: installed"]


def test_it_runs_on_the_standard_library_alone() -> None:
    """Before anything is installed there is nothing else."""
    found = {
        line.split()[1].split(".")[0] for line in _imports("install") | _imports("progress") | _imports("torch_build")
    }
    assert found <= {*sys.stdlib_module_names, "clonegallery"}


def _imports(module: str) -> set[str]:
    source = (Path(install.__file__).parent / f"{module}.py").read_text()
    return {line for line in source.splitlines() if line.startswith(("import ", "from "))}
