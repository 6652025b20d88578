"""What an uploaded file really is, decided by its bytes alone. Its name and the type its sender claims do not count."""

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clonegallery.errors import UnreadableImage, UnsupportedImageType
from clonegallery.images.boxes import walk_boxes
from clonegallery.images.containers import Shape, walk_gif, walk_jpeg, walk_png, walk_webp
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.opening import open_picture

_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif",
}
_WALKS: dict[str, Callable[[mmap.mmap], Shape]] = {
    "image/jpeg": walk_jpeg,
    "image/png": walk_png,
    "image/gif": walk_gif,
    "image/webp": walk_webp,
    "image/avif": walk_boxes,
    "image/heic": walk_boxes,
    "image/heif": walk_boxes,
}
# Pillow reads these headers in Python and sees more than the walk. The others it hands to C libraries whole, and those
# meet an upload in the guarded child only.
_READ_BY_PILLOW = frozenset({"image/jpeg", "image/png", "image/gif"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1"})
_ACCEPTED = "JPEG, PNG, WebP, AVIF, HEIC, HEIF and GIF are accepted"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file that is, by content, one of the accepted types and structurally whole.

    `width` and `height` are pixels as stored, before orientation; `extension` has no dot.
    """

    mime: str
    extension: str
    width: int
    height: int
    frames: int
    animated: bool


def sniff(path: Path, limits: DecodeLimits) -> Sniffed:
    """Decide the type of a file and check that it is whole and within limits; blocking, but decodes no pixel.

    Raises `UnsupportedImageType` for content of any other type, and `UnreadableImage` for an empty, cut off or damaged
    file and for one whose pixels or frames exceed `limits`.
    """
    if path.stat().st_size == 0:
        raise UnreadableImage("The file is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        mime = detect_mime(data[:512])
        if mime is None:
            raise UnsupportedImageType(f"The file is not an image of an accepted type: {_ACCEPTED}")
        shape = _read_shape(path, mime, data, limits)
    limits.check(shape.width, shape.height, shape.frames)
    animated = shape.frames > 1 and mime not in ("image/heic", "image/heif")
    return Sniffed(mime, _EXTENSIONS[mime], shape.width, shape.height, shape.frames, animated)


def detect_mime(head: bytes) -> str | None:
    """The type that a file's first bytes declare, or None when it is not one the gallery accepts."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return _detect_brand(head) if head[4:8] == b"ftyp" else None


def _detect_brand(head: bytes) -> str | None:
    box = head[: int.from_bytes(head[:4], "big")]
    brands = {box[8:12], *(box[at : at + 4] for at in range(16, len(box) - 3, 4))}
    if brands & _AVIF_BRANDS:
        return "image/avif"
    if brands & _HEIC_BRANDS:
        return "image/heic"
    return "image/heif" if brands & _HEIF_BRANDS else None


def _read_shape(path: Path, mime: str, data: mmap.mmap, limits: DecodeLimits) -> Shape:
    shape = _WALKS[mime](data)
    limits.check(shape.width, shape.height, shape.frames)
    if mime in _READ_BY_PILLOW:
        open_picture(path, mime, limits).close()
    return shape
