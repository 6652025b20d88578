"""The camera that might have taken the picture: real bodies with lenses that fit them, and EXIF written by Pillow."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Final

import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from clonegallery.demo.scene import Ground, Hour, Mountains, Relief, Scene, Water


@dataclass(frozen=True)
class Kit:
    """A body and a lens. `focal` is the zoom range in millimetres, `fastest` the widest aperture as f-number."""

    make: str
    model: str
    lens: str
    focal: tuple[float, float]
    fastest: float
    crop: float = 1.0


KITS: Final = (
    Kit("NIKON CORPORATION", "NIKON Z 6_2", "NIKKOR Z 24-70mm f/4 S", (24, 70), 4.0),
    Kit("NIKON CORPORATION", "NIKON Z 7_2", "NIKKOR Z 14-30mm f/4 S", (14, 30), 4.0),
    Kit("Canon", "Canon EOS R6", "RF24-105mm F4 L IS USM", (24, 105), 4.0),
    Kit("Canon", "Canon EOS R5", "RF15-35mm F2.8 L IS USM", (15, 35), 2.8),
    Kit("SONY", "ILCE-7M4", "FE 24-70mm F2.8 GM II", (24, 70), 2.8),
    Kit("SONY", "ILCE-7RM5", "FE 20mm F1.8 G", (20, 20), 1.8),
    Kit("FUJIFILM", "X-T5", "XF16-55mmF2.8 R LM WR", (16, 55), 2.8, 1.5),
    Kit("FUJIFILM", "X100V", "23mm f/2", (23, 23), 2.0, 1.5),
    Kit("OLYMPUS CORPORATION", "E-M1MarkIII", "OLYMPUS M.12-40mm F2.8", (12, 40), 2.8, 2.0),
    Kit("Panasonic", "DC-S5M2", "LUMIX S 20-60mm F3.5-5.6", (20, 60), 3.5),
    Kit("LEICA CAMERA AG", "LEICA Q2", "SUMMILUX 1:1.7/28 ASPH.", (28, 28), 1.7),
    Kit("RICOH IMAGING COMPANY, LTD.", "RICOH GR III", "GR LENS 18.3mm F2.8", (18.3, 18.3), 2.8, 1.5),
    Kit("Apple", "iPhone 15 Pro", "iPhone 15 Pro back triple camera 6.765mm f/1.78", (6.765, 6.765), 1.78, 3.55),
    Kit("Google", "Pixel 8 Pro", "Pixel 8 Pro back camera 6.9mm f/1.68", (6.9, 6.9), 1.68, 3.5),
)


@dataclass(frozen=True)
class Spot:
    """A real place that such a picture might show: decimal degrees and metres."""

    latitude: float
    longitude: float
    altitude: float
    offset_hours: int


_ALPS: Final = (Spot(46.5763, 7.9904, 2061, 2), Spot(45.9237, 6.8694, 1035, 2), Spot(46.6191, 12.3028, 2320, 2))
_COASTS: Final = (Spot(38.7804, -9.4989, 86, 1), Spot(48.5217, -123.1525, 20, -7), Spot(-38.6621, 143.1051, 70, 10))
_DESERTS: Final = (Spot(-24.7275, 15.3428, 560, 2), Spot(31.0982, -4.0113, 710, 1))
_FIELDS: Final = (Spot(43.0773, 11.6767, 489, 2), Spot(54.4609, -3.0886, 92, 1), Spot(49.0, 20.2, 690, 2))
_NORTH: Final = (Spot(68.2333, 14.5667, 6, 1), Spot(64.1417, -21.9266, 15, 0))


@dataclass(frozen=True)
class Camera:
    """One exposure. `exposure` is in seconds, `focal` in millimetres, `taken_at` is aware; `spot` None is no GPS."""

    kit: Kit
    focal: float
    aperture: float
    exposure: Fraction
    iso: int
    taken_at: datetime
    spot: Spot | None


def camera_for(scene: Scene, rng: np.random.Generator) -> Camera:
    """A kit and settings under which this scene might have been photographed."""
    kit = KITS[int(rng.integers(len(KITS)))]
    focal = round(float(rng.uniform(*kit.focal))) if kit.focal[0] != kit.focal[1] else kit.focal[0]
    aperture, exposure, iso = _exposure(scene.hour, kit, rng)
    spots = _spots(scene)
    spot = spots[int(rng.integers(len(spots)))]
    taken = _taken_at(scene, spot, rng)
    return Camera(kit, float(focal), aperture, exposure, iso, taken, spot if rng.random() < 0.4 else None)


def _exposure(hour: Hour, kit: Kit, rng: np.random.Generator) -> tuple[float, Fraction, int]:
    if hour is Hour.NIGHT:
        seconds = (8, 10, 13, 15, 20)[int(rng.integers(5))]
        return kit.fastest, Fraction(seconds), (1600, 2500, 3200, 6400)[int(rng.integers(4))]
    speeds = (250, 320, 400, 500, 640, 800) if hour is Hour.DAY else (40, 60, 80, 100, 125, 160)
    isos = (64, 100, 100, 125, 200) if hour is Hour.DAY else (100, 200, 320, 400)
    fixed = kit.crop > 3
    aperture = kit.fastest if fixed else max(kit.fastest, (5.6, 7.1, 8.0, 9.0, 11.0)[int(rng.integers(5))])
    return aperture, Fraction(1, speeds[int(rng.integers(6))]), isos[int(rng.integers(len(isos)))]


def _spots(scene: Scene) -> tuple[Spot, ...]:
    if scene.aurora:
        return _NORTH
    if scene.is_desert:
        return _DESERTS
    if scene.water is Water.SEA:
        return _COASTS if scene.ground is not Ground.SNOW else _NORTH
    if scene.mountains is not Mountains.NONE:
        return _ALPS
    return _FIELDS if scene.relief is not Relief.DUNES else _DESERTS


def _taken_at(scene: Scene, spot: Spot, rng: np.random.Generator) -> datetime:
    hours = {Hour.DAWN: (5, 6), Hour.DAY: (10, 15), Hour.DUSK: (19, 20), Hour.NIGHT: (22, 23)}[scene.hour]
    month = int(rng.integers(1, 4)) if scene.ground is Ground.SNOW else int(rng.integers(5, 11))
    zone = timezone(timedelta(hours=spot.offset_hours))
    day, hour = int(rng.integers(1, 29)), int(rng.integers(hours[0], hours[1] + 1))
    minute, second = (int(value) for value in rng.integers(0, 60, 2))
    return datetime(int(rng.integers(2019, 2026)), month, day, hour, minute, second, tzinfo=zone)


def exif_of(camera: Camera, *, description: str = "") -> Image.Exif:
    """The exposure as EXIF 2.3: text, rationals, local time with its offset, and GPS when the spot is known."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = camera.kit.make, camera.kit.model
    exif[Base.Orientation] = 1
    exif[Base.Software] = "CloneGallery demo painter"
    if description.isascii() and description:
        exif[Base.ImageDescription] = description
    stamp, offset = camera.taken_at.strftime("%Y:%m:%d %H:%M:%S"), camera.taken_at.strftime("%z")
    exif[Base.DateTime] = stamp
    shot = exif.get_ifd(IFD.Exif)
    shot[Base.ExifVersion] = b"0231"
    shot[Base.DateTimeOriginal] = shot[Base.DateTimeDigitized] = stamp
    shot[Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:]}"
    shot[Base.ExposureTime] = IFDRational(camera.exposure.numerator, camera.exposure.denominator)
    shot[Base.FNumber] = _rational(camera.aperture)
    shot[Base.ISOSpeedRatings] = camera.iso
    shot[Base.FocalLength] = _rational(camera.focal)
    shot[Base.FocalLengthIn35mmFilm] = round(camera.focal * camera.kit.crop)
    shot[Base.LensModel] = camera.kit.lens
    if camera.spot:
        _put_gps(exif, camera.spot)
    return exif


def _rational(value: float) -> IFDRational:
    exact = Fraction(value).limit_denominator(1000)
    return IFDRational(exact.numerator, exact.denominator)


def _put_gps(exif: Image.Exif, spot: Spot) -> None:
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSVersionID] = b"\x02\x03\x00\x00"
    place[GPS.GPSLatitudeRef] = "N" if spot.latitude >= 0 else "S"
    place[GPS.GPSLatitude] = _degrees(spot.latitude)
    place[GPS.GPSLongitudeRef] = "E" if spot.longitude >= 0 else "W"
    place[GPS.GPSLongitude] = _degrees(spot.longitude)
    place[GPS.GPSAltitudeRef] = b"\x00"
    place[GPS.GPSAltitude] = _rational(spot.altitude)


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    hundredths = round(abs(value) * 360000)
    return (
        IFDRational(hundredths // 360000, 1),
        IFDRational(hundredths // 6000 % 60, 1),
        IFDRational(hundredths % 6000, 100),
    )


def jpeg_bytes(image: Image.Image, exif: Image.Exif) -> bytes:
    """The picture as a JPEG (quality 88) carrying the EXIF."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88, exif=exif)
    return buffer.getvalue()
