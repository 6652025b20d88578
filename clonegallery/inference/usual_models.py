"""What makes pictures on this machine where no model was named."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from clonegallery.generation_settings import LocalModel
from clonegallery.inference.hardware import has_cuda_device
from clonegallery.inference.services import services
from clonegallery.settings import Settings

OWN_MODELS: Final = Path(__file__).parent / "postcards"
"""Where the gallery's own small models lie; they come with it and are always there."""

DEFAULT_MODEL: Final = "stable-diffusion-v1-5/stable-diffusion-v1-5"
_OWN: Final = "postcard-diffusion"


def usual_models(settings: Settings) -> Sequence[LocalModel]:
    """The models of this machine that stand in where `AI_MODEL` and `AI_MODELS` name none, the default one first.

    A real one of the hub where a CUDA device could run it; else the gallery's own small one, unless a service is set up
    that does better. None where a service was named, or nothing is to be made.
    """
    if settings.ai_model or settings.ai_models or settings.ai_provider not in ("auto", "local"):
        return []
    if has_cuda_device():
        return [LocalModel(id=DEFAULT_MODEL), *_own()]
    if settings.ai_provider == "local":
        return _own() or [LocalModel(id=DEFAULT_MODEL)]
    return [] if services(settings) else _own()


def _own() -> list[LocalModel]:
    folder = OWN_MODELS / _OWN
    if not folder.is_dir():
        return []
    return [
        LocalModel(
            id=str(folder),
            name="postcard-mini, a small demo model",
            width=128,
            height=128,
            max_side=256,
            steps=20,
            guidance_scale=4.0,
            licence="MIT",
        )
    ]
