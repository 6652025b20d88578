"""Models on this machine's disk, in the diffusers layout: where they lie, what they say of themselves, what they lack.

Reads small JSON files and the headers of weights, never the weights: the web process uses it too.
"""

import hashlib
import json
import os
import struct
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from clonegallery.inference.own_models import is_own, own_name

INDEX = "model_index.json"
_CONFIGS = ("config.json", "scheduler_config.json")
_WEIGHTS = (".safetensors", ".bin")
_CONTENTS = (*_WEIGHTS, ".json", ".txt", ".model")
"""What decides on what a model does: not its card."""
_HEADER_MAX = 100 * 1024 * 1024


def is_path(source: str) -> bool:
    """Whether `source` means a folder of this machine, there or not, rather than a model of the hub."""
    return source.startswith(("/", "~", ".")) or "\\" in source or Path(source).is_dir()


def shown_name(source: str) -> str:
    """What to call a model: a hub id as it is, a folder by its last part, so that no path of this machine is told."""
    if is_own(source):
        return own_name(source)
    return Path(source).name if is_path(source) else source


def folder_of(source: str, cache_dir: Path | None) -> Path | None:
    """Where the files of a folder or hub id lie; None where they are not on this machine.

    `cache_dir` is the hub's cache, None its usual place. The layout of the cache is
    https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
    """
    given = Path(source).expanduser()
    if is_path(source):
        return given if given.is_dir() else None
    repository = (cache_dir or hub_cache()) / ("models--" + source.replace("/", "--"))
    try:
        snapshot = repository / "snapshots" / (repository / "refs" / "main").read_text().strip()
    except OSError:
        return None
    return snapshot if (snapshot / INDEX).exists() else None


def hub_cache() -> Path:
    """Where the hub's own library keeps what it fetched: its environment variables, in its order."""
    environment = os.environ
    if cache := environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE"):
        return Path(cache).expanduser()
    if home := environment.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    return Path(environment.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface" / "hub"


def read_index(folder: Path) -> Mapping[str, Any]:
    """`model_index.json`: the pipeline's class, and each component's library and class. Raises `ValueError`."""
    return _read_json(folder / INDEX)


def read_config(folder: Path, component: str) -> Mapping[str, Any]:
    """What a component says of itself; empty where it says nothing that can be read."""
    for name in _CONFIGS:
        try:
            return _read_json(folder / component / name)
        except ValueError:
            continue
    return {}


def components(index: Mapping[str, Any]) -> dict[str, bool]:
    """The names of the components, and whether the model has each: it may leave one out."""
    entries = {name: entry for name, entry in index.items() if isinstance(entry, list) and not name.startswith("_")}
    return {name: len(entry) == 2 and entry[0] is not None for name, entry in entries.items()}


def faults_of(folder: Path, *, without: Collection[str] = ()) -> list[str]:
    """What keeps the model in `folder` from being loaded, in plain words; `without` are components nobody needs."""
    try:
        index = read_index(folder)
    except ValueError as error:
        return [str(error)]
    needed = [name for name, present in components(index).items() if present and name not in without]
    return [fault for name in needed for fault in _component_faults(folder / name)]


def weights_of(folder: Path) -> list[Path]:
    """Every file of weights below `folder`."""
    return sorted(path for path in folder.rglob("*") if path.suffix in _WEIGHTS and path.is_file())


def variant_of(folder: Path) -> str | None:
    """The mark in the names of the weights where all of them have it (`fp16`); None where some do without."""
    names = [path.name for path in weights_of(folder)]
    return "fp16" if names and all(".fp16" in name for name in names) else None


def size_of(folder: Path) -> int:
    """The bytes of everything below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def fingerprint_of(source: str) -> str:
    """What tells the files of a folder from others, wherever it lies: 64 hexadecimal digits.

    Empty for a hub id, which is a name of its own, and for a folder that is not there, or not whole while it is copied.
    Reads every byte the first time and again when a file has changed: not for an event loop.
    """
    if not is_path(source):
        return ""
    try:
        paths = sorted(path for path in Path(source).expanduser().rglob("*") if path.suffix in _CONTENTS)
        files = tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
        return _digest(files) if files else ""
    except OSError:
        return ""


@lru_cache(maxsize=16)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Of the names and contents; sizes and times only say when to look anew."""
    top = Path(os.path.commonpath([path.parent for path, _, _ in files]))
    found = hashlib.sha256()
    for path, _, _ in files:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        found.update(str(path.relative_to(top)).encode() + b"\0" + content)
    return found.hexdigest()


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ValueError(f"it has no {path.name}") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"its {path.name} cannot be read") from error
    if not isinstance(found, dict):
        raise ValueError(f"its {path.name} cannot be read")
    return found


def _component_faults(folder: Path) -> Iterator[str]:
    if not folder.is_dir() or not any(folder.iterdir()):
        yield f"its {folder.name} is missing"
        return
    if not (folder / "config.json").exists():
        return  # A tokenizer, a scheduler or an image processor, which has no weights.
    weights = weights_of(folder)
    if not weights:
        yield f"the weights of its {folder.name} are missing"
    yield from (f"the weights of its {folder.name} lack {name}" for name in _missing_shards(folder))
    for path in weights:
        if fault := _damage(path):
            yield f"{folder.name}/{path.name} {fault}"


def _missing_shards(folder: Path) -> list[str]:
    """The files that an index of split weights names but that are not there."""
    named: set[str] = set()
    for path in folder.glob("*.index*.json"):
        try:
            named |= set(_read_json(path).get("weight_map", {}).values())
        except ValueError:
            named.add(path.name)
    return sorted(name for name in named if name.endswith(".json") or not (folder / name).exists())


def _damage(path: Path) -> str:
    """What is wrong with a file of weights, as far as its length and header tell; empty when nothing is.

    The format is https://huggingface.co/docs/safetensors: eight bytes of length, a JSON header, then the tensors.
    """
    try:
        size = path.stat().st_size
        if path.suffix != ".safetensors":
            return "" if size else "is empty"
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header: Any = json.loads(file.read(length)) if length <= min(size - 8, _HEADER_MAX) else None
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    except (OSError, ValueError, struct.error, AttributeError, TypeError, KeyError, IndexError):
        return "is damaged"
    return "" if 8 + length + max(ends, default=0) == size else "is incomplete"
