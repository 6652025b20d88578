"""The form as text, the request that it makes, and the form that a picture or an earlier generation fills."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from clonegallery.errors import FieldError, Invalid
from clonegallery.generations.schemas import GenerationRead, GenerationRequest, ModelRead
from clonegallery.images.schemas import GenerationOf
from clonegallery.settings import get_settings
from clonegallery.ui.making import words
from clonegallery.ui.pages.create import sizes
from clonegallery.ui.refusals import text_in

FIELDS = (
    "prompt",
    "negative_prompt",
    "model",
    "init_image_id",
    "strength",
    "width",
    "height",
    "count",
    "steps",
    "guidance_scale",
    "scheduler",
    "seed",
    "visibility",
)
"""The fields of the service that the form has a place for."""

FOCUSABLE = tuple(name for name in FIELDS if name not in ("count", "init_image_id"))
"""Those that are one control each, whose id is their name."""

DEFAULT_STRENGTH = "0.6"
_LONGEST = 200_000


@dataclass(frozen=True)
class Wish:
    """What stands in the form, as it was typed. `size` is a value of `sizes.py`, or `custom` for the two sides."""

    prompt: str = ""
    negative_prompt: str = ""
    size: str = ""
    width: str = ""
    height: str = ""
    steps: str = ""
    guidance_scale: str = ""
    scheduler: str = ""
    seed: str = ""
    count: str = "1"
    strength: str = DEFAULT_STRENGTH
    visibility: str = ""


NAMES = tuple(Wish.__dataclass_fields__)


def changed(wish: Wish, **changes: str) -> Wish:
    """`wish` with these fields otherwise; the state hands out a stand-in of what it keeps, which is no dataclass."""
    return Wish(**({name: getattr(wish, name) for name in NAMES} | changes))


def typed(form: Mapping[str, Any], before: Wish) -> Wish:
    """What a form holds; a field that the page did not show stays as it was `before`."""
    return Wish(**{name: text_in(form, name, _LONGEST) if name in form else getattr(before, name) for name in NAMES})


def fresh(model: ModelRead | None, before: Wish) -> Wish:
    """The form for another model: what is meant for any model stays, the rest is the model's own choice."""
    kept = {"prompt": before.prompt, "negative_prompt": before.negative_prompt, "count": before.count}
    kept |= {"seed": before.seed, "strength": before.strength}
    visibility = before.visibility or get_settings().generation_visibility
    if model is None:
        return Wish(**kept, visibility=visibility)
    return Wish(
        **kept,
        visibility=visibility,
        size=sizes.value_of(model.width, model.height),
        width=str(model.width),
        height=str(model.height),
        steps=str(model.steps or ""),
        guidance_scale="" if model.guidance_scale is None else words.number(model.guidance_scale),
    )


def sized(wish: Wish, model: ModelRead, width: int, height: int) -> Wish:
    """`wish` in this size: by its name where the model has one for it, else as two sides where it lets one choose."""
    value = sizes.value_of(width, height)
    has_name = any(size.value == value for size in sizes.sizes_of(model))
    if not has_name and model.sizes:
        return wish
    return changed(wish, size=value if has_name else sizes.CUSTOM, width=str(width), height=str(height))


def recalled(used: GenerationOf | GenerationRead, model: ModelRead, before: Wish) -> Wish:
    """The form with everything that was used, as far as this model has it."""
    filled = {
        "prompt": used.prompt,
        "negative_prompt": used.negative_prompt if model.takes_negative_prompt else "",
        "seed": "" if used.seed is None else str(used.seed),
    }
    if used.steps is not None and model.steps is not None:
        filled["steps"] = str(used.steps)
    if used.guidance_scale is not None and model.guidance_scale is not None:
        filled["guidance_scale"] = words.number(used.guidance_scale)
    if used.scheduler is not None and used.scheduler in model.schedulers:
        filled["scheduler"] = used.scheduler
    if used.strength is not None:
        filled["strength"] = words.number(used.strength)
    if isinstance(used, GenerationRead):
        filled |= {"count": str(used.count), "visibility": str(used.visibility)}
    return sized(changed(fresh(model, before), **filled), model, used.width, used.height)


def request_of(wish: Wish, model: ModelRead, *, seed_locked: bool, init_image_id: UUID | None) -> GenerationRequest:
    """What the form asks of `model`; the usual one is not named, so that another may take over where it is down.

    Raises `Invalid` naming every field that is no number, or that the service would not even read.
    """
    errors: list[FieldError] = []

    def number(name: str, *, whole: bool) -> Any:
        try:
            return _number(getattr(wish, name), whole=whole)
        except ValueError:
            errors.append(FieldError(name, "A whole number." if whole else "A number, like 7.5."))
            return None

    size = sizes.size_in(wish.size)
    width, height = size or (number("width", whole=True), number("height", whole=True))
    asked = {
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt if model.takes_negative_prompt else "",
        "model": None if model.is_default else model.id,
        "provider": None if model.is_default else model.provider,
        "width": width,
        "height": height,
        "steps": number("steps", whole=True) if model.steps is not None else None,
        "guidance_scale": number("guidance_scale", whole=False) if model.guidance_scale is not None else None,
        "scheduler": wish.scheduler or None,
        "seed": number("seed", whole=True) if seed_locked and model.takes_seed else None,
        "count": number("count", whole=True) or 0,
        "init_image_id": init_image_id,
        "strength": number("strength", whole=False) if init_image_id else None,
        "visibility": wish.visibility or None,
    }
    return _checked(asked, errors)


def _checked(asked: Mapping[str, Any], errors: list[FieldError]) -> GenerationRequest:
    if errors:
        raise Invalid(errors=errors)
    try:
        return GenerationRequest.model_validate(asked)
    except ValidationError as error:
        names = {str(one["loc"][0]) for one in error.errors()}
        raise Invalid(errors=[FieldError(name, "Choose one of these.") for name in names]) from error


def _number(text: str, *, whole: bool) -> int | float | None:
    """The number in a text, None for an empty one. Raises `ValueError` for a text that is no number."""
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    value = int(text) if whole else float(text)
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(text)
    return value
