"""The keys of the search box: what each one asks for, and how its value is read."""

from collections.abc import Callable
from dataclasses import dataclass

from clonegallery.images.conditions import ConditionName, ConditionValue, box_of
from clonegallery.images.schemas import ImageSource, Rating, Visibility
from clonegallery.search.query.dates import interval_of
from clonegallery.search.query.places import circle_of
from clonegallery.search.query.scales import Scale
from clonegallery.search.query.values import (
    choice_of,
    has_gps,
    image_id_of,
    name_of,
    owner_of,
    plainly,
    seed_of,
    tag_of,
)

# The limits are those of `images/exif.py`: nothing outside them is ever stored.
SCALES = {
    ConditionName.APERTURE: Scale(0.1, 100, prefix="f/?", absolute=0.05),
    ConditionName.ISO: Scale(1, 10_000_000),
    ConditionName.FOCAL_LENGTH: Scale(0.1, 10_000, suffix="mm"),
    ConditionName.EXPOSURE: Scale(0.000001, 86_400, suffix="s", fractions=True, relative=0.01),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the `name` of its condition (None for `like`), what it `takes` in words, and an `example` of a term.

    `read` makes the value of a text, or raises `ValueError`, with words where these say more than `takes`. Where it has
    `whole` names, `=` before the value asks for the one that is so named and no other.
    """

    key: str
    name: ConditionName | None
    takes: str
    example: str
    read: Callable[[str], ConditionValue]
    aliases: tuple[str, ...] = ()
    whole: bool = False


def _named(key: str, name: ConditionName, takes: str, value: str) -> Key:
    return Key(key, name, takes, f"{key}:{value}", name_of, whole=True)


def _text(key: str, name: ConditionName, takes: str, value: str, *aliases: str) -> Key:
    return Key(key, name, takes, f"{key}:{value}", name_of, aliases)


def _plain(
    key: str, name: ConditionName, takes: str, value: str, read: Callable[[str], ConditionValue], *aliases: str
) -> Key:
    return Key(key, name, takes, f"{key}:{value}", lambda text: read(plainly(text)), aliases)


_NUMBERS = "a number or a range"
KEYS = (
    _named("camera", ConditionName.CAMERA, "the name of a camera", "canon"),
    _text("make", ConditionName.CAMERA_MAKE, "the maker of a camera", "nikon", "camera_make"),
    _text("camera_model", ConditionName.CAMERA_MODEL, "the model of a camera", "x100v"),
    _named("lens", ConditionName.LENS, "the name of a lens", '"50mm"'),
    _plain("f", ConditionName.APERTURE, _NUMBERS, "2.8..5.6", SCALES[ConditionName.APERTURE].range_of, "aperture"),
    _plain("iso", ConditionName.ISO, _NUMBERS, "100..800", SCALES[ConditionName.ISO].range_of),
    _plain("mm", ConditionName.FOCAL_LENGTH, _NUMBERS, ">=50", SCALES[ConditionName.FOCAL_LENGTH].range_of,
           "focal_length"),
    _plain("s", ConditionName.EXPOSURE, "seconds or a range", "<1/250", SCALES[ConditionName.EXPOSURE].range_of,
           "exposure"),
    _plain("taken", ConditionName.TAKEN, "a year, a month, a day or a range", "2024..2025-06", interval_of),
    Key("tag", ConditionName.TAG, "a tag", "tag:beach", tag_of),
    Key("by", ConditionName.OWNER, "a username", "by:alice", owner_of, ("owner",)),
    Key("source", ConditionName.SOURCE, "upload, generation or import", "source:generation", choice_of(ImageSource)),
    _named("model", ConditionName.MODEL, "the model that made a picture", "sdxl"),
    _text("prompt", ConditionName.PROMPT, "words of a prompt", "castle"),
    Key("seed", ConditionName.SEED, "a whole number from 0 to 9223372036854775807", "seed:42", seed_of),
    Key("rating", ConditionName.RATING, "general, sensitive or explicit", "rating:general", choice_of(Rating)),
    Key("visibility", ConditionName.VISIBILITY, "public, unlisted or private", "visibility:private",
        choice_of(Visibility)),
    Key("has", ConditionName.GPS, "gps", "has:gps", has_gps),
    _plain("near", ConditionName.PLACE, "a latitude, a longitude and a radius", "46.5,7.9,10km", circle_of),
    _plain("bbox", ConditionName.PLACE, "west, south, east and north", "5.9,45.8,10.5,47.8", box_of),
    Key("like", None, "the id of a picture", "like:0198c0de-7a11-7000-8000-00000000beef", image_id_of),
)  # fmt: skip
BY_NAME = {name: key for key in KEYS for name in (key.key, *key.aliases)}
