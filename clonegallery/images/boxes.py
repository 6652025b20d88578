"""The boxes of AVIF and HEIF files, walked in Python alone: the C that else reads them meets them in the child.

Sources: ISO/IEC 14496-12 (boxes, tracks) and ISO/IEC 23008-12 (items: `meta/iprp/ipco/ispe` holds their sizes).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from clonegallery.errors import UnreadableImage
from clonegallery.images.containers import Shape, counted_parts, exactly

_TOP_LEVEL = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"moof", b"free", b"skip", b"uuid", b"idat", b"pdin"})
_FULL_BOX_BYTES = 4  # Version and flags, which come before the content of `meta`, `ispe`, `stsz` and `tkhd`.


@dataclass(frozen=True, slots=True)
class _Box:
    """A box whose content is `data[body:end]`."""

    kind: bytes
    body: int
    end: int


def walk_boxes(data: mmap) -> Shape:
    """The size of the largest item or track, and the most frames of a track. Raises `UnreadableImage` if cut off.

    The largest item is the picture itself: tiles, thumbnails, depth and gain maps are smaller. A turn that an item
    declares (`irot`) is left to the decoder.
    """
    turns = counted_parts()
    top = list(_top_level(data, turns))
    shapes = [shape for box in top for shape in _shapes(data, box, turns)]
    if not shapes or not {b"meta", b"moov"} & {box.kind for box in top}:
        raise UnreadableImage("The file holds no picture")
    largest = max(shapes, key=lambda shape: shape.width * shape.height)
    return Shape(largest.width, largest.height, max(shape.frames for shape in shapes))


def _top_level(data: mmap, turns: Iterator[int]) -> Iterator[_Box]:
    """Every box of the file; bytes glued on behind a complete picture end the walk."""
    seen: set[bytes] = set()
    position = 0
    while position < len(data):
        if seen >= {b"meta", b"mdat"} and data[position + 4 : position + 8] not in _TOP_LEVEL:
            return
        box = _box_at(data, position, len(data), turns)
        seen.add(box.kind)
        yield box
        position = box.end


def _box_at(data: mmap, position: int, end: int, turns: Iterator[int]) -> _Box:
    next(turns)
    head = exactly(data, position, 8)
    size, kind, header = int.from_bytes(head[:4], "big"), head[4:], 8
    if size == 1:
        size, header = int.from_bytes(exactly(data, position + 8, 8), "big"), 16
    elif size == 0:
        size = end - position
    if size < header or position + size > end:
        raise UnreadableImage("The picture is cut off")
    return _Box(kind, position + header, position + size)


def _inside(data: mmap, box: _Box, turns: Iterator[int], *path: bytes) -> Iterator[_Box]:
    """The boxes at the end of `path` below `box`."""
    position = box.body + (_FULL_BOX_BYTES if box.kind == b"meta" else 0)
    while position + 8 <= box.end:
        child = _box_at(data, position, box.end, turns)
        if child.kind == path[0]:
            if len(path) == 1:
                yield child
            else:
                yield from _inside(data, child, turns, *path[1:])
        position = child.end


def _shapes(data: mmap, box: _Box, turns: Iterator[int]) -> Iterator[Shape]:
    if box.kind == b"meta":
        for size in _inside(data, box, turns, b"iprp", b"ipco", b"ispe"):
            width, height = _pair(data, size.body + _FULL_BOX_BYTES)
            yield Shape(width, height)
    elif box.kind == b"moov":
        for track in _inside(data, box, turns, b"trak"):
            yield from _track_shape(data, track, turns)


def _track_shape(data: mmap, track: _Box, turns: Iterator[int]) -> Iterator[Shape]:
    frames = [
        _pair(data, table.body + _FULL_BOX_BYTES)[1]
        for table in _inside(data, track, turns, b"mdia", b"minf", b"stbl", b"stsz")
    ]
    for header in _inside(data, track, turns, b"tkhd"):
        width, height = _pair(data, header.end - 8)  # Fixed-point numbers, 16 bits before the point.
        yield Shape(width >> 16, height >> 16, max([1, *frames]))


def _pair(data: mmap, position: int) -> tuple[int, int]:
    content = exactly(data, position, 8)
    return int.from_bytes(content[:4], "big"), int.from_bytes(content[4:], "big")
