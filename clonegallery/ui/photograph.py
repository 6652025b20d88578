"""How photographers write what a camera recorded. Pure functions from numbers to text; no value gives an empty text."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

_UNITS = ("bytes", "KB", "MB", "GB")


def aperture(f_number: float | None) -> str:
    """`ƒ/2.8` for an f-number."""
    return f"ƒ/{f_number:.2g}" if f_number and f_number < 10 else f"ƒ/{f_number:.0f}" if f_number else ""


def exposure(seconds: float | None) -> str:
    """`1/250 s`, `0.4 s`, `30 s` for a time in seconds: a fraction up to a quarter of a second, as cameras show it."""
    if not seconds:
        return ""
    if seconds <= 0.26:
        return f"1/{round(1 / seconds)} s"
    nearest = Fraction(seconds).limit_denominator(3)
    if seconds < 1 and abs(float(nearest) - seconds) < 0.01:
        return f"{nearest} s"
    return f"{seconds:.3g} s"


def focal_length(millimetres: float | None) -> str:
    """`50 mm` or `7.1 mm`: a decimal only where a small lens needs it."""
    return f"{round(millimetres, 1):g} mm" if millimetres else ""


def iso(speed: int | None) -> str:
    """`ISO 400`."""
    return f"ISO {speed}" if speed else ""


def camera(make: str | None, model: str | None) -> str:
    """Make and model without the make said twice, as in `Canon EOS 40D` for `Canon` and `Canon EOS 40D`."""
    make, model = (make or "").strip(), (model or "").strip()
    first = make.split(" ", 1)[0]
    return model if not first or model.lower().startswith(first.lower()) else f"{make} {model}".strip()


def taken(moment: datetime | None, offset_minutes: int | None) -> str:
    """`14 July 2024, 18:05` on the clock of the place it was taken, with its offset where the camera wrote one.

    Without an offset `moment` holds the camera's own clock, and no zone is claimed.
    """
    if moment is None:
        return ""
    zone = UTC if offset_minutes is None else timezone(timedelta(minutes=offset_minutes))
    there = moment.astimezone(zone)
    shown = f"{there.day} {there:%B %Y, %H:%M}"
    return shown if offset_minutes is None else f"{shown} {_offset(offset_minutes)}"


def day(moment: datetime) -> str:
    """`14 July 2024`, in UTC."""
    there = moment.astimezone(UTC)
    return f"{there.day} {there:%B %Y}"


def dimensions(width: int, height: int) -> str:
    """Sides and megapixels, as in `6000 x 4000 · 24 MP` with a real times sign; tiny pictures have only sides."""
    megapixels = width * height / 1e6
    sides = f"{width} \N{MULTIPLICATION SIGN} {height}"
    if megapixels < 0.1:
        return sides
    return f"{sides} · {megapixels:.0f} MP" if megapixels >= 10 else f"{sides} · {megapixels:.1f} MP"


def file_size(size: int) -> str:
    """`3.4 MB`, in steps of 1,000 as cameras and disks count."""
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 1 if unit > 1 and amount < 100 else 0
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def position(latitude: float, longitude: float) -> str:
    """`46.53780° N, 7.96250° E` for WGS 84 degrees."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def count(number: int, one: str, many: str) -> str:
    """`1 view`, `1,204 views`."""
    return f"{number:,} {one if number == 1 else many}"


def _offset(minutes: int) -> str:
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
