"""The one model that a process has in memory: loaded when it is first asked for, and swapped for another."""

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import AutoPipelineForImage2Image, AutoPipelineForText2Image
from diffusers.utils.logging import disable_progress_bar as quiet_diffusers
from transformers.utils.logging import disable_progress_bar as quiet_transformers

from clonegallery.errors import GalleryError, GenerationFailed, GeneratorDown
from clonegallery.inference.catalogue_local import SAFETY_CHECKER, on_disk, unwanted
from clonegallery.inference.load_failures import load_failure
from clonegallery.inference.model_files import fetch
from clonegallery.inference.model_folders import components, read_index, shown_name, variant_of
from clonegallery.log import get_logger
from clonegallery.settings import Settings

log = get_logger(__name__)

_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_ROOM = 0.8
_TILED_PIXELS = 1536 * 1536


@dataclass(slots=True)
class Loaded:
    """A pipeline in memory. `scheduler` is the one it came with, whichever it uses now."""

    model_id: str
    pipeline: Any
    scheduler: Any
    image_pipeline: Any = None

    def for_images(self) -> Any:
        """The image-to-image pipeline over the same weights. Raises `GenerationFailed` where the family has none."""
        if self.image_pipeline is None:
            try:
                self.image_pipeline = AutoPipelineForImage2Image.from_pipe(self.pipeline)
            except ValueError as error:
                raise GenerationFailed(f"The model {shown_name(self.model_id)} cannot start from a picture.") from error
            self.image_pipeline.set_progress_bar_config(disable=True)
        return self.image_pipeline

    def suit(self, width: int, height: int) -> None:
        """Decode pictures of this size in tiles where whole ones would need too much memory."""
        vae = getattr(self.pipeline, "vae", None)
        change = getattr(vae, "enable_tiling" if width * height > _TILED_PIXELS else "disable_tiling", None)
        if change is not None:
            change()


class Resident:
    """At most one model in memory. Everything but `describe` is for one and the same thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: Loaded | None = None

    def get(self, model_id: str) -> Loaded:
        """The model, loaded if it is not; another one is unloaded first.

        Raises `GenerationFailed` with the reason in plain words, `GeneratorDown` without the device that the settings
        ask for, and `OutOfMemory`.
        """
        if self._loaded is None or self._loaded.model_id != model_id:
            self.unload()
            self._loaded = self._load(model_id)
        return self._loaded

    def unload(self) -> None:
        """Give the model's memory back."""
        self._loaded = None
        gc.collect()  # Hooks and callbacks hold a pipeline in circles.
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def describe(self) -> Mapping[str, Any]:
        """What `/models/status` shows: the model in memory or None, the device, its type of numbers, bytes in use."""
        try:
            device = self.device()
        except GeneratorDown as missing:
            return {"loaded": None, "device": None, "dtype": None, "memory_bytes": None, "detail": missing.detail}
        loaded, on_cuda = self._loaded, device.type == "cuda"
        return {
            "loaded": shown_name(loaded.model_id) if loaded else None,
            "device": f"cuda:0 {torch.cuda.get_device_name(0)}" if on_cuda else "cpu",
            "dtype": str(self._dtype(device)).removeprefix("torch."),
            "memory_bytes": torch.cuda.memory_reserved(0) if on_cuda else None,
        }

    def device(self) -> torch.device:
        """What the settings and the machine say. Raises `GeneratorDown` where they disagree."""
        wanted = self._settings.ai_device
        if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
            return torch.device("cpu")
        if not torch.cuda.is_available():
            raise GeneratorDown("AI_DEVICE is cuda, but there is no CUDA device here that PyTorch can use.")
        return torch.device("cuda", 0)

    def _dtype(self, device: torch.device) -> torch.dtype:
        if self._settings.ai_dtype != "auto":
            return _DTYPES[self._settings.ai_dtype]
        if device.type == "cpu":
            return torch.float32
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16

    def _load(self, model_id: str) -> Loaded:
        device = self.device()
        quiet_diffusers()
        quiet_transformers()
        log.info("loading model", model=model_id, device=str(device))
        failure: GalleryError
        try:
            pipeline = self._pipeline(model_id, device)
            return Loaded(model_id, _placed(pipeline, device), pipeline.scheduler)
        except GalleryError:
            raise
        except Exception as error:
            log.exception("model cannot be loaded", model=model_id)
            failure = load_failure(error, shown_name(model_id))
        # Raised outside of the handler: the error's frames would keep alive what there is no memory for.
        self.unload()
        raise failure

    def _pipeline(self, model_id: str, device: torch.device) -> Any:
        files = on_disk(self._settings, model_id)
        if not files.is_whole and not files.is_lost:
            fetch(files.source, self._settings, _in_silence)
            files = on_disk(self._settings, model_id)
        if files.faults or files.folder is None:
            raise GenerationFailed(f"The model {shown_name(files.source)} cannot be loaded: {'; '.join(files.faults)}.")
        return AutoPipelineForText2Image.from_pretrained(
            str(files.folder),
            dtype=self._dtype(device),
            variant=variant_of(files.folder),
            **self._left_out(read_index(files.folder)),
        )

    def _left_out(self, index: Mapping[str, Any]) -> dict[str, Any]:
        """The options that load a pipeline without the components that it, or the settings, do without."""
        without = unwanted(self._settings)
        missing = {name for name, present in components(index).items() if not present or name in without}
        checked = {"requires_safety_checker": False} if SAFETY_CHECKER in missing else {}
        return {**dict.fromkeys(missing), **checked}


def _in_silence(done: int, total: int) -> None:
    """Nobody looks on while a worker fetches a model."""


def _placed(pipeline: Any, device: torch.device) -> Any:
    """`pipeline` on `device`, or in main memory with its parts going there in turns where it is too large."""
    pipeline.set_progress_bar_config(disable=True)
    if (vae := getattr(pipeline, "vae", None)) is not None and hasattr(vae, "enable_slicing"):
        vae.enable_slicing()
    if device.type == "cpu":
        return pipeline.to(device)
    # Convolutions in half precision are faster so: https://huggingface.co/docs/diffusers/optimization/memory
    if (unet := getattr(pipeline, "unet", None)) is not None:
        unet.to(memory_format=torch.channels_last)
    free, _total = torch.cuda.mem_get_info(device)
    sizes = [_size(part) for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    if sum(sizes) <= free * _ROOM:
        return pipeline.to(device)
    if max(sizes) <= free * _ROOM:
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.enable_sequential_cpu_offload(device=device)
    return pipeline


def _size(part: torch.nn.Module) -> int:
    return sum(weights.nbytes for weights in part.parameters())
