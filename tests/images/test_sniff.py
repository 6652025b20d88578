"""What a file is, by content; and that no file that is cut off, damaged or too large gets further."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clonegallery.errors import UnreadableImage, UnsupportedImageType
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.sniff import Sniffed, sniff
from tests.images.pictures import LIMITS, MAKERS, animation, gif_bomb, photographs, png, png_bomb, png_chunk


def sniff_bytes(content: bytes, folder: Path, limits: DecodeLimits = LIMITS) -> Sniffed:
    path = folder / "upload"
    path.write_bytes(content)
    return sniff(path, limits)


@pytest.mark.parametrize("mime", MAKERS)
def test_the_type_and_size_are_read_from_the_content(mime: str, tmp_path: Path) -> None:
    sniffed = sniff_bytes(MAKERS[mime](), tmp_path)
    assert (sniffed.mime, sniffed.width, sniffed.height) == (mime, 320, 200)
    assert (sniffed.frames, sniffed.animated) == (1, False)
    assert sniffed.extension == {"image/jpeg": "jpg"}.get(mime, mime.removeprefix("image/"))


@pytest.mark.parametrize(("file_format", "mime"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png"), ("AVIF", "avif")])
def test_frames_of_an_animation_are_counted(file_format: str, mime: str, tmp_path: Path) -> None:
    sniffed = sniff_bytes(animation(file_format, 3), tmp_path)
    assert (sniffed.mime, sniffed.frames, sniffed.animated) == (f"image/{mime}", 3, True)


def test_every_real_photograph_is_accepted() -> None:
    sniffed = [sniff(path, LIMITS) for path in photographs() if path.suffix != ".md"]
    assert len(sniffed) == 43
    assert {one.mime for one in sniffed} == {"image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"}


@pytest.mark.parametrize("mime", ["image/avif", "image/heic", "image/webp"])
def test_decoders_written_in_c_do_not_meet_an_upload_here(
    mime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object) -> None:
        pytest.fail("a C library was handed an upload outside the guarded child")

    monkeypatch.setattr("clonegallery.images.sniff.open_picture", opened)
    monkeypatch.setattr("PIL.Image.open", opened)
    assert sniff_bytes(MAKERS[mime](), tmp_path).width > 0


FOREIGN = {
    "text": b"just some words in a file named holiday.jpg\n",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "tiff": b"II*\0" + b"\0" * 60,
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "bmp": b"BM" + b"\0" * 60,
    "mp4": struct.pack(">I", 24) + b"ftypisom\0\0\0\0isommp42" + b"\0" * 40,
    "one byte": b"\xff",
    "html": b"<!doctype html><title>x</title>",
    "wave": b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + b"\0" * 40,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_kinds_of_file_are_not_supported(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedImageType):
        sniff_bytes(FOREIGN[name], tmp_path)


def test_an_empty_file_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="The file is empty"):
        sniff_bytes(b"", tmp_path)


@pytest.mark.parametrize("mime", MAKERS)
@pytest.mark.parametrize("share", [0.999, 0.9, 0.5, 0.2])
def test_a_cut_off_file_is_unreadable(mime: str, share: float, tmp_path: Path) -> None:
    whole = MAKERS[mime]()
    with pytest.raises(UnreadableImage):
        sniff_bytes(whole[: min(int(len(whole) * share), len(whole) - 1)], tmp_path)


@pytest.mark.parametrize("mime", MAKERS)
def test_foreign_bytes_behind_a_whole_picture_are_tolerated(mime: str, tmp_path: Path) -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("page.html", "<script>alert(1)</script>")
    whole = MAKERS[mime]()
    for tail in (archive.getvalue(), b"<html><script>alert(1)</script></html>", b"\0" * 3):
        assert sniff_bytes(whole + tail, tmp_path).mime == mime


def test_bombs_are_refused_by_their_headers(tmp_path: Path) -> None:
    for bomb, words in (
        (png_bomb(20_000), "200 megapixels"),
        (gif_bomb(1_000, 1_500), "1000 megapixels together"),
        (gif_bomb(10, 2_001), "2000 frames"),
        (gif_bomb(60_000, 1), "200 megapixels"),
        (png(2**31 - 1, 2**31 - 1, png_chunk(b"IDAT", b"")), "200 megapixels"),
    ):
        with pytest.raises(UnreadableImage, match=words):
            sniff_bytes(bomb, tmp_path)


def test_a_frame_larger_than_the_screen_counts_at_its_own_size(tmp_path: Path) -> None:
    bomb = bytearray(gif_bomb(10, 1))
    at = bomb.index(b"\x2c", 13 + 6)
    bomb[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    with pytest.raises(UnreadableImage, match="200 megapixels"):
        sniff_bytes(bytes(bomb), tmp_path)


BROKEN = {
    "jpeg without a picture": b"\xff\xd8\xff\xd9",
    "jpeg of no size": MAKERS["image/jpeg"]().replace(b"\x08\x00\xc8\x01\x40", b"\x08\x00\x00\x00\x00"),
    "png without pixels": png(8, 8),
    "png of no size": png(0, 8, png_chunk(b"IDAT", b"")),
    "png of no known depth": png(8, 8, png_chunk(b"IDAT", b""), depth=7),
    "png with a wrong checksum": MAKERS["image/png"]()[:29] + b"\0\0\0\0" + MAKERS["image/png"]()[33:],
    "gif without frames": gif_bomb(8, 0),
    "gif with a foreign block": gif_bomb(8, 1)[:-1] + b"\x99\x3b",
    "webp without pixels": b"RIFF" + struct.pack("<I", 4) + b"WEBP",
    "webp with a broken frame": b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8 " + struct.pack("<I", 10) + b"\0" * 10,
    "heic of a lone header": struct.pack(">I", 24) + b"ftypheic\0\0\0\0heicmif1",
    "avif with an endless box": MAKERS["image/avif"]()[:32] + b"\0\0\0\x01mdat" + b"\xff" * 8,
}


@pytest.mark.parametrize("name", BROKEN)
def test_damaged_headers_are_unreadable(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage):
        sniff_bytes(BROKEN[name], tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mime=st.sampled_from(sorted(MAKERS)), data=st.data())
def test_flipped_bytes_give_an_answer_or_a_refusal(mime: str, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(MAKERS[mime]())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, min(len(content), 600) - 1))] = data.draw(st.integers(0, 255))
    try:
        sniffed = sniff_bytes(bytes(content), tmp_path)
    except (UnreadableImage, UnsupportedImageType):
        return
    assert 0 < sniffed.width * sniffed.height <= LIMITS.max_pixels


def test_a_png_whose_picture_was_altered_is_damaged(tmp_path: Path) -> None:
    content = bytearray(MAKERS["image/png"]())
    content[content.index(b"IDAT") + 40] ^= 1
    with pytest.raises(UnreadableImage, match="damaged"):
        sniff_bytes(bytes(content), tmp_path)


MANY = 110_000
ENDLESS = {
    "png": b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", bytes(13)) + png_chunk(b"teXt", b"") * MANY,
    "jpeg": b"\xff\xd8" + b"\xff\xfe\x00\x02" * MANY,
    "webp": b"RIFF" + struct.pack("<I", 4 + 8 * MANY) + b"WEBP" + b"abcd\0\0\0\0" * MANY,
    "avif": b"\0\0\0\x10ftypavif\0\0\0\0" + b"\0\0\0\x08free" * MANY,
    "gif frames": b"GIF89a\x01\0\x01\0\0\0\0" + b"\x21\xfe\0" * MANY,
    "gif blocks": b"GIF89a\x01\0\x01\0\0\0\0" + b"\x21\xfe" + b"\x01a" * 1_100_000,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_file_made_of_countless_empty_parts_is_not_walked_to_its_end(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="more parts than any picture"):
        sniff_bytes(ENDLESS[name], tmp_path)
