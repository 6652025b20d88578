"""The one way in which the gallery opens a picture with Pillow: as an expected type, never as the file pleases."""

import struct
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pillow_heif
from PIL import Image, ImageFile

from clonegallery.errors import UnreadableImage
from clonegallery.images.limits import DecodeLimits

PILLOW_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": "JPEG",
        "image/png": "PNG",
        "image/gif": "GIF",
        "image/webp": "WEBP",
        "image/avif": "AVIF",
        "image/heic": "HEIF",
        "image/heif": "HEIF",
    }
)

# What Pillow and its plugins raise on bytes they cannot read, from many decoders and without a common root.
DECODER_ERRORS = (
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    struct.error,
    zlib.error,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
)

pillow_heif.register_heif_opener(thumbnails=False)
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = DecodeLimits().max_pixels
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def open_picture(path: Path, mime: str, limits: DecodeLimits) -> Image.Image:
    """Read the header of a file as the type it was sniffed to be; no pixel is decoded yet. The caller closes it.

    Raises `UnreadableImage` for a header that does not parse or a frame over `limits.max_pixels`.
    """
    try:
        picture = Image.open(path, formats=(PILLOW_FORMATS[mime],))
    except DECODER_ERRORS as error:
        raise UnreadableImage("The picture's header is damaged") from error
    if picture.width * picture.height > limits.max_pixels:
        picture.close()
        limits.check(picture.width, picture.height, 1)
    return picture
