"""The models of the remote services as the web process describes them: data alone, without any service's client.

Sizes and limits are the services' own: https://replicate.com (each model's input schema), OpenAI's "Image generation"
guide and API reference, and Stability AI's REST API v2beta. A name that is not listed gets careful defaults.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from clonegallery.inference.port import Model, Provider
from clonegallery.inference.prices import family_of
from clonegallery.inference.services import services
from clonegallery.settings import Settings

Size = tuple[int, int]

# The frames of about one megapixel that FLUX and Stable Diffusion 3 make for each aspect ratio that they are told.
_MEGAPIXEL: Mapping[str, Size] = MappingProxyType(
    {
        "1:1": (1024, 1024),
        "16:9": (1344, 768),
        "9:16": (768, 1344),
        "21:9": (1536, 640),
        "9:21": (640, 1536),
        "3:2": (1216, 832),
        "2:3": (832, 1216),
        "5:4": (1088, 896),
        "4:5": (896, 1088),
    }
)
_MEGAPIXEL_SIZES = tuple(_MEGAPIXEL.values())

# Every GPT image model makes these three.
_GPT_IMAGE_SIZES: tuple[Size, ...] = ((1024, 1024), (1536, 1024), (1024, 1536))
# GPT Image 2 and later make any frame of 655,360 to 8,294,400 pixels, with sides of up to 3840 that 16 divides and at
# most 3:1. A list of the usual ones promises nothing that such a rule would then refuse.
_GPT_IMAGE_2_SIZES: tuple[Size, ...] = (
    *_GPT_IMAGE_SIZES,
    (1536, 864),
    (864, 1536),
    (1280, 960),
    (960, 1280),
    (2048, 2048),
    (2048, 1152),
    (1152, 2048),
    (2560, 1440),
    (1440, 2560),
    (3840, 2160),
    (2160, 3840),
)

_SDXL_SCHEDULERS = ("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM")


def _replicate(model: str, name: str = "", **what: object) -> Model:
    return replace(Model(id=model, provider=Provider.REPLICATE, name=name or model.partition(":")[0]), **what)  # type: ignore[arg-type] # Fields of `Model`.


def _flux(model: str, name: str, **what: object) -> Model:
    flux: dict[str, object] = {"sizes": _MEGAPIXEL_SIZES, "takes_negative_prompt": False, "takes_init_image": False}
    return _replicate(model, name, **(flux | what))


def _openai(model: str, name: str = "", **what: object) -> Model:
    made = Model(
        id=model,
        provider=Provider.OPENAI,
        name=name or model,
        sizes=_GPT_IMAGE_SIZES,
        takes_negative_prompt=False,
        takes_seed=False,
        prompt_max=32_000,
    )
    return replace(made, **what)  # type: ignore[arg-type] # Fields of `Model`.


def _stability(model: str, name: str = "", **what: object) -> Model:
    made = Model(
        id=model,
        provider=Provider.STABILITY,
        name=name or model,
        sizes=_MEGAPIXEL_SIZES,
        prompt_max=10_000,
    )
    return replace(made, **what)  # type: ignore[arg-type] # Fields of `Model`.


_KNOWN: tuple[Model, ...] = (
    _flux("black-forest-labs/flux-schnell", "FLUX.1 schnell", steps=4, max_steps=4, licence="Apache-2.0"),
    _flux(
        "black-forest-labs/flux-dev",
        "FLUX.1 dev",
        steps=28,
        max_steps=50,
        guidance_scale=3.0,
        takes_init_image=True,
        licence="FLUX.1 [dev] Non-Commercial License",
    ),
    _flux("black-forest-labs/flux-1.1-pro", "FLUX1.1 pro"),
    _replicate(
        "stability-ai/sdxl",
        "Stable Diffusion XL",
        max_side=1536,
        steps=50,
        max_steps=500,
        guidance_scale=7.5,
        schedulers=_SDXL_SCHEDULERS,
        licence="CreativeML Open RAIL++-M",
    ),
    _openai("gpt-image-2.6-flare", "GPT Image 2.6 Flare", sizes=_GPT_IMAGE_2_SIZES),
    _openai("gpt-image-2.6-sunburst", "GPT Image 2.6 Sunburst", sizes=_GPT_IMAGE_2_SIZES),
    _openai("gpt-image-2.5-flare", "GPT Image 2.5 Flare", sizes=_GPT_IMAGE_2_SIZES),
    _openai("gpt-image-2.5-sunburst", "GPT Image 2.5 Sunburst", sizes=_GPT_IMAGE_2_SIZES),
    _openai("gpt-image-2", "GPT Image 2", sizes=_GPT_IMAGE_2_SIZES),
    _openai("gpt-image-1.5", "GPT Image 1.5"),
    _openai("gpt-image-1-mini", "GPT Image 1 mini"),
    _openai("gpt-image-1", "GPT Image 1"),
    _openai(
        "dall-e-3",
        "DALL·E 3",
        sizes=((1024, 1024), (1792, 1024), (1024, 1792)),
        takes_init_image=False,
        prompt_max=4000,
    ),
    # DALL·E 2 edits what a mask leaves open, which is something else than changing a picture.
    _openai(
        "dall-e-2",
        "DALL·E 2",
        sizes=((1024, 1024), (512, 512), (256, 256)),
        takes_init_image=False,
        prompt_max=1000,
    ),
    _stability("core", "Stable Image Core", takes_init_image=False),
    _stability("ultra", "Stable Image Ultra"),
    _stability("sd3.5-large", "Stable Diffusion 3.5 Large", guidance_scale=4.0),
    _stability("sd3.5-large-turbo", "Stable Diffusion 3.5 Large Turbo", takes_negative_prompt=False),
    _stability("sd3.5-medium", "Stable Diffusion 3.5 Medium", guidance_scale=4.0),
    _stability("sd3.5-flash", "Stable Diffusion 3.5 Flash", takes_negative_prompt=False),
)
_BY_NAME: Mapping[tuple[Provider, str], Model] = MappingProxyType({(one.provider, one.id): one for one in _KNOWN})


def remote_models(settings: Settings) -> Sequence[Model]:
    """The configured models of every service that the operator has a key for; each service's default one first."""
    return [model for service in services(settings) for model in models_of(service.provider, settings)]


def models_of(provider: Provider, settings: Settings) -> Sequence[Model]:
    """The models that the settings name for one service, the default one first. Raises `ValueError` for `local`."""
    match provider:
        case Provider.REPLICATE:
            names = settings.replicate_models
        case Provider.OPENAI:
            names = settings.openai_models
        case Provider.STABILITY:
            names = settings.stability_models
        case Provider.LOCAL:
            raise ValueError("this machine's models are not a service's")
    return [_described(provider, name) for name in dict.fromkeys(names)]


def is_gpt_image(model: str) -> bool:
    """Whether OpenAI's `model` is of the family that streams and always answers in base64; DALL·E does neither."""
    return model.startswith(("gpt-image", "chatgpt-image"))


def is_flux(model: str) -> bool:
    """Whether Replicate's `model` takes FLUX's inputs."""
    return model.startswith("black-forest-labs/flux")


def ratio_of(width: int, height: int) -> str:
    """The aspect ratio, of those the services offer, that comes nearest to this frame's: `16:9`."""
    wanted = math.log(width / height)
    return min(_MEGAPIXEL, key=lambda ratio: abs(math.log(_MEGAPIXEL[ratio][0] / _MEGAPIXEL[ratio][1]) - wanted))


def _described(provider: Provider, name: str) -> Model:
    if known := _BY_NAME.get((provider, family_of(name))):
        return replace(known, id=name)
    match provider:
        case Provider.OPENAI if is_gpt_image(name):
            return _openai(name)
        case Provider.OPENAI:
            return _openai(name, sizes=((1024, 1024),), takes_init_image=False, prompt_max=1000)
        case Provider.STABILITY:
            return _stability(name)
    return _flux(name, "") if is_flux(name) else _replicate(name)
