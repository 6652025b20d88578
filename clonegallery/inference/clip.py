"""Embeddings by CLIP, SigLIP and whatever else transformers loads with a tower for pictures and one for words."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from clonegallery.errors import GalleryError, OutOfMemory, UnreadableImage
from clonegallery.inference.load_failures import is_out_of_memory, load_failure
from clonegallery.inference.model_folders import shown_name
from clonegallery.inference.port import Vectors
from clonegallery.log import get_logger

log = get_logger(__name__)

_PADDED_TO_THE_END = ("siglip", "siglip2")
"""Families that learned with every text filled up to its full length: https://huggingface.co/docs/transformers/model_doc/siglip"""


class Clip:
    """The `Embedder` port over one model: a hub id, or a folder in the layout of transformers.

    Raises `GenerationFailed` with the reason in plain words where it cannot be loaded, `OutOfMemory`.
    """

    def __init__(self, source: str, *, device: str = "cpu", cache_dir: Path | None = None) -> None:
        disable_progress_bar()
        self._device = torch.device(device)
        where = {"cache_dir": str(cache_dir)} if cache_dir else {}
        log.info("loading embedding model", model=shown_name(source), device=device)
        failure: GalleryError
        try:
            # Half precision is how many are kept; a processor computes in single.
            dtype = torch.float32 if self._device.type == "cpu" else torch.float16
            model = AutoModel.from_pretrained(source, dtype=dtype, **where)
            self._model: Any = model.eval().to(self._device)
            self._processor: Any = AutoImageProcessor.from_pretrained(source, **where)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(source, **where)
            self.dimensions = self.texts(["a"]).shape[1]
            return
        except Exception as error:
            log.exception("embedding model cannot be loaded", model=shown_name(source))
            failure = load_failure(error, shown_name(source))
        raise failure

    def images(self, pictures: Sequence[bytes]) -> Vectors:
        opened = [_opened(picture) for picture in pictures]
        values = self._processor(images=opened, return_tensors="pt")["pixel_values"]
        return self._embedded(self._model.get_image_features, pixel_values=values.to(self._model.dtype))

    def texts(self, texts: Sequence[str]) -> Vectors:
        padding = "max_length" if self._model.config.model_type in _PADDED_TO_THE_END else True
        longest = self._model.config.text_config.max_position_embeddings
        words = self._tokenizer(list(texts), padding=padding, truncation=True, max_length=longest, return_tensors="pt")
        wanted = {name: words[name] for name in ("input_ids", "attention_mask") if name in words}
        return self._embedded(self._model.get_text_features, **wanted)

    def _embedded(self, features: Any, **inputs: torch.Tensor) -> Vectors:
        try:
            with torch.inference_mode():
                found = features(**{name: value.to(self._device) for name, value in inputs.items()})
        except Exception as error:
            if is_out_of_memory(error):
                raise OutOfMemory("The device has not enough memory for the embedding model.") from error
            raise
        pooled = getattr(found, "pooler_output", found).float()
        unit: Vectors = torch.nn.functional.normalize(pooled, dim=-1).cpu().numpy().astype(np.float32)
        return unit


def _opened(picture: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            return opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage("A picture cannot be read.") from error
