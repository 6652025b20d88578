"""Which providers there are, in which order they are asked, and the one adapter of each that a worker holds."""

import importlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from clonegallery.inference.catalogue_local import local_models
from clonegallery.inference.catalogue_remote import remote_models
from clonegallery.inference.port import ImageGenerator, Model, Provider
from clonegallery.settings import Settings, get_settings

_LOOK_EVERY_SECONDS = 5.0
"""How long what was found in the folders of models is good for: a model that was fetched soon shows what it can do."""


@dataclass(frozen=True, slots=True)
class _Found:
    settings: Settings
    at: float
    models: tuple[Model, ...]


_found: dict[str, _Found] = {}
_LOADING = threading.Lock()
"""Two threads that ask at once must not hold two models in memory."""

_ADAPTERS = {
    Provider.LOCAL: ("clonegallery.inference.diffusers", "Diffusers"),
    Provider.REPLICATE: ("clonegallery.inference.replicate", "Replicate"),
    Provider.OPENAI: ("clonegallery.inference.openai", "OpenAI"),
    Provider.STABILITY: ("clonegallery.inference.stability", "Stability"),
}


def available(settings: Settings) -> list[Model]:
    """Every model that one may ask for, the one that is used unasked first; empty where nothing is configured.

    `auto` is local where there is a CUDA device or a model was named for the CPU, else the first provider with a key,
    else the gallery's own small model on the CPU.
    A provider named by `AI_PROVIDER` comes first; the others stay for requests that name them, and for `AI_FALLBACK`.
    """
    known = _found.get("last")
    if known is None or known.settings is not settings or time.monotonic() - known.at > _LOOK_EVERY_SECONDS:
        known = _found["last"] = _Found(settings, time.monotonic(), tuple(_look(settings)))
    return list(known.models)


def _look(settings: Settings) -> list[Model]:
    if settings.ai_provider == "none":
        return []
    found = [*local_models(settings), *remote_models(settings)]
    chosen = settings.ai_provider
    return sorted(found, key=lambda model: model.provider != chosen) if chosen != "auto" else found


def choose(settings: Settings, provider: Provider | None, model_id: str | None) -> Sequence[Model]:
    """The models that may do it, the first one before all others; empty where none fits what was asked for.

    What stands behind the first is the default model of each other provider: the fallback of a request that named
    neither a provider nor a model.
    """
    models = available(settings)
    fitting = [one for one in models if provider in (None, one.provider) and model_id in (None, one.id)]
    if not fitting or provider is not None or model_id is not None:
        return fitting[:1]
    first_of = {one.provider: one for one in reversed(models)}
    return list(dict.fromkeys(first_of[one.provider] for one in models))


def generator(provider: Provider) -> ImageGenerator:
    """The adapter of `provider` that this process holds; for workers only, and in a thread: it loads what it needs."""
    with _LOADING:
        return _generator(provider)


def forget_generators() -> None:
    """Let go of every adapter; the next use makes a new one, with the settings as they are then."""
    _generator.cache_clear()


@lru_cache(maxsize=8)
def _generator(provider: Provider) -> ImageGenerator:
    module, name = _ADAPTERS[provider]
    return cast(ImageGenerator, getattr(importlib.import_module(module), name)(get_settings()))
