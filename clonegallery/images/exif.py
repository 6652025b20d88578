"""What a camera wrote about a picture, as typed values that are either sensible or absent."""

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clonegallery.images.exif_tags import JsonValue, Tags, clean_text, read_tags, to_json

_DATE = re.compile(r"(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
# The oldest surviving photograph is of 1826; a later century is a camera whose clock was never set.
_YEARS = range(1826, 2100)
_MOMENTS = (
    ("EXIF DateTimeOriginal", "EXIF OffsetTimeOriginal", "EXIF SubSecTimeOriginal"),
    ("EXIF DateTimeDigitized", "EXIF OffsetTimeDigitized", "EXIF SubSecTimeDigitized"),
    ("Image DateTime", "EXIF OffsetTime", "EXIF SubSecTime"),
)


@dataclass(frozen=True, slots=True)
class Exif:
    """Camera settings and circumstances; None where the file says nothing or nothing credible.

    `focal_length` is in mm, `aperture` an f-number, `exposure` in seconds. `taken_at` is aware, in UTC; it is the
    wall-clock time less `taken_at_offset_minutes` where the file states an offset, else the wall-clock time as UTC. The
    position is decimal degrees in WGS 84, both or neither. `raw` holds every readable tag as JSON-able values, at
    most 64 KiB of them.
    """

    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    focal_length: float | None = None
    aperture: float | None = None
    exposure: float | None = None
    iso: int | None = None
    taken_at: datetime | None = None
    taken_at_offset_minutes: int | None = None
    gps_latitude: float | None = None
    gps_longitude: float | None = None
    raw: dict[str, JsonValue] = field(default_factory=dict)


def read_exif(path: Path, sniffed_mime: str) -> Exif:
    """Read the EXIF of a sniffed file; blocking.

    Missing, broken and absurd values come back as None: this never raises for content.
    """
    return from_tags(read_tags(path, sniffed_mime))


def from_tags(tags: Tags) -> Exif:
    """Interpret tags as `read_tags` names them."""
    taken_at, offset = _taken_at(tags)
    latitude, longitude = _position(tags)
    iso = _between(tags, "EXIF ISOSpeedRatings", 1, 10_000_000) or _between(tags, "EXIF ISOSpeed", 1, 10_000_000)
    return Exif(
        camera_make=_text(tags, "Image Make", 100),
        camera_model=_text(tags, "Image Model", 100),
        lens=_text(tags, "EXIF LensModel", 200),
        focal_length=_between(tags, "EXIF FocalLength", 0, 10_000),
        aperture=_between(tags, "EXIF FNumber", 0, 100) or _from_apex(tags, "EXIF ApertureValue", 0.5, 100),
        exposure=_between(tags, "EXIF ExposureTime", 0, 86_400)
        or _from_apex(tags, "EXIF ShutterSpeedValue", -1, 86_400),
        iso=round(iso) if iso else None,
        taken_at=taken_at,
        taken_at_offset_minutes=offset,
        gps_latitude=latitude,
        gps_longitude=longitude,
        raw=to_json(tags),
    )


def _text(tags: Tags, name: str, limit: int) -> str | None:
    value = tags.get(name)
    return (clean_text(value, limit) or None) if isinstance(value, str) else None


def _between(tags: Tags, name: str, low: float, high: float) -> float | None:
    """The tag's first number when it is above zero and within the bounds."""
    value = tags.get(name)
    if not value or isinstance(value, str) or not (value[0] > 0 and low <= value[0] <= high):
        return None
    return float(value[0])


def _from_apex(tags: Tags, name: str, power: float, high: float) -> float | None:
    """Two to the power of APEX units, as Exif 2.32 annex C defines them for aperture (1/2) and exposure time (-1)."""
    value = tags.get(name)
    if not value or isinstance(value, str) or abs(value[0]) > 64:
        return None
    result = 2.0 ** (power * value[0])
    return result if result <= high else None


def _taken_at(tags: Tags) -> tuple[datetime | None, int | None]:
    for moment, offset_name, fraction_name in _MOMENTS:
        wall_clock = _wall_clock(_text(tags, moment, 40), _text(tags, fraction_name, 10))
        if wall_clock is not None:
            offset = _offset_minutes(_text(tags, offset_name, 10))
            return wall_clock - timedelta(minutes=offset or 0), offset
    return None, None


def _wall_clock(text: str | None, fraction: str | None) -> datetime | None:
    found = _DATE.match(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction and fraction.isascii() and fraction.isdigit() else 0
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
    except ValueError:  # A thirteenth month, a 61st minute.
        return None
    return moment if year in _YEARS else None


def _offset_minutes(text: str | None) -> int | None:
    if text == "Z":
        return 0
    found = _OFFSET.fullmatch(text or "")
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    signed = -minutes if found[1] == "-" else minutes
    return signed if -12 * 60 <= signed <= 14 * 60 else None


def _position(tags: Tags) -> tuple[float, float] | tuple[None, None]:
    latitude = _degrees(tags, "GPS GPSLatitude", "NS", 90)
    longitude = _degrees(tags, "GPS GPSLongitude", "EW", 180)
    # Without its hemisphere a position is in one of four places, so it counts as none.
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(tags: Tags, name: str, hemispheres: str, limit: int) -> float | None:
    parts, hemisphere = tags.get(name), (_text(tags, f"{name}Ref", 10) or " ")[0].upper()
    if not parts or isinstance(parts, str) or len(parts) > 3 or hemisphere not in hemispheres:
        return None
    degrees = math.fsum(part / 60**power for power, part in enumerate(parts))
    if min(parts) < 0 or degrees > limit:
        return None
    return -degrees if hemisphere == hemispheres[1] else degrees
