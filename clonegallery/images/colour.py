"""Colours as screens expect them: any file's pixels in 8-bit sRGB, and the colour that a picture mostly is."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Floats = NDArray[np.float64]

_PROFILE_SPACES = {"RGB": "RGB ", "RGBA": "RGB ", "L": "GRAY", "CMYK": "CMYK"}


def to_eight_bit(picture: Image.Image) -> Image.Image:
    """The same pixels in a mode that can be scaled and colour-managed: L, RGB, RGBA or CMYK."""
    if picture.mode in ("RGB", "RGBA", "L", "CMYK") and "transparency" not in picture.info:
        return picture
    if picture.mode.startswith("I;16"):
        # Pillow clips 16-bit greys when it converts them; the high byte is the picture.
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in ("I", "F"):
        return Image.fromarray((np.clip(np.asarray(picture), 0, 65535).astype(np.uint16) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def to_srgb(picture: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """RGB or RGBA in sRGB, from a picture in a mode that `to_eight_bit` gives.

    A profile that is broken or does not fit the mode counts as none.
    """
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    if icc_profile and picture.mode in _PROFILE_SPACES:
        transform = _transform(icc_profile, picture.mode, target)
        converted = ImageCms.applyTransform(picture, transform) if transform else None
        if converted is not None:
            return converted
    return picture if picture.mode == target else picture.convert(target)


@lru_cache(maxsize=32)
def _transform(icc_profile: bytes, mode: str, target: str) -> ImageCms.ImageCmsTransform | None:
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
        if profile.profile.xcolor_space != _PROFILE_SPACES[mode]:
            return None
        return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, target)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def dominant_color(rgba: NDArray[np.uint8]) -> str:
    """The `#rrggbb` that most of an RGBA picture, shape (height, width, 4), is near.

    It is the linear-light mean of the fullest of 512 histogram cells. Transparent pixels do not count; a picture with
    none opaque is black.
    """
    pixels = rgba.reshape(-1, 4)
    opaque = pixels[pixels[:, 3] >= 128, :3]
    if not len(opaque):
        return "#000000"
    cells = (opaque >> 5).astype(np.intp) @ np.array([64, 8, 1])
    fullest = opaque[cells == np.bincount(cells).argmax()]
    mean = linear_to_srgb(srgb_to_linear(fullest / 255).mean(axis=0))
    red, green, blue = (int(value) for value in np.rint(mean * 255))
    return f"#{red:02x}{green:02x}{blue:02x}"


def srgb_to_linear(values: Floats) -> Floats:
    """Undo the transfer function of IEC 61966-2-1; both sides are 0…1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(values: Floats) -> Floats:
    """Apply the transfer function of IEC 61966-2-1; both sides are 0…1."""
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
