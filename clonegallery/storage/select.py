"""The storage that the settings ask for."""

from functools import lru_cache

from clonegallery.settings import get_settings
from clonegallery.storage.local import LocalStorage
from clonegallery.storage.port import BlobStorage


@lru_cache(maxsize=1)
def get_storage() -> BlobStorage:
    """The blob storage of this process."""
    return LocalStorage(get_settings().blobs_dir)
