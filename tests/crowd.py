"""Many ready pictures at once, for tests and benchmarks of what the gallery does with thousands.

Rows are written in bulk and the derivatives' files are hard links to a few real WebPs: five thousand uploads through
the real ingest would take minutes and show nothing about scrolling. The ingest has tests of its own.
"""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import numpy as np
from PIL import Image as PillowImage
from sqlalchemy import create_engine, insert
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from clonegallery.ids import new_id
from clonegallery.images.thumbhash import thumbhash
from clonegallery.models import Derivative, Image, ImageSource, ImageStatus, Rating, Variant, Visibility
from clonegallery.storage.keys import derivative_key, original_key
from clonegallery.storage.local import LocalStorage

_SHAPES = ((1200, 800), (800, 1200), (1200, 900), (1200, 675), (1000, 1000), (1200, 514), (960, 1200))
_LOOKS = 28
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def add_crowd(
    database_url: str, blobs: Path, owner_id: UUID, count: int, *, first: datetime = FIRST, apart: timedelta = _MINUTE
) -> list[UUID]:
    """Insert `count` public, ready pictures of `owner_id`, `apart` from each other, the `first` one oldest.

    Returns their ids.
    """
    looks = [_Look(seed) for seed in range(_LOOKS)]
    storage, ids = LocalStorage(blobs), [new_id() for _ in range(count)]
    images, derivatives = [], []
    for number, image_id in enumerate(ids):
        look = looks[number % _LOOKS]
        images.append(look.row(image_id, owner_id, number, first + number * apart))
        derivatives.extend(look.derivatives(image_id, storage))
    engine = create_engine(async_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(insert(Image), images)
        connection.execute(insert(Derivative), derivatives)
    return ids


class _Look:
    """One painted picture that many rows share, in its three sizes."""

    def __init__(self, seed: int) -> None:
        self.size = _SHAPES[seed % len(_SHAPES)]
        coarse = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
        picture = PillowImage.fromarray(coarse).resize(self.size, PillowImage.Resampling.BICUBIC)
        self.webps = {variant: _webp(picture, int(variant.removeprefix("thumb_"))) for variant in Variant}
        small = picture.convert("RGBA").resize((60, 40))
        self.thumbhash = thumbhash(np.asarray(small))
        self.files: dict[Variant, Path] = {}

    def row(self, image_id: UUID, owner_id: UUID, number: int, moment: datetime) -> dict[str, object]:
        sha256 = hashlib.sha256(str(number).encode())
        return {
            "id": image_id,
            "owner_id": owner_id,
            "title": f"Picture {number}",
            "caption": "",
            "status": ImageStatus.READY,
            "visibility": Visibility.PUBLIC,
            "rating": Rating.GENERAL,
            "source": ImageSource.UPLOAD,
            "original_filename": f"{number}.jpg",
            "storage_key": original_key(image_id, sha256.hexdigest(), "jpg"),
            "sha256": sha256.digest(),
            "mime": "image/jpeg",
            "byte_size": 1_000_000,
            "width": self.size[0] * 4,
            "height": self.size[1] * 4,
            "thumbhash": self.thumbhash,
            "dominant_color": "#808080",
            "exif": {},
            "created_at": moment,
            "updated_at": moment,
            "sort_at": moment,
        }

    def derivatives(self, image_id: UUID, storage: LocalStorage) -> list[dict[str, object]]:
        return [self._derivative(image_id, variant, storage) for variant in Variant]

    def _derivative(self, image_id: UUID, variant: Variant, storage: LocalStorage) -> dict[str, object]:
        content, (width, height) = self.webps[variant]
        key = derivative_key(image_id, hashlib.sha256(content).hexdigest(), variant)
        path = storage.local_path(key)
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        if variant in self.files:
            os.link(self.files[variant], path)
        else:
            path.write_bytes(content)
            self.files[variant] = path
        size = {"width": width, "height": height, "byte_size": len(content)}
        return {"image_id": image_id, "variant": variant, "storage_key": key, **size}


def _webp(picture: PillowImage.Image, edge: int) -> tuple[bytes, tuple[int, int]]:
    scaled = picture.copy()
    scaled.thumbnail((edge, edge))
    buffer = BytesIO()
    scaled.save(buffer, "WEBP", quality=80)
    return buffer.getvalue(), scaled.size
