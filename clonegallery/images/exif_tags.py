"""Every EXIF tag of a file as plain values: ExifRead reads first, Pillow the containers that it does not know."""

import logging
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from numbers import Rational
from pathlib import Path
from typing import Any

import exifread
import orjson
from PIL import ExifTags

from clonegallery.errors import UnreadableImage
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.opening import DECODER_ERRORS, open_picture

Number = int | float
TagValue = str | tuple[Number, ...]
Tags = Mapping[str, TagValue]
JsonValue = str | Number | list[Number]

_MAX_TEXT = 1000
_MAX_ITEMS = 64
_MAX_BYTES = 64 * 1024
# Pointers between directories, embedded pictures and makers' private blobs say nothing to a person.
_UNSAID = re.compile(
    r"^(Thumbnail|MakerNote|JPEGThumbnail|TIFFThumbnail|IFD \d)|(Offset|MakerNote|GPSInfo|Padding|PrintIM)$"
)
_BLOBS = frozenset({"Image ApplicationNotes", "Image XMLPacket", "Image InterColorProfile", "Image ImageResources"})
# Where Pillow spells a tag in another way.
_EXIFREAD_NAMES = {0x9290: "SubSecTime", 0x9291: "SubSecTimeOriginal", 0x9292: "SubSecTimeDigitized"}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

# ExifRead reports each odd tag of each odd picture; here odd pictures are the everyday case.
logging.getLogger("exifread").setLevel(logging.CRITICAL)


def read_tags(path: Path, mime: str) -> dict[str, TagValue]:
    """All readable tags, as `"GROUP Name"` (`Image`, `EXIF`, `GPS`) to text or finite numbers.

    Odd files give fewer tags; none raises.
    """
    tags = dict(_clean(_with_exifread(path)))
    if not any(name.startswith(("EXIF ", "GPS ")) for name in tags):
        tags = dict(_clean(_with_pillow(path, mime))) | tags
    return tags


def _with_exifread(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = exifread.process_file(file, details=False, extract_thumbnail=False)
    except Exception:  # noqa: BLE001 - It has no root error: malformed files surface as struct.error, EOFError and more.
        return {}
    return {name: _readable(tag) for name, tag in found.items() if hasattr(tag, "values")}


def _readable(tag: Any) -> Any:
    """ExifRead's words for an enumerated or encoded value ("Flash did not fire"), its numbers for the rest."""
    words, values = tag.printable, tag.values
    if isinstance(values, str) or not isinstance(words, str) or not words or words.startswith("["):
        return values
    return values if len(values) == 1 and words == str(values[0]) else words


def _with_pillow(path: Path, mime: str) -> dict[str, Any]:
    try:
        with open_picture(path, mime, DecodeLimits()) as picture:
            exif = picture.getexif()
            groups = (
                ("Image", exif, ExifTags.TAGS),
                ("EXIF", exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS),
                ("GPS", exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS),
            )
            return {
                f"{group} {_EXIFREAD_NAMES.get(tag, names[tag])}": value
                for group, ifd, names in groups
                for tag, value in ifd.items()
                if tag in names
            }
    except (UnreadableImage, *DECODER_ERRORS):
        return {}


def _clean(tags: Mapping[str, Any]) -> Iterator[tuple[str, TagValue]]:
    for name, value in tags.items():
        plain = _plain(value)
        if plain and name not in _BLOBS and not _UNSAID.search(name):
            yield name, plain


def _plain(value: Any) -> TagValue:
    """Text or finite numbers; empty for what is neither, and for arrays too long to be anything but a blob."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "ignore") if len(value) <= _MAX_TEXT else ""
    if isinstance(value, str):
        return clean_text(value, _MAX_TEXT)
    numbers = [_number(item) for item in (value if isinstance(value, Sequence) else (value,))]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else ()


def _number(item: Any) -> Number | None:
    """A finite number that JSON can hold, or None. ExifRead and Pillow each have a rational type of their own."""
    if isinstance(item, int):
        return int(item) if -(2**53) < item < 2**53 else None
    if not isinstance(item, (float, Rational)):
        return None
    try:
        number = float(item)
    except (ArithmeticError, TypeError, ValueError):  # A zero denominator fails only when it is divided by.
        return None
    return number if math.isfinite(number) else None


def clean_text(text: str, limit: int) -> str:
    """At most `limit` characters of `text` without control characters and surrounding space."""
    return _UNPRINTABLE.sub("", text).strip()[:limit].strip()


def to_json(tags: Tags) -> dict[str, JsonValue]:
    """The tags as JSON-able values: texts of 1,000 characters, lists of 64 numbers, 64 KiB together.

    What exceeds that is left out.
    """
    kept: dict[str, JsonValue] = {}
    room = _MAX_BYTES - 2
    for name, value in tags.items():
        plain: JsonValue = value if isinstance(value, str) else value[0] if len(value) == 1 else [*value[:_MAX_ITEMS]]
        room -= len(orjson.dumps({name: plain}))
        if room < 0:
            break
        kept[name] = plain
    return kept
