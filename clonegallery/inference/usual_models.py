"""What makes pictures on this machine where no model was named."""

from collections.abc import Sequence
from typing import Final

from clonegallery.generation_settings import LocalModel
from clonegallery.inference.hardware import has_cuda_device
from clonegallery.inference.own_models import own_diffusion
from clonegallery.inference.services import services
from clonegallery.settings import Settings

DEFAULT_MODEL: Final = "stable-diffusion-v1-5/stable-diffusion-v1-5"


def usual_models(settings: Settings) -> Sequence[LocalModel]:
    """The models of this machine that stand in where `AI_MODEL` and `AI_MODELS` name none, the default one first.

    A real one of the hub where a CUDA device could run it; else the gallery's own small one, unless a service is set up
    that does better. None where a service was named, or nothing is to be made.
    """
    if settings.ai_model or settings.ai_models or settings.ai_provider not in ("auto", "local"):
        return []
    own = own_diffusion()
    its_own = [own] if own else []
    if has_cuda_device():
        return [LocalModel(id=DEFAULT_MODEL), *its_own]
    if settings.ai_provider == "local":
        return its_own or [LocalModel(id=DEFAULT_MODEL)]
    return [] if services(settings) else its_own
