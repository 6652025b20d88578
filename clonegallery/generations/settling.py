"""What was asked for, held against what the model can do: every field that will not do is named, none is bent. Pure."""

import math
from dataclasses import dataclass
from typing import Protocol

from clonegallery.errors import FieldError, Invalid
from clonegallery.generations.schemas import MAX_SEED, GenerationRequest
from clonegallery.inference.port import Model
from clonegallery.models.generation import MAX_COUNT

MAX_GUIDANCE = 50.0
_DEFAULT_STRENGTH = 0.6


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything that a model needs to know; `steps` and the rest are None where it does not let one choose."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    count: int
    strength: float | None


def settle(wanted: GenerationRequest, model: Model) -> Settled:
    """What is going to be made. Raises `Invalid` naming every field that this model cannot do."""
    errors: list[FieldError] = []
    for check in (_prompts, _size, _numbers, _init_image, _scheduler):
        errors += check(wanted, model)
    if errors:
        raise Invalid(errors=errors)
    width, height = wanted.width or model.width, wanted.height or model.height
    from_picture = wanted.init_image_id is not None
    return Settled(
        prompt=wanted.prompt.strip(),
        negative_prompt=wanted.negative_prompt.strip(),
        width=width,
        height=height,
        steps=model.steps and (wanted.steps or model.steps),
        guidance_scale=model.guidance_scale if wanted.guidance_scale is None else wanted.guidance_scale,
        scheduler=wanted.scheduler,
        count=wanted.count,
        strength=(_DEFAULT_STRENGTH if wanted.strength is None else wanted.strength) if from_picture else None,
    )


def _prompts(wanted: GenerationRequest, model: Model) -> list[FieldError]:
    errors = []
    if not wanted.prompt.strip():
        errors.append(FieldError("prompt", "Say what to make."))
    for name, text in (("prompt", wanted.prompt), ("negative_prompt", wanted.negative_prompt)):
        if len(text.strip()) > model.prompt_max:
            errors.append(FieldError(name, f"This model reads at most {model.prompt_max:,} characters."))
        elif not _is_text(text):
            errors.append(FieldError(name, "This holds characters that are no text."))
    if wanted.negative_prompt.strip() and not model.takes_negative_prompt:
        errors.append(FieldError("negative_prompt", "This model takes no negative prompt."))
    return errors


def _is_text(text: str) -> bool:
    """NUL fits into no database, half a character into no answer."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _size(wanted: GenerationRequest, model: Model) -> list[FieldError]:
    width, height = wanted.width or model.width, wanted.height or model.height
    if model.sizes:
        if (width, height) in model.sizes:
            return []
        known = ", ".join(f"{w} × {h}" for w, h in model.sizes)  # noqa: RUF001 The sign that sizes are written with.
        return [FieldError("width", f"This model makes {known} pixels.")]
    return [
        error
        for name, side in (("width", wanted.width), ("height", wanted.height))
        for error in _side(name, side, model)
    ]


def _side(name: str, side: int | None, model: Model) -> list[FieldError]:
    if side is None or (model.min_side <= side <= model.max_side and side % model.multiple == 0):
        return []
    reason = f"{model.min_side} to {model.max_side:,} pixels, in steps of {model.multiple}."
    return [FieldError(name, reason)]


def _numbers(wanted: GenerationRequest, model: Model) -> list[FieldError]:
    return [
        error
        for error in (
            _range("steps", wanted.steps, 1, model.max_steps, allowed=model.steps is not None),
            _range("guidance_scale", wanted.guidance_scale, 0, MAX_GUIDANCE, allowed=model.guidance_scale is not None),
            _range("seed", wanted.seed, 0, MAX_SEED, allowed=model.takes_seed),
            _range("count", wanted.count, 1, MAX_COUNT),
            _range("strength", wanted.strength, 0, 1),
        )
        if error is not None
    ]


def _range(name: str, value: float | None, low: float, high: float, *, allowed: bool = True) -> FieldError | None:
    if value is None:
        return None
    if not allowed:
        return FieldError(name, "This model does not let one choose it.")
    if not math.isfinite(value) or not low <= value <= high:
        return FieldError(name, f"{low:,} to {high:,.0f}.")
    return None


def _init_image(wanted: GenerationRequest, model: Model) -> list[FieldError]:
    if wanted.init_image_id is not None and not model.takes_init_image:
        return [FieldError("init_image_id", "This model cannot begin from a picture.")]
    if wanted.init_image_id is None and wanted.strength is not None:
        return [FieldError("strength", "This belongs to a picture to begin from.")]
    return []


def _scheduler(wanted: GenerationRequest, model: Model) -> list[FieldError]:
    if wanted.scheduler is None or wanted.scheduler in model.schedulers:
        return []
    known = ", ".join(model.schedulers)
    return [FieldError("scheduler", f"One of: {known}." if known else "This model does not let one choose it.")]


class Asked(Protocol):
    """A generation as it was settled for the model that was asked first."""

    model: str
    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    count: int
    strength: float | None


def adapted(asked: Asked, model: Model) -> Settled:
    """What `model` makes of a generation that was settled for another one: its own steps, the nearest size it can do.

    For the model that was asked it changes nothing.
    """
    same = asked.model == model.id
    width, height = (asked.width, asked.height) if same else _nearest(asked.width, asked.height, model)
    return Settled(
        prompt=asked.prompt[: model.prompt_max],
        negative_prompt=asked.negative_prompt if model.takes_negative_prompt else "",
        width=width,
        height=height,
        steps=asked.steps if same else model.steps,
        guidance_scale=asked.guidance_scale if same else model.guidance_scale,
        scheduler=asked.scheduler if same else None,
        count=asked.count,
        strength=asked.strength,
    )


def _nearest(width: int, height: int, model: Model) -> tuple[int, int]:
    """The size of the nearest shape where there are only some, else the nearest sides."""
    if model.sizes:
        wanted = math.log(width / height)
        return min(model.sizes, key=lambda size: (abs(math.log(size[0] / size[1]) - wanted), abs(size[0] - width)))
    sides = (min(max(side, model.min_side), model.max_side) for side in (width, height))
    nearest_width, nearest_height = (round(side / model.multiple) * model.multiple for side in sides)
    return nearest_width, nearest_height
