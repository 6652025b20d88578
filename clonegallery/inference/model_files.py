"""The files of the configured models: listing, fetching and checking them, for the command line. Blocks."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from huggingface_hub import hf_hub_download, snapshot_download
from huggingface_hub.utils.tqdm import tqdm as Tqdm  # noqa: N812 It is a class.

from clonegallery.errors import GenerationFailed, NotFound
from clonegallery.inference.catalogue_local import OnDisk, local_models, on_disk, unwanted
from clonegallery.inference.load_failures import load_failure
from clonegallery.inference.model_folders import INDEX, components, is_path, read_index, size_of, weights_of
from clonegallery.settings import Settings


class Progress(Protocol):
    """Called with the bytes that are here and all that are wanted; from several threads."""

    def __call__(self, done: int, total: int) -> None: ...


_CONFIGURATION = (".json", ".txt", ".model", ".jinja")
_SHARD = r"(-\d+-of-\d+)?"
_KINDS = tuple(
    re.compile(rf"/(diffusion_pytorch_model|pytorch_model|model){mark}{_SHARD}{suffix}$")
    for suffix in (r"\.safetensors", r"\.bin")
    for mark in ("", r"\.fp16")
)
"""The names of weights that diffusers and transformers look for, the best first."""
_ALL_BYTES = "huggingface_hub.snapshot_download"
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
        fetch(source, settings, progress)
    except Exception as error:
        raise load_failure(error, model_id) from error
    return _files(model_id, on_disk(settings, model_id))


def check(settings: Settings, model_id: str, *, digests: bool = False) -> list[Checked]:
    """Every file of weights of a configured model, once all are known to be there and whole as far as headers tell.

    With `digests` all bytes are read, and compared with what the hub says of them where they are from there. Raises
    `NotFound` for a model that is not configured, `GenerationFailed` with everything that is wrong.
    """
    files = _configured(settings, model_id)
    if files.faults:
        raise GenerationFailed(f"The model {model_id} cannot be loaded: {'; '.join(files.faults)}.")
    if files.folder is None:
        raise GenerationFailed(f"The model {model_id} is not on this machine yet; fetch it first.")
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
    return ModelFiles(id=model_id, present=files.is_whole, size=size, faults=files.faults)


def fetch(source: str, settings: Settings, progress: Progress) -> None:
    """Fetch what is missing of the hub's model `source`; raises what the hub's library does.

    It is asked what the model consists of first, so that only that comes and everybody knows how much it is.
    """
    cache_dir = settings.model_cache_dir
    index = Path(hf_hub_download(source, INDEX, cache_dir=cache_dir))
    present = {name for name, here in components(read_index(index.parent)).items() if here}
    offered = {file.filename: file for file in snapshot_download(source, cache_dir=cache_dir, dry_run=True)}
    chosen = wanted_files(offered, present - unwanted(settings))
    sizes = {name: offered[name].file_size or 0 for name in chosen}
    here = sum(sizes[name] for name in chosen if offered[name].is_cached)
    bar = _bar(partial(progress, total=sum(sizes.values())), here)
    snapshot_download(source, cache_dir=cache_dir, allow_patterns=chosen, tqdm_class=bar)


def wanted_files(offered: Iterable[str], present: Collection[str]) -> list[str]:
    """Of a repository's files those that are loaded: the index, and for each component in `present` its configuration
    and one set of weights, as safetensors and in full precision where there are such."""
    found = [INDEX]
    files = sorted(offered)
    for name in sorted(present):
        own = [file for file in files if file.startswith(f"{name}/")]
        found += [file for file in own if file.endswith(_CONFIGURATION)]
        found += next((chosen for kind in _KINDS if (chosen := [file for file in own if kind.search(file)])), [])
    return found


def _bar(progress: Callable[[int], None], here: int) -> type[Tqdm]:
    """A bar as the hub's library wants one, which draws nothing and tells `progress` how many bytes are here."""

    class Bar(Tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            self._counts = options.get("name") == _ALL_BYTES
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call] # It has no types.
            self._here = here

        def update(self, n: float | None = 1) -> None:
            if self._counts:
                self._here += int(n or 0)
                progress(self._here)

    return Bar


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
