"""Pictures for the tests of reading: real photographs, and files made to be odd."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from clonegallery.images.limits import DecodeLimits

PHOTOS = Path(__file__).resolve().parents[2].parent / "shared" / "photos"
LIMITS = DecodeLimits()

pillow_heif.register_heif_opener(thumbnails=False)


def photograph(name: str) -> Path:
    """One of the shared real photographs, such as `gps/DSCN0010.jpg`."""
    path = PHOTOS / name
    if not path.exists():
        pytest.skip(f"The real photographs are not beside this checkout: {PHOTOS}")
    return path


def photographs() -> list[Path]:
    """All of the shared real photographs."""
    photograph("README.md")
    return sorted(path for path in PHOTOS.glob("*/*") if path.is_file())


def encode(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def scene(width: int = 320, height: int = 200) -> Image.Image:
    """A picture that no flip or turn maps to itself: red, green, blue and white quarters and a fall of light."""
    picture = Image.new("RGB", (width, height), (220, 30, 30))
    picture.paste((30, 200, 30), (width // 2, 0, width, height // 2))
    picture.paste((30, 30, 220), (0, height // 2, width // 2, height))
    picture.paste((250, 250, 250), (width // 2, height // 2, width, height))
    return picture


def frames(count: int, size: tuple[int, int] = (40, 30)) -> list[Image.Image]:
    return [Image.new("RGB", size, (index * 17 % 256, index * 71 % 256, 40)) for index in range(count)]


def animation(file_format: str, count: int = 3) -> bytes:
    first, *rest = frames(count)
    return encode(first, file_format, save_all=True, append_images=rest, duration=40)


MAKERS: Mapping[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: encode(scene(), "JPEG", quality=90),
    "image/png": lambda: encode(scene(), "PNG"),
    "image/gif": lambda: encode(scene(), "GIF"),
    "image/webp": lambda: encode(scene(), "WEBP"),
    "image/avif": lambda: encode(scene(), "AVIF"),
    "image/heic": lambda: encode(scene(), "HEIF"),
}


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG of any declared shape around the given chunks."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


def png_bomb(side: int) -> bytes:
    """A few KB that unfold to `side` x `side` black pixels of one bit each."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    body = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    return png(side, side, png_chunk(b"IDAT", body), depth=1, colour=0)


def gif_bomb(side: int, count: int) -> bytes:
    """A GIF whose `count` tiny frames each stand for a canvas of `side` x `side` pixels."""
    screen = struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + frame * count + b"\x3b"


def with_jpeg_exif(tiff: bytes, jpeg: bytes | None = None) -> bytes:
    """A JPEG that carries `tiff` as its EXIF block, whatever that holds."""
    body = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + (jpeg or MAKERS["image/jpeg"]())[2:]
