"""Which model places pictures and words, and the ones that this process holds in memory. Loads no library by itself."""

import importlib
import threading
from functools import lru_cache
from importlib.util import find_spec
from typing import cast

from clonegallery.inference.model_folders import shown_name
from clonegallery.inference.port import Embedder
from clonegallery.inference.usual_models import OWN_MODELS
from clonegallery.settings import Settings, get_settings

_OFF = "none"
_LOADING = threading.Lock()
"""Two threads that ask at once must not load a model twice."""


def embedding_source(settings: Settings) -> str | None:
    """The hub id or folder of the model that pictures are to be placed by; None where they are not to be."""
    if settings.embedding_model == _OFF:
        return None
    if settings.embedding_model:
        return settings.embedding_model
    own = OWN_MODELS / "postcard-clip"
    return str(own) if own.is_dir() else None


def embedding_name(source: str) -> str:
    """What to call the model of `source`; no path of this machine."""
    return shown_name(source)


def can_embed(settings: Settings) -> bool:
    """Whether this process is to place pictures and could: it needs libraries that only workers have."""
    return embedding_source(settings) is not None and all(find_spec(name) for name in ("torch", "transformers"))


def embedder(source: str) -> Embedder:
    """The model, loaded once a process; for workers only, and in a thread. Raises as `Clip` does."""
    with _LOADING:
        return _embedder(source)


def forget_embedders() -> None:
    """Give their memory back; the next use loads anew."""
    _embedder.cache_clear()


@lru_cache(maxsize=2)
def _embedder(source: str) -> Embedder:
    settings = get_settings()
    clip = importlib.import_module("clonegallery.inference.clip")
    return cast(Embedder, clip.Clip(source, cache_dir=settings.model_cache_dir))
