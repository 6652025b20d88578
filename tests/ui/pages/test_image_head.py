"""What the served HTML of a picture's page tells, and to whom."""

from uuid import uuid4

import pytest
from starlette.requests import Request

from clonegallery.images import service
from clonegallery.ui.pages.image_head import head_of_image
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import cookie_of


def _request(image_id: object, cookie: str = "") -> Request:
    headers = [(b"cookie", cookie.encode())]
    return Request({"type": "http", "headers": headers, "path_params": {"image_id": str(image_id)}})


async def test_an_open_picture_tells_its_title_and_absolute_addresses(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour", visibility="unlisted")
    status, head = await head_of_image(_request(image_id))

    assert status == 200
    assert head.title == "Harbour · CloneGallery"
    assert head.shared is not None
    assert head.shared.image_url.startswith("http://localhost:8000/")
    assert head.shared.image_url.endswith("thumb_1200")
    assert head.shared.page_url == f"http://localhost:8000/image/{image_id}"


async def test_a_private_picture_is_missing_for_strangers_and_nameless_for_its_owner(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Secret", visibility="private")
    stranger = await head_of_image(_request(image_id))
    owner = await head_of_image(_request(image_id, await cookie_of(bob)))

    assert stranger[0] == 404
    assert owner[0] == 200
    assert stranger[1].shared is owner[1].shared is None
    assert "Secret" not in stranger[1].title + owner[1].title


@pytest.mark.parametrize("image_id", [uuid4(), "not-an-id", "../../etc", ""])
async def test_missing_pictures_are_404_without_a_word(database: Services, image_id: object) -> None:
    status, head = await head_of_image(_request(image_id))

    assert (status, head.title, head.shared) == (404, "CloneGallery", None)


async def test_a_picture_in_the_trash_is_told_to_nobody(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, visibility="public")
    await service.trash(await viewer_of_person(bob), image_id)
    status, head = await head_of_image(_request(image_id, await cookie_of(bob)))

    assert (await head_of_image(_request(image_id)))[0] == 404
    assert (status, head.title, head.shared) == (200, "CloneGallery", None)


async def test_a_picture_that_is_not_ready_has_nothing_to_unfold(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, status="failed")
    status, head = await head_of_image(_request(image_id, await cookie_of(bob)))

    assert (status, head.title, head.shared) == (200, "CloneGallery", None)
