"""The files of the configured models: listing, fetching and checking them, for the command line. Blocks."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from tqdm.auto import tqdm

from clonegallery.errors import GenerationFailed, NotFound
from clonegallery.inference.catalogue_local import OnDisk, local_models, on_disk, unwanted
from clonegallery.inference.load_failures import load_failure
from clonegallery.inference.model_folders import INDEX, components, is_path, read_index, size_of, weights_of
from clonegallery.settings import Settings

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and those that are wanted, which grow while the hub is still being asked."""

_CONFIGURATION = ("*.json", "*.txt", "*.model", "*/*.json", "*/*.txt", "*/*.model")
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A configured model: `present` is whether its files are here, `size` their bytes, `faults` what is wrong."""

    id: str
    present: bool
    size: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A file of weights, by its place in the model, its bytes, and its SHA-256 (hex) where that was asked for."""

    name: str
    size: int
    sha256: str | None


def list_models(settings: Settings) -> list[ModelFiles]:
    """Every configured model, the default one first."""
    return [_files(model.id, on_disk(settings, model.id)) for model in local_models(settings)]


def download(settings: Settings, model_id: str, progress: Progress) -> ModelFiles:
    """Fetch what is missing of a configured model from the hub; what is here already is not fetched again.

    Only the weights that are loaded come: those of the pipeline's own components, as safetensors where there are any.
    Raises `NotFound` for a model that is not configured, `GenerationFailed` for a folder and for what the hub refuses.
    """
    source = _configured(settings, model_id).source
    if is_path(source):
        raise GenerationFailed(f"The model {model_id} is a folder of this machine; there is nothing to fetch.")
    try:
        _fetch(source, settings, progress)
    except Exception as error:
        raise load_failure(error, model_id) from error
    return _files(model_id, on_disk(settings, model_id))


def check(settings: Settings, model_id: str, *, digests: bool = False) -> list[Checked]:
    """Every file of weights of a configured model, once all are known to be there and whole as far as headers tell.

    With `digests` all bytes are read, and compared with what the hub says of them where they are from there. Raises
    `NotFound` for a model that is not configured, `GenerationFailed` with everything that is wrong.
    """
    files = _configured(settings, model_id)
    if files.folder is None and not files.faults:
        raise GenerationFailed(f"The model {model_id} is not on this machine yet; fetch it first.")
    if files.folder is None or files.faults:
        raise GenerationFailed(f"The model {model_id} cannot be loaded: {'; '.join(files.faults)}.")
    checked = [_checked(path, files.folder, digests) for path in weights_of(files.folder)]
    wrong = [one.name for one, expected in checked if one.sha256 and expected not in (None, one.sha256)]
    if wrong:
        raise GenerationFailed(f"The model {model_id} is damaged: {', '.join(wrong)} is not what the hub has.")
    return [one for one, _expected in checked]


def _configured(settings: Settings, model_id: str) -> OnDisk:
    known = [model.id for model in local_models(settings)]
    if model_id not in known:
        raise NotFound(f"No model {model_id} is configured. There are: {', '.join(known) or 'none'}.")
    return on_disk(settings, model_id)


def _files(model_id: str, files: OnDisk) -> ModelFiles:
    size = size_of(files.folder) if files.folder else 0
    return ModelFiles(id=model_id, present=files.folder is not None, size=size, faults=files.faults)


def _fetch(source: str, settings: Settings, progress: Progress) -> None:
    """First the small files, of which one tells the components, then the weights of those."""
    place = {"repo_id": source, "cache_dir": settings.model_cache_dir}
    folder = Path(snapshot_download(**place, allow_patterns=[INDEX]))
    wanted = _wanted(folder, settings)
    snapshot_download(
        **place,
        allow_patterns=[*_CONFIGURATION, *(f"{name}/*" for name in wanted)],
        ignore_patterns=["*.fp16.*", "*.non_ema.*", "*.onnx*", "*.msgpack", "*.bin"],
        tqdm_class=_bar(progress),
    )


def _wanted(folder: Path, settings: Settings) -> Iterator[str]:
    found = components(read_index(folder))
    return (name for name, present in found.items() if present and name not in unwanted(settings))


def _bar(progress: Progress) -> type[Any]:
    """A tqdm bar that draws nothing and tells `progress` instead."""

    class Bar(tqdm):  # type: ignore[type-arg] # Its argument is what it iterates over; this one is only counted.
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": False, "file": _Nowhere()})

        def display(self, *_args: Any, **_options: Any) -> None:
            if self.unit == "B":
                progress(int(self.n), int(self.total or 0))

    return Bar


class _Nowhere:
    def write(self, _text: str) -> None: ...

    def flush(self) -> None: ...


def _checked(path: Path, folder: Path, digests: bool) -> tuple[Checked, str | None]:
    """The file, and the SHA-256 that the hub has of it: its cache names the files of weights by that."""
    expected = path.resolve().name if path.is_symlink() else ""
    found = Checked(path.relative_to(folder).as_posix(), path.stat().st_size, _sha256(path) if digests else None)
    return found, expected if len(expected) == 64 else None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
