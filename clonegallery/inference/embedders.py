"""Which model places pictures and words, and the ones that this process holds in memory. Loads no library by itself."""

import importlib
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import cast

from clonegallery.inference.model_folders import fingerprint_of, shown_name
from clonegallery.inference.own_models import CLIP, located
from clonegallery.inference.port import Embedder
from clonegallery.settings import Settings, get_settings

_OFF = "none"
_LOADING = threading.Lock()
"""Two threads that ask at once must not load a model twice."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A hub id or folder, what to call it (no path of this machine), and what tells its weights from others."""

    source: str
    name: str
    fingerprint: str


def embedding_model(settings: Settings) -> EmbeddingModel | None:
    """The model that pictures are to be placed by; None where they are not to be. Reads its files: in a thread."""
    source = _source(settings)
    return model_of(source) if source else None


def model_of(source: str) -> EmbeddingModel:
    """The model that is at `source` now. Reads its files: in a thread."""
    return EmbeddingModel(source, shown_name(source), fingerprint_of(source))


def can_embed(settings: Settings) -> bool:
    """Whether this process is to place pictures and could: it needs libraries that only workers have."""
    return _source(settings) is not None and all(find_spec(name) for name in ("torch", "transformers"))


def embedder(model: EmbeddingModel) -> Embedder:
    """The model, loaded once a process; for workers only, and in a thread. Raises as `Clip` does."""
    with _LOADING:
        return _embedder(model)


def forget_embedders() -> None:
    """Give their memory back; the next use loads anew."""
    _embedder.cache_clear()


def _source(settings: Settings) -> str | None:
    if settings.embedding_model == _OFF:
        return None
    if settings.embedding_model:
        return os.path.expanduser(located(settings.embedding_model))
    own = located(CLIP)
    return own if own != CLIP else None


@lru_cache(maxsize=2)
def _embedder(model: EmbeddingModel) -> Embedder:
    settings = get_settings()
    clip = importlib.import_module("clonegallery.inference.clip")
    return cast(Embedder, clip.Clip(model.source, cache_dir=settings.model_cache_dir))
