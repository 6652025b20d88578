"""Walks over image containers: where a file's parts lie and whether they are all there, without decoding a pixel.

Each walk takes the whole file as a read-only memory map, returns the `Shape` that the headers declare, and raises
`UnreadableImage` when a part is cut off or nonsense. Bytes after a complete picture are ignored. Sources: ITU-T T.81
annex B (JPEG), W3C PNG 3rd edition, GIF89a, RFC 9649 (WebP); AVIF and HEIF are in `boxes.py`.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from clonegallery.errors import UnreadableImage

_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_PNG_CHECKED = frozenset({b"IHDR", b"PLTE", b"IDAT"})
# The longest honest walks are those of the largest files: chunks of a PNG have 8 KiB, blocks of a GIF 255 bytes.
_MAX_PARTS = 100_000
_MAX_GIF_BLOCKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Pixels across and down as stored, before any orientation, and how many frames."""

    width: int
    height: int
    frames: int = 1


def walk_jpeg(data: mmap) -> Shape:
    """Follow the segments to the end-of-image marker; a scan without one was cut off."""
    position, shape, scans = 2, None, 0
    for _ in counted_parts():
        # Inside a scan 0xFF is always stuffed or a restart, so one search serves both between and inside scans.
        found = _JPEG_MARKER.search(data, position)
        if found is None:
            raise UnreadableImage("The JPEG is cut off")
        marker, position = data[found.end() - 1], found.end()
        if marker == _JPEG_END:
            break
        if marker in (0x01, 0xD8):
            continue
        length = int.from_bytes(exactly(data, position, 2), "big")
        if marker in _JPEG_FRAME_MARKERS and shape is None:
            frame = exactly(data, position + 3, 4)
            shape = Shape(int.from_bytes(frame[2:], "big"), int.from_bytes(frame[:2], "big"))
        scans += marker == _JPEG_SCAN
        position += max(length, 2)
    if shape is None or not scans:
        raise UnreadableImage("The JPEG holds no picture")
    return shape


def walk_png(data: mmap) -> Shape:
    """Follow the chunks from IHDR to IEND, with a look at what the picture is made of; frames come from APNG's acTL."""
    shape, frames, pixels, position = None, 1, False, 8
    for _ in counted_parts():
        head = exactly(data, position, 8)
        length, kind, body = int.from_bytes(head[:4], "big"), head[4:], position + 8
        position = body + length + 4
        if position > len(data):
            raise UnreadableImage("The PNG is cut off")
        if kind in _PNG_CHECKED and _checksum(data, body - 4, body + length) != data[position - 4 : position]:
            raise UnreadableImage("The PNG is damaged")
        if shape is None:
            if kind != b"IHDR" or length != 13:
                raise UnreadableImage("The PNG does not begin with its header")
            width, height = data[body : body + 4], data[body + 4 : body + 8]
            shape = Shape(int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        elif kind == b"acTL" and length >= 4:
            frames = max(1, int.from_bytes(data[body : body + 4], "big"))
        pixels = pixels or kind == b"IDAT"
        if kind == b"IEND":
            break
    if shape is None or not pixels:
        raise UnreadableImage("The PNG holds no picture")
    return Shape(shape.width, shape.height, frames)


def _checksum(data: mmap, start: int, end: int) -> bytes:
    """The CRC of these bytes as PNG writes it. Decoders differ in whether they look: ours reads nonsense as pixels."""
    with memoryview(data) as whole, whole[start:end] as piece:
        return zlib.crc32(piece).to_bytes(4, "big")


def walk_gif(data: mmap) -> Shape:
    """Follow the blocks to the trailer. A frame beyond the logical screen enlarges it, as decoders do."""
    screen = exactly(data, 6, 7)
    width, height, frames = int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little"), 0
    position = 13 + _gif_palette_bytes(screen[4])
    blocks = counted_parts(_MAX_GIF_BLOCKS)
    for _ in counted_parts():
        kind = exactly(data, position, 1)[0]
        if kind == 0x3B:
            break
        if kind == 0x21:
            position = _skip_gif_blocks(data, position + 2, blocks)
        elif kind == 0x2C:
            left, top, across, down, flags = _gif_frame(exactly(data, position + 1, 9))
            width, height, frames = max(width, left + across), max(height, top + down), frames + 1
            position = _skip_gif_blocks(data, position + 11 + _gif_palette_bytes(flags), blocks)
        else:
            raise UnreadableImage("The GIF has a block that no GIF has")
    if not frames:
        raise UnreadableImage("The GIF holds no picture")
    return Shape(width, height, frames)


def _gif_frame(head: bytes) -> tuple[int, int, int, int, int]:
    left, top, across, down = (int.from_bytes(head[at : at + 2], "little") for at in (0, 2, 4, 6))
    return left, top, across, down, head[8]


def _gif_palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_gif_blocks(data: mmap, position: int, blocks: Iterator[int]) -> int:
    while size := exactly(data, position, 1)[0]:
        next(blocks)
        position += 1 + size
    return position + 1


def walk_webp(data: mmap) -> Shape:
    """Follow the RIFF chunks; the canvas comes from VP8X or, in the simple form, from the bitstream's own header."""
    end = 8 + int.from_bytes(exactly(data, 4, 4), "little")
    if end > len(data):
        raise UnreadableImage("The WebP is cut off")
    canvas, picture, frames = None, None, 0
    for kind, body, length in _riff_chunks(data, end):
        head = data[body : body + min(length, 10)]
        if kind == b"VP8X" and len(head) == 10:
            canvas = Shape(1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little"))
        elif kind == b"ANMF":
            frames += 1
        elif kind in (b"VP8 ", b"VP8L") and picture is None:
            picture = _webp_bitstream(kind, head)
    shape = canvas or picture
    if shape is None or not (frames or picture):
        raise UnreadableImage("The WebP holds no picture")
    return Shape(shape.width, shape.height, max(frames, 1))


def _riff_chunks(data: mmap, end: int) -> Iterator[tuple[bytes, int, int]]:
    position, parts = 12, counted_parts()
    while position + 8 <= end:
        next(parts)
        kind, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + length > end:
            raise UnreadableImage("The WebP is cut off")
        yield kind, position + 8, length
        position += 8 + length + (length & 1)


def _webp_bitstream(kind: bytes, head: bytes) -> Shape:
    if kind == b"VP8 " and len(head) == 10 and head[3:6] == b"\x9d\x01\x2a":
        return Shape(int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF)
    if kind == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return Shape(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    raise UnreadableImage("The WebP has a broken header")


def counted_parts(most: int = _MAX_PARTS) -> Iterator[int]:
    """Counts the turns of a walk. Raises `UnreadableImage` after `most`: made of empty parts, a file costs minutes."""
    yield from range(most)
    raise UnreadableImage("The file has more parts than any picture")


def exactly(data: mmap, position: int, count: int) -> bytes:
    piece = data[position : position + count]
    if len(piece) < count:
        raise UnreadableImage("The picture is cut off")
    return piece
