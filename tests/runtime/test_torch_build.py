"""Which build of PyTorch is asked for, and when none is."""

import platform
import sys
from pathlib import Path

import pytest

from clonegallery.runtime import torch_build


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that pins a version, on an ordinary server without a GPU."""
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "requirements.txt").write_text("# what makes pictures\ntorch==2.13.0\ndiffusers==1\n")
    monkeypatch.delenv("AI_PROVIDER", raising=False)
    monkeypatch.setattr(torch_build, "has_nvidia", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return tmp_path


def test_without_a_gpu_the_pinned_version_is_asked_for_in_its_cpu_build(root: Path) -> None:
    first, second = torch_build.builds(root)
    assert list(first.arguments) == ["torch==2.13.0+cpu"]
    assert "torch==2.13.0+cpu" in second.arguments
    assert "https://download.pytorch.org/whl/cpu" in second.arguments
    assert "MB" in first.note


def test_with_a_gpu_or_where_there_is_one_build_only_the_requirement_decides(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_build, "has_nvidia", lambda: True)
    assert torch_build.builds(root) == []
    monkeypatch.setattr(torch_build, "has_nvidia", lambda: False)
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert torch_build.builds(root) == []


@pytest.mark.parametrize(
    ("environment", "file", "wanted"),
    [(None, None, True), ("none", None, False), ("local", "AI_PROVIDER=none", True), (None, "AI_PROVIDER=none", False),
     (None, "# AI_PROVIDER=none", True), (None, "PORT=1\nAI_PROVIDER = \"none\"\n", False)],
)  # fmt: skip
def test_the_environment_decides_and_then_the_file(
    root: Path, monkeypatch: pytest.MonkeyPatch, environment: str | None, file: str | None, wanted: bool
) -> None:
    if environment is not None:
        monkeypatch.setenv("AI_PROVIDER", environment)
    if file is not None:
        (root / ".env").write_text(file)
    assert torch_build.is_wanted(root) is wanted
