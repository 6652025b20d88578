"""What may be asked of a picture, as values; the repositories make SQL of them."""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

_DEGREES = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})", re.ASCII)
_BBOX = "bbox takes west,south,east,north in degrees such as 5.9,45.8,10.5,47.8"


class ConditionName(StrEnum):
    """Which property of a picture is asked for."""

    CAMERA = "camera"
    CAMERA_MAKE = "camera_make"
    CAMERA_MODEL = "camera_model"
    LENS = "lens"
    APERTURE = "aperture"
    ISO = "iso"
    FOCAL_LENGTH = "focal_length"
    EXPOSURE = "exposure"
    TAKEN = "taken"
    TAG = "tag"
    OWNER = "owner"
    SOURCE = "source"
    MODEL = "model"
    PROMPT = "prompt"
    SEED = "seed"
    RATING = "rating"
    VISIBILITY = "visibility"
    GPS = "gps"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Range:
    """Everything from `low` to `high`, None being no bound; an open bound is itself left out.

    Numbers are in the units of the property (mm, f-number, seconds); times are aware and in UTC.
    """

    low: float | datetime | None = None
    high: float | datetime | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """Between two parallels and two meridians, edges included, in decimal degrees (WGS 84).

    Where `west` is greater than `east` the box crosses the antimeridian (RFC 7946, section 5.2).
    """

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Circle:
    """Within `radius_m` metres of a point in decimal degrees (WGS 84)."""

    latitude: float
    longitude: float
    radius_m: float


ConditionValue = Range | Box | Circle | UUID | str | int | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One property and what it must be, or must not be where `negated`.

    The value's type follows from the name: a `Range` for aperture, iso, focal_length, exposure and taken; a `Box` or a
    `Circle` for place; an int for seed; True for gps; else text. Source, rating and visibility are values of their
    enums; a tag is as `clean_tags` writes it; an owner is a lower-case UUID, username or `me`.

    A camera, a lens or a model is meant by the beginnings of its words, or where `whole` by its folded name alone.
    """

    name: ConditionName
    value: ConditionValue
    negated: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that follow one another. `prefix` lets the last one go on, `in_prompt` looks for them in prompts alone.

    Where they are wanted as they stand (`exact`), a picture that only means the same is not what was asked for.
    """

    text: str
    prefix: bool = False
    negated: bool = False
    in_prompt: bool = False
    exact: bool = False

    @property
    def is_firm(self) -> bool:
        """Whether it must hold of a picture however that was found."""
        return self.negated or self.exact or self.in_prompt


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for beside the filters of a list: conditions, words, and what else is meant by the words.

    A picture is found by its words or by being one of `also`; every condition must hold for both. Where `only` is not
    None nothing but these pictures is found.
    """

    conditions: tuple[Condition, ...] = ()
    words: tuple[Sought, ...] = ()
    also: tuple[UUID, ...] = ()
    only: tuple[UUID, ...] | None = None


NOTHING_ASKED = Asked()


def box_of(text: str) -> Box:
    """The box that `west,south,east,north` describes. Raises `ValueError` saying in plain words what is wrong."""
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError(_BBOX)
    west, east = longitude_of(parts[0]), longitude_of(parts[2])
    south, north = latitude_of(parts[1]), latitude_of(parts[3])
    if south > north:
        raise ValueError(f"{_BBOX}: the south comes before the north")
    return Box(west, south, east, north)


def latitude_of(text: str) -> float:
    """Degrees from -90 to 90. Raises `ValueError` in plain words."""
    return _degrees(text, "latitude", 90)


def longitude_of(text: str) -> float:
    """Degrees from -180 to 180. Raises `ValueError` in plain words."""
    return _degrees(text, "longitude", 180)


def _degrees(text: str, name: str, limit: int) -> float:
    degrees = float(text) if _DEGREES.fullmatch(text.strip()) else math.nan
    if not abs(degrees) <= limit:
        raise ValueError(f"a {name} is a number of degrees from -{limit} to {limit}")
    return degrees + 0.0  # There is one zero, not two.
