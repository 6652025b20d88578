"""The names of blobs. A blob belongs to ONE picture, so deleting it never races with somebody else's upload."""

import re
from uuid import UUID

_KEY = re.compile(
    r"images/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/"
    r"([0-9a-f]{64})(?:-thumb_[0-9]{1,5})?\.[a-z0-9]{2,5}"
)


def original_key(image_id: UUID, sha256: str, extension: str) -> str:
    """Where an original lies; `sha256` is lower-case hex, `extension` has no dot."""
    return checked_key(f"images/{image_id}/{sha256}.{extension}")


def derivative_key(image_id: UUID, sha256: str, variant: str) -> str:
    """Where a derivative lies; `sha256` is that of the derivative's own bytes, so that the name never lies."""
    return checked_key(f"images/{image_id}/{sha256}-{variant}.webp")


def image_prefix(image_id: UUID) -> str:
    """What the keys of one picture's blobs begin with, and no other key does."""
    return f"images/{image_id}/"


def is_key(key: str) -> bool:
    """Whether `key` has the form of a blob's name: no dots, slashes or signs beyond it can reach the storage."""
    return _KEY.fullmatch(key) is not None


def checked_key(key: str) -> str:
    """`key` itself. Raises `ValueError` when it is not a blob's name: such a key is a mistake of ours."""
    if not is_key(key):
        raise ValueError("not a storage key")
    return key


def image_of(key: str) -> UUID:
    """The picture that a blob belongs to. Raises `ValueError` when `key` is not a blob's name."""
    return UUID(checked_key(key).split("/")[1])


def digest_of(key: str) -> str:
    """The SHA-256 (hex) of the bytes under `key`. Raises `ValueError` when `key` is not a blob's name."""
    return checked_key(key).split("/")[2][:64]
