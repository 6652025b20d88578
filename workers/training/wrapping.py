"""Pixels as the files that everybody else deals in."""

import io
from typing import Any

import numpy as np
from PIL import Image


def png(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """The PNG of one picture, (height, width, 3)."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
