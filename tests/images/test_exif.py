"""EXIF: what real cameras wrote is read right, and what no camera would write becomes None."""

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from clonegallery.images.exif import Exif, from_tags, read_exif
from clonegallery.images.exif_tags import clean_text
from tests.images.pictures import encode, photograph, photographs, scene, with_jpeg_exif

MIMES = {".jpg": "image/jpeg", ".avif": "image/avif", ".heic": "image/heic", ".webp": "image/webp", ".png": "image/png"}


def exif_block(
    base: dict[int, Any], sub: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Image.Exif:
    exif = Image.Exif()
    exif.update(base)
    exif.get_ifd(0x8769).update(sub or {})
    exif.get_ifd(0x8825).update(gps or {})
    return exif


def read_from(exif: Image.Exif, folder: Path, file_format: str = "JPEG") -> Exif:
    path = folder / "source"
    path.write_bytes(encode(scene(64, 40), file_format, exif=exif))
    return read_exif(path, f"image/{file_format.lower()}")


CAMERA = exif_block(
    {0x010F: "Aperture Works", 0x0110: "Model 7"},
    {
        0x829A: IFDRational(1, 250),
        0x829D: IFDRational(28, 10),
        0x8827: 400,
        0x9003: "2024:07:01 12:30:00",
        0x9011: "+05:30",
        0x9291: "25",
        0x920A: IFDRational(50, 1),
        0xA434: "Works 50mm f/1.8",
    },
    {1: "S", 2: (33.0, 51.0, 30.0), 3: "W", 4: (70.0, 30.0, 0.0)},
)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_typed_value_is_read(file_format: str, tmp_path: Path) -> None:
    exif = read_from(CAMERA, tmp_path, file_format)
    assert (exif.camera_make, exif.camera_model, exif.lens) == ("Aperture Works", "Model 7", "Works 50mm f/1.8")
    assert (exif.focal_length, exif.aperture, exif.iso) == (50, 2.8, 400)
    assert exif.exposure == pytest.approx(0.004)
    assert exif.taken_at == datetime(2024, 7, 1, 7, 0, 0, 250_000, tzinfo=UTC)
    assert exif.taken_at_offset_minutes == 330
    assert exif.gps_latitude == pytest.approx(-33.858333, abs=1e-6)
    assert exif.gps_longitude == pytest.approx(-70.5)


@pytest.mark.parametrize(
    ("name", "latitude", "longitude"),
    [
        ("gps/DSCN0010.jpg", 43.467448, 11.885127),
        ("gps/DSCN0012.jpg", 43.467157, 11.885395),
        ("gps/DSCN0021.jpg", 43.467082, 11.884538),
        ("gps/DSCN0025.jpg", 43.468365, 11.881635),
        ("gps/DSCN0027.jpg", 43.468442, 11.881515),
        ("formats/IMG_2682.heic", 41.2203, -96.071625),
    ],
)
def test_real_positions_are_read(name: str, latitude: float, longitude: float) -> None:
    path = photograph(name)
    exif = read_exif(path, MIMES[path.suffix])
    assert exif.gps_latitude == pytest.approx(latitude, abs=1e-6)
    assert exif.gps_longitude == pytest.approx(longitude, abs=1e-6)


def test_a_real_phone_is_read() -> None:
    exif = read_exif(photograph("formats/IMG_2682.heic"), "image/heic")
    assert (exif.camera_make, exif.camera_model, exif.lens) == (
        "Apple",
        "iPhone 7",
        "iPhone 7 back camera 3.99mm f/1.8",
    )
    assert (exif.focal_length, exif.aperture, exif.iso) == (3.99, 1.8, 20)
    assert exif.taken_at == datetime(2019, 3, 21, 11, 4, 22, 348_000, tzinfo=UTC)
    assert exif.taken_at_offset_minutes is None


def test_every_real_photograph_reads_to_bounded_json() -> None:
    for path in photographs():
        assert_sound(read_exif(path, MIMES[path.suffix]))


@pytest.mark.parametrize(
    "moment", ["0000:00:00 00:00:00", "9999:12:31 23:59:59", "2024:13:01 10:00:00", "    :  :     :  :  ", ""]
)
def test_absurd_dates_are_none(moment: str, tmp_path: Path) -> None:
    exif = read_from(exif_block({}, {0x9003: moment}), tmp_path)
    assert (exif.taken_at, exif.taken_at_offset_minutes) == (None, None)


def test_a_later_date_serves_when_the_first_is_absurd(tmp_path: Path) -> None:
    exif = read_from(
        exif_block({0x0132: "2020:05:06 07:08:09"}, {0x9003: "0000:00:00 00:00:00", 0x9010: "-08:00"}), tmp_path
    )
    assert exif.taken_at == datetime(2020, 5, 6, 15, 8, 9, tzinfo=UTC)
    assert exif.taken_at_offset_minutes == -480


@pytest.mark.parametrize("offset", ["+25:00", "local", "+5", "99:99", ""])
def test_absurd_offsets_are_none(offset: str, tmp_path: Path) -> None:
    exif = read_from(exif_block({}, {0x9003: "2024:07:01 12:30:00", 0x9011: offset}), tmp_path)
    assert (exif.taken_at, exif.taken_at_offset_minutes) == (datetime(2024, 7, 1, 12, 30, tzinfo=UTC), None)


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (999.0, 0.0, 0.0), 3: "E", 4: (11.0, 0.0, 0.0)},
        {1: "N", 2: (48.0, 0.0, 0.0), 3: "E", 4: (999.0, 0.0, 0.0)},
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (48.0, 0.0, 0.0)},
        {1: "\0", 2: (48.0, 0.0, 0.0), 3: "?", 4: (11.0, 0.0, 0.0)},
        {1: "N", 2: (IFDRational(48, 0), 0.0, 0.0), 3: "E", 4: (11.0, 0.0, 0.0)},
    ],
)
def test_impossible_positions_are_none(gps: dict[int, Any], tmp_path: Path) -> None:
    exif = read_from(exif_block({}, {}, gps), tmp_path)
    assert (exif.gps_latitude, exif.gps_longitude) == (None, None)


def test_zero_denominators_and_absurd_settings_are_none(tmp_path: Path) -> None:
    odd = {0x829A: IFDRational(1, 0), 0x829D: IFDRational(0, 0), 0x920A: IFDRational(4_000_000, 1), 0x8827: 0}
    exif = read_from(exif_block({}, odd), tmp_path)
    assert (exif.exposure, exif.aperture, exif.focal_length, exif.iso) == (None, None, None, None)


def test_names_lose_control_characters_and_excess(tmp_path: Path) -> None:
    exif = read_from(exif_block({0x010F: "  Ma\x07ker\x01  ", 0x0110: "M" * 5000}, {0xA434: "   "}), tmp_path)
    assert (exif.camera_make, exif.camera_model, exif.lens) == ("Maker", "M" * 100, None)
    assert_sound(exif)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_wrong_types_are_none(tmp_path: Path) -> None:
    """Every entry of every directory claims to hold bytes, shorts, longs … instead of what it should."""
    intact = CAMERA.tobytes()[6:]
    for wrong_type in (0, 1, 2, 3, 4, 7, 9, 11, 12, 200):
        tiff = bytearray(intact)
        for tag in (0x010F, 0x829A, 0x829D, 0x8827, 0x9003, 0x920A, 0xA434):
            at = tiff.index(tag.to_bytes(2, "big"))
            tiff[at + 2 : at + 4] = wrong_type.to_bytes(2, "big")
        path = tmp_path / "source"
        path.write_bytes(with_jpeg_exif(bytes(tiff)))
        exif = read_exif(path, "image/jpeg")
        assert_sound(exif)
        assert exif.camera_make in (None, "Aperture Works")


TAG_NAMES = [
    "Image Make", "Image Model", "Image DateTime", "EXIF LensModel",
    "EXIF FocalLength", "EXIF FNumber", "EXIF ExposureTime", "EXIF ISOSpeedRatings",
    "EXIF ISOSpeed", "EXIF ApertureValue", "EXIF ShutterSpeedValue", "EXIF DateTimeOriginal",
    "EXIF OffsetTimeOriginal", "EXIF SubSecTimeOriginal", "GPS GPSLatitude", "GPS GPSLatitudeRef",
    "GPS GPSLongitude", "GPS GPSLongitudeRef", "EXIF UserComment",
]  # fmt: skip
NUMBERS = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.one_of(
    st.text(max_size=80).map(lambda text: clean_text(text, 80)),
    st.from_regex(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", fullmatch=True),
    st.from_regex(r"[+-]\d\d:\d\d", fullmatch=True),
    st.sampled_from(["N", "S", "E", "W", "Z"]),
    st.lists(NUMBERS, min_size=1, max_size=80).map(tuple),
)


@settings(max_examples=300)
@given(tags=st.dictionaries(st.sampled_from(TAG_NAMES), VALUES))
def test_any_tags_give_sensible_values_or_none(tags: dict[str, Any]) -> None:
    assert_sound(from_tags(tags))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.filterwarnings("ignore")
def test_damaged_exif_never_raises(data: st.DataObject, tmp_path: Path) -> None:
    tiff = bytearray(CAMERA.tobytes()[6:])
    for _ in range(data.draw(st.integers(1, 12))):
        tiff[data.draw(st.integers(0, len(tiff) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "source"
    path.write_bytes(with_jpeg_exif(bytes(tiff)))
    assert_sound(read_exif(path, "image/jpeg"))


def assert_sound(exif: Exif) -> None:
    """What holds for anything that was read, however odd the file."""
    content = orjson.dumps(exif.raw)
    assert len(content) <= 64 * 1024
    assert b"\\u0000" not in content
    assert all(
        len(value) <= (1000 if isinstance(value, str) else 64)
        for value in exif.raw.values()
        if hasattr(value, "__len__")
    )
    assert not any("Thumbnail" in name or "MakerNote" in name for name in exif.raw)
    for text, limit in ((exif.camera_make, 100), (exif.camera_model, 100), (exif.lens, 200)):
        assert text is None or (0 < len(text) <= limit and "\0" not in text and text == text.strip())
    for number, high in (
        (exif.focal_length, 10_000),
        (exif.aperture, 100),
        (exif.exposure, 86_400),
        (exif.iso, 10_000_000),
    ):
        assert number is None or (math.isfinite(number) and 0 < number <= high)
    assert exif.taken_at is None or (exif.taken_at.tzinfo is UTC and 1825 <= exif.taken_at.year <= 2100)
    assert (exif.gps_latitude is None) == (exif.gps_longitude is None)
    assert exif.gps_latitude is None or abs(exif.gps_latitude) <= 90
    assert exif.gps_longitude is None or abs(exif.gps_longitude) <= 180
