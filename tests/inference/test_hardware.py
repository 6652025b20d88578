"""Whether there is a CUDA device, told from files alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from clonegallery.inference.hardware import has_cuda_device

_DEVICES = ["dev/nvidia0", "proc/driver/nvidia/gpus/0000:01:00.0/information"]


def _machine(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


@pytest.fixture(autouse=True)
def _all_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize("files", [*([device] for device in _DEVICES), ["dev/dxg", "usr/lib/wsl/lib/libcuda.so.1"]])
def test_a_device_is_found(tmp_path: Path, files: list[str]) -> None:
    assert has_cuda_device(_machine(tmp_path, *files))


@pytest.mark.parametrize("files", [[], ["dev/nvidiactl"], ["dev/nvidia-uvm"], ["dev/dxg"], ["dev/null"]])
def test_what_is_no_device_is_none(tmp_path: Path, files: list[str]) -> None:
    assert not has_cuda_device(_machine(tmp_path, *files))


@pytest.mark.parametrize(
    ("visible", "found"), [("", False), ("-1", False), ("-1,0", False), ("0", True), ("1,0", True)]
)
def test_devices_may_be_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str, found: bool) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert has_cuda_device(_machine(tmp_path, *_DEVICES)) is found


def test_nothing_that_the_web_process_uses_loads_torch() -> None:
    modules = ("catalogue_local", "hardware", "model_folders", "schedulers")
    imports = "; ".join(f"import clonegallery.inference.{module}" for module in modules)
    heavy = "{'torch', 'diffusers', 'transformers', 'huggingface_hub'}"
    asked = subprocess.run(
        [sys.executable, "-c", f"{imports}; import sys; print({heavy} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == "set()"
