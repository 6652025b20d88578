"""What services made: only whole pictures are taken, and only from where they may lie."""

import base64
import io
import struct
import zlib

import httpx
import pytest
from PIL import Image

from clonegallery.errors import GenerationFailed
from clonegallery.inference.port import Provider
from clonegallery.inference.results import (
    DAMAGED,
    NO_PICTURE,
    STRANGE_ADDRESS,
    TOO_MANY_PIXELS,
    fetched,
    from_base64,
    preview_of,
    whole_picture,
)
from clonegallery.inference.services import Service
from clonegallery.inference.wire import TOO_LARGE
from tests.providers.paid import KEY, png
from tests.providers.replicate import ReplicateService

_PUBLIC = Service(Provider.REPLICATE, "Replicate", "https://api.replicate.com", KEY)


def _as(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, kind)
    return content.getvalue()


def _huge_png() -> bytes:
    """A PNG of a few bytes that says it has 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_whole_pictures_are_taken_as_they_are(kind: str) -> None:
    assert await whole_picture(_as(kind)) == _as(kind)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", NO_PICTURE),
        (b"<svg/>", NO_PICTURE),
        (_as("GIF"), NO_PICTURE),
        (_as("TIFF"), NO_PICTURE),
        (png()[: len(png()) // 2], DAMAGED),
        (_as("JPEG")[:-200], DAMAGED),
        (_as("WEBP")[:-20], DAMAGED),
        (b"\x89PNG\r\n\x1a\n", DAMAGED),
        (b"\xff\xd8\xff" + b"x" * 100, DAMAGED),
        (_huge_png(), TOO_MANY_PIXELS),
    ],
)
async def test_anything_else_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(GenerationFailed) as raised:
        await whole_picture(content)
    assert raised.value.detail == reason


async def test_a_preview_is_a_small_jpeg() -> None:
    preview = await preview_of(base64.b64encode(png(1024, 512)).decode())
    assert preview is not None
    with Image.open(io.BytesIO(preview)) as small:
        assert (small.format, small.size) == ("JPEG", (512, 256))
    assert await preview_of("?!") is None
    assert await preview_of("") is None


def test_base64_is_taken_to_the_last_byte_and_no_further() -> None:
    text = base64.b64encode(b"x" * 300).decode()
    assert from_base64(text, 300) == b"x" * 300
    with pytest.raises(GenerationFailed, match=TOO_LARGE):
        from_base64(text, 200)


@pytest.mark.parametrize(
    "address",
    [
        "http://replicate.delivery/a.png",
        "ftp://replicate.delivery/a.png",
        "file:///etc/passwd",
        "https://127.0.0.1/a.png",
        "https://localhost/a.png",
        "http://localhost/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:10.0.0.1]/a.png",
        "https://2130706433/a.png",
        "https://192.168.1.1/a.png",
        "https://100.64.0.1/a.png",
        "https://0.0.0.0/a.png",
        "https://" + "a" * 80 + ".example/a.png",
        "https:///a.png",
        "nonsense",
    ],
)
async def test_only_public_addresses_are_asked(address: str) -> None:
    with pytest.raises(GenerationFailed) as raised:
        await fetched(address, _PUBLIC, 1000)
    assert raised.value.detail == STRANGE_ADDRESS


async def test_a_service_here_may_name_addresses_here(replicate_service: ReplicateService) -> None:
    service = Service(Provider.REPLICATE, "Replicate", replicate_service.url, KEY)
    address = f"http://localhost:{httpx.URL(service.url).port}/delivery/out.png"
    assert await fetched(address, service, 100_000) == replicate_service.knobs.picture
    with pytest.raises(GenerationFailed, match=TOO_LARGE):
        await fetched(address, service, 1000)


async def test_a_picture_may_come_within_its_address() -> None:
    inline = "data:image/png;base64," + base64.b64encode(png()).decode()
    assert await fetched(inline, _PUBLIC, 100_000) == png()
    with pytest.raises(GenerationFailed, match=NO_PICTURE):
        await fetched("data:image/png,abc", _PUBLIC, 100_000)
