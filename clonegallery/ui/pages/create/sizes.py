"""The sizes that the form offers for a model. Pure functions of pixels."""

import math
from dataclasses import dataclass

from clonegallery.generations.schemas import ModelRead
from clonegallery.ui.making import words

CUSTOM = "custom"
_PORTRAIT = 2 / 3
_USUAL_STEP = 64  # What models were trained on; finer sides are possible, but rarely what one wants.


@dataclass(frozen=True)
class SizeView:
    """One size to choose. `shape` is its width by its height, as CSS calculates with it."""

    value: str = ""
    label: str = ""
    detail: str = ""
    shape: str = ""


def sizes_of(model: ModelRead) -> list[SizeView]:
    """Those that the model makes, where it makes only some, else a square, a portrait and a landscape."""
    known = model.sizes or [_square(model), *_upright_and_across(model)]
    return [_view(width, height) for width, height in dict.fromkeys([(model.width, model.height), *known])]


def size_in(value: str) -> tuple[int, int] | None:
    """The sides that a `SizeView.value` holds; None for anything else."""
    width, _, height = value.partition("x")
    sides = (width, height)
    if not all(side.isascii() and side.isdigit() and len(side) < 6 for side in sides):
        return None
    return int(width), int(height)


def value_of(width: int, height: int) -> str:
    return f"{width}x{height}"


def fitting(width: int, height: int, model: ModelRead) -> tuple[int, int]:
    """The size in the shape of `width` x `height` that the model makes best, for a picture to begin from."""
    ratio = width / height
    if model.sizes:
        return min(model.sizes, key=lambda size: abs(math.log(size[0] / size[1] / ratio)))
    return _shaped(model, ratio)


def _square(model: ModelRead) -> tuple[int, int]:
    return _shaped(model, 1.0)


def _upright_and_across(model: ModelRead) -> list[tuple[int, int]]:
    width, height = _shaped(model, _PORTRAIT)
    return [(width, height), (height, width)]


def _shaped(model: ModelRead, ratio: float) -> tuple[int, int]:
    """As many pixels as the model's own size has, in this shape, as near as its steps allow."""
    area = model.width * model.height
    return _side(math.sqrt(area * ratio), model), _side(math.sqrt(area / ratio), model)


def _side(wanted: float, model: ModelRead) -> int:
    step = math.lcm(model.multiple, _USUAL_STEP) if wanted >= 4 * _USUAL_STEP else model.multiple
    lowest, highest = math.ceil(model.min_side / step) * step, model.max_side // step * step
    return max(lowest, min(highest, round(wanted / step) * step))


def _view(width: int, height: int) -> SizeView:
    label = "Square" if width == height else "Portrait" if width < height else "Landscape"
    return SizeView(value_of(width, height), label, words.size(width, height), f"{width} / {height}")
