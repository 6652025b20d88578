"""Rows as the JSON of the lists. Dictionaries made by hand: a model per card would cost more than the SQL."""

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from clonegallery.images.rights import is_public
from clonegallery.images.schemas import Variant
from clonegallery.storage.urls import public_url, signed_url

Json = dict[str, Any]

_AS_IT_IS: Final = (
    "id", "title", "width", "height", "dominant_color", "status", "visibility", "rating", "animated", "source", "likes",
    "taken_at", "created_at",
)  # fmt: skip
_MORE: Final = ("thumbhash", "owner_id", "username")
_VARIANTS: Final = tuple(variant.value for variant in Variant)


def cards(rows: Sequence[Any]) -> list[Json]:
    """The cards of a page, as `ImageCard` describes them."""
    if not rows:
        return []
    # By their places, which are the same in each row: to look them up by their names takes three times as long.
    plain, more, keys = (_picked(rows[0]._fields, names) for names in (_AS_IT_IS, _MORE, _VARIANTS))
    return [_card(row, plain(row), more(row), zip(_VARIANTS, keys(row), strict=True)) for row in rows]


def card(row: Any, keys: Mapping[str, str | None]) -> Json:
    """One card; `keys` are the storage keys of the copies by variant."""
    plain, more = (_picked(row._fields, names) for names in (_AS_IT_IS, _MORE))
    return _card(row, plain(row), more(row), [(name, keys.get(name)) for name in _VARIANTS])


def _picked(fields: Sequence[str], names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes these columns out of a row."""
    return itemgetter(*map(fields.index, names))


def _card(row: Any, plain: tuple[Any, ...], more: tuple[Any, ...], keys: Iterable[tuple[str, str | None]]) -> Json:
    thumbhash, owner_id, username = more
    address = public_url if is_public(row) else signed_url
    made: Json = dict(zip(_AS_IT_IS, plain, strict=True))
    made["thumbhash"] = b2a_base64(thumbhash, newline=False).decode() if thumbhash else None
    made["owner"] = {"id": owner_id, "username": username}
    made["urls"] = {name: key and address(key) for name, key in keys}
    return made
