"""Rows as the JSON of the lists. Dictionaries made by hand: a model per card would cost more than the SQL."""

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from typing import Any

from clonegallery.images.rights import is_public
from clonegallery.images.schemas import Variant
from clonegallery.storage.urls import public_url, signed_url

Json = dict[str, Any]

_VARIANTS = tuple(variant.value for variant in Variant)


def cards(rows: Sequence[Any]) -> list[Json]:
    """The cards of a page, as `ImageCard` describes them."""
    return [card(row, {name: getattr(row, name) for name in _VARIANTS}) for row in rows]


def card(row: Any, keys: Mapping[str, str | None]) -> Json:
    """One card; `keys` are the storage keys of the copies by variant."""
    address = public_url if is_public(row) else signed_url
    thumbhash = row.thumbhash
    return {
        "id": row.id,
        "title": row.title,
        "width": row.width,
        "height": row.height,
        "thumbhash": b2a_base64(thumbhash, newline=False).decode() if thumbhash else None,
        "dominant_color": row.dominant_color,
        "status": row.status,
        "visibility": row.visibility,
        "rating": row.rating,
        "animated": row.animated,
        "source": row.source,
        "likes": row.likes,
        "taken_at": row.taken_at,
        "created_at": row.created_at,
        "owner": {"id": row.owner_id, "username": row.username},
        "urls": {name: key and address(key) for name, key in ((name, keys.get(name)) for name in _VARIANTS)},
    }
