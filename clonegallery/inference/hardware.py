"""What this machine computes with, found out without loading torch."""

import os
from pathlib import Path

_NOBODY = ("", "-1")


def has_cuda_device(root: Path = Path("/")) -> bool:
    """Whether CUDA may use a device here: an NVIDIA driver with a device, which CUDA_VISIBLE_DEVICES does not hide.

    `root` is where `/dev` and `/proc` are. The device may still be too old for torch, or torch built without CUDA: only
    a worker, which loads torch, can tell.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.split(",", 1)[0].strip() in _NOBODY:
        return False  # CUDA stops reading the list at the first entry that is no device.
    return any(_signs(root))


def _signs(root: Path) -> list[bool]:
    """The device files of Linux, the driver's own list of devices, and the device of Windows's subsystem for Linux."""
    return [
        any(path.name[len("nvidia") :].isdigit() for path in root.glob("dev/nvidia*")),
        any(root.glob("proc/driver/nvidia/gpus/*")),
        (root / "dev/dxg").exists() and (root / "usr/lib/wsl/lib/libcuda.so.1").exists(),
    ]


def cuda_devices(root: Path = Path("/")) -> list[str]:
    """The devices that CUDA may use, as CUDA_VISIBLE_DEVICES names them; empty where there is none, or one unnamed."""
    if not has_cuda_device(root):
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [name.strip() for name in visible.split(",") if name.strip()]
    return sorted(
        path.name[len("nvidia") :] for path in root.glob("dev/nvidia*") if path.name[len("nvidia") :].isdigit()
    )
