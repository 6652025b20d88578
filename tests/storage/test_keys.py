"""Names of blobs say whose they are, and nothing else is one."""

from uuid import uuid4

import pytest

from clonegallery.storage import keys


def test_a_key_names_its_picture_and_its_bytes() -> None:
    image_id, digest = uuid4(), "0f" * 32
    for key in (keys.original_key(image_id, digest, "heic"), keys.derivative_key(image_id, digest, "thumb_300")):
        assert keys.is_key(key)
        assert (keys.image_of(key), keys.digest_of(key)) == (image_id, digest)
        assert key.startswith(keys.image_prefix(image_id))


@pytest.mark.parametrize("extension", ["", "j/pg", "..", "JPG", "verylong"])
def test_an_odd_extension_makes_no_key(extension: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        keys.original_key(uuid4(), "0f" * 32, extension)
