"""The models to choose from, and what the form asks for each. Pure functions of what the service lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from clonegallery.generations.schemas import ModelRead, Provider
from clonegallery.ui.making import words
from clonegallery.ui.pages.create.sizes import SizeView, sizes_of


@dataclass(frozen=True)
class ModelChoice:
    """One line of the selector."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True)
class ModelView:
    """The chosen model: what it is, and which settings it has. A hint is empty where there is nothing to choose."""

    value: str = ""
    about: str = ""
    sizes: list[SizeView] = field(default_factory=list)
    is_free: bool = False
    sides: str = ""
    steps: str = ""
    guidance: str = ""
    schedulers: list[str] = field(default_factory=list)
    takes_negative_prompt: bool = False
    takes_seed: bool = False
    takes_init_image: bool = False
    is_demo: bool = False


def value_of(model: ModelRead) -> str:
    """What the form sends for a model; two providers may have one of the same name."""
    return f"{model.provider}/{model.id}"


def choice_of(model: ModelRead) -> ModelChoice:
    label = f"{model.name} · {words.PROVIDERS[model.provider]}"
    return ModelChoice(value_of(model), f"{label} (default)" if model.is_default else label)


def find(models: Sequence[ModelRead], value: str) -> ModelRead | None:
    """The model of that value; None where there is none such, or no longer."""
    return next((model for model in models if value_of(model) == value), None)


def named(models: Sequence[ModelRead], provider: str, model_id: str) -> ModelRead | None:
    """The model that made a picture, by the provider's own name or by its id here."""
    return next((model for model in models if (model.provider, model.id) == (provider, model_id)), None)


def model_view(model: ModelRead) -> ModelView:
    return ModelView(
        value=value_of(model),
        about=_about(model),
        sizes=sizes_of(model),
        is_free=not model.sizes,
        sides=f"{model.min_side} to {model.max_side:,}, in steps of {model.multiple}.",
        steps=f"1 to {model.max_steps}" if model.steps is not None else "",
        guidance="0 to 50" if model.guidance_scale is not None else "",
        schedulers=list(model.schedulers),
        takes_negative_prompt=model.takes_negative_prompt,
        takes_seed=model.takes_seed,
        takes_init_image=model.takes_init_image,
        is_demo=model.is_demo,
    )


def _about(model: ModelRead) -> str:
    """Which model it is, where it works, what it costs: `stabilityai/sdxl · on cuda, loaded · $0.04 a picture`."""
    parts = [model.id if model.id != model.name else "", _whereabouts(model)]
    parts.append(f"${model.price.normalize():f} a picture" if model.price else "")
    parts.append(model.licence)
    return " · ".join(part for part in parts if part)


def _whereabouts(model: ModelRead) -> str:
    if model.provider is not Provider.LOCAL:
        return ""
    if model.device is None:
        return "No worker that makes pictures is running now"
    return f"on {model.device}, loaded" if model.loaded else f"on {model.device}"
