"""Ready pictures without their bytes: rows are all that the pages look at."""

import hashlib
from typing import Any
from uuid import UUID

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import unit_of_work
from clonegallery.ids import new_id
from clonegallery.models.image import Derivative, Image, ImageStatus
from clonegallery.storage.keys import derivative_key, original_key
from clonegallery.variants import Variant
from tests.factories import PASSWORD, TestPerson


async def picture_of(person: TestPerson, **fields: Any) -> UUID:
    """The id of a new picture of `person`, ready and public unless `fields` say otherwise. Its files are nowhere, under
    names that files can have: the workers of a site may look for them."""
    image_id = new_id()
    digest = hashlib.sha256(image_id.bytes).digest()
    given: dict[str, Any] = {
        "title": "A picture",
        "status": ImageStatus.READY,
        "visibility": "public",
        "width": 6000,
        "height": 4000,
    }
    image = Image(
        id=image_id,
        owner_id=person.id,
        storage_key=original_key(image_id, digest.hex(), "jpg"),
        sha256=digest,
        mime="image/jpeg",
        byte_size=3_400_000,
        original_filename="IMG_1.JPG",
        **(given | fields),
    )
    copies = [
        Derivative(
            image_id=image_id,
            variant=variant,
            width=edge,
            height=edge * 2 // 3,
            byte_size=edge * 10,
            storage_key=derivative_key(image_id, digest.hex(), variant),
        )
        for variant, edge in ((Variant.THUMB_300, 300), (Variant.THUMB_600, 600), (Variant.THUMB_1200, 1200))
    ]
    async with unit_of_work() as work:
        work.session.add(image)
        await work.session.flush()
        work.session.add_all(copies)
    return image_id


async def viewer_of_person(person: TestPerson | None) -> Viewer:
    """Who `person` is to the services, in a session of their own; a stranger for None."""
    return (await service.sign_in(person.username, PASSWORD)).viewer if person else ANONYMOUS
