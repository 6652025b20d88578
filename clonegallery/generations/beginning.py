"""The picture that a generation begins from, made to the size that is asked for."""

import asyncio
import io
from uuid import UUID

from PIL import Image, ImageOps

from clonegallery.errors import GenerationFailed
from clonegallery.images.generated import largest_copy

_GONE = "The picture to begin from is gone."


async def init_image(image_id: UUID | None, width: int, height: int) -> bytes:
    """PNG of exactly `width` x `height` pixels: the largest copy of the picture, its middle where the shape differs.

    Raises `GenerationFailed` for a picture that is gone.
    """
    copy = await largest_copy(image_id) if image_id is not None else None
    if copy is None:
        raise GenerationFailed(_GONE)
    return await asyncio.to_thread(_fitted, copy, width, height)


def _fitted(copy: bytes, width: int, height: int) -> bytes:
    with Image.open(io.BytesIO(copy), formats=("WEBP", "AVIF")) as picture:
        fitted = ImageOps.fit(picture.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    fitted.save(out, "PNG")
    return out.getvalue()
