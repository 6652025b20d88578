"""What it means, in plain words and without a path of this machine, that a model cannot be loaded or run."""

from collections.abc import Iterator

import torch
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from safetensors import SafetensorError

from clonegallery.errors import GalleryError, GenerationFailed, OutOfMemory

_CPU_OUT_OF_MEMORY = ("not enough memory", "DefaultCPUAllocator", "can't allocate memory")
_MEANINGS: tuple[tuple[type[BaseException], str], ...] = (
    (GatedRepoError, "its licence must be accepted at the hub first, and HF_TOKEN set"),
    (RepositoryNotFoundError, "it is neither a folder here nor a model that the hub shows us"),
    (HFValidationError, "it is neither a folder here nor a name that the hub could know"),
    (OfflineModeIsEnabled, "it is not on this machine, and the hub may not be asked"),
    (LocalEntryNotFoundError, "it is not on this machine, and the hub cannot be reached"),
    (HfHubHTTPError, "the hub does not give it out right now"),
    (ConnectionError, "it is not on this machine, and the hub cannot be reached"),
    (SafetensorError, "a file of its weights is damaged"),
    (ImportError, "it needs a library that is not installed"),
)
_WORDS = (
    ("couldn't connect", "it is not on this machine, and the hub cannot be reached"),
    ("Can't load config for", "it is not on this machine, and the hub cannot be reached"),
    ("does not appear to have a file named", "files of it are missing"),
    ("no file named", "files of it are missing"),
    ("AutoPipeline can't find", "diffusers has no text-to-image pipeline for it"),
    ("size mismatch", "its weights do not fit its configuration"),
    ("shape", "its weights do not fit its configuration"),
)


def load_failure(error: BaseException, name: str) -> GalleryError:
    """The gallery's error for a library's `error` while the model called `name` was loaded."""
    if is_out_of_memory(error):
        return OutOfMemory(f"The device has not enough memory for the model {name}.")
    return GenerationFailed(f"The model {name} cannot be loaded: {_reason(error)}.")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the machine, had too little memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _CPU_OUT_OF_MEMORY)


def _reason(error: BaseException) -> str:
    for cause in _causes(error):
        for kind, meaning in _MEANINGS:
            if isinstance(cause, kind):
                return meaning
    words = str(error)
    return next((meaning for word, meaning in _WORDS if word in words), "the worker's log says why")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the first cause last."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
