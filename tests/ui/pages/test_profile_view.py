"""What the served HTML of a person's page tells: the same to everybody, their pictures' owner included."""

from urllib.parse import unquote

import pytest
from starlette.requests import Request

from clonegallery.accounts import service as accounts
from clonegallery.ui.pages.profile_view import head_of_profile
from clonegallery.ui.shell import with_head
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import picture_of
from tests.ui.tab import cookie_of


def _request(username: str, cookie: str = "") -> Request:
    headers = [(b"cookie", cookie.encode())]
    return Request({"type": "http", "headers": headers, "path_params": {"username": unquote(username)}})


async def test_a_link_unfolds_to_name_count_and_newest_public_picture(database: Services) -> None:
    bob = await factories.bob()
    await picture_of(bob)
    newest = await picture_of(bob, width=2400, height=1800)
    for visibility in ("private", "unlisted"):
        await picture_of(bob, visibility=visibility)
    status, head = await head_of_profile(_request("BOB"))

    assert (status, head.title) == (200, "bob · CloneGallery")
    assert head.shared is not None
    assert (head.shared.title, head.shared.description) == ("bob", "2 pictures by bob.")
    assert head.shared.page_url == "http://localhost:8000/u/bob"
    assert head.shared.image_url == f"http://localhost:8000/api/v1/images/{newest}/file/thumb_1200"
    assert (head.shared.width, head.shared.height, head.shared.kind) == (1200, 900, "profile")
    assert await head_of_profile(_request("bob", await cookie_of(bob))) == (status, head)


async def test_without_a_public_picture_there_is_none_to_unfold(database: Services) -> None:
    await picture_of(await factories.bob(), visibility="private")
    status, head = await head_of_profile(_request("bob"))

    assert status == 200
    assert head.shared is not None
    assert (head.shared.description, head.shared.image_url) == ("No pictures yet by bob.", "")
    served = with_head("<head></head>", head)
    assert '<meta property="og:title" content="bob"/>' in served
    assert '<meta name="twitter:card" content="summary"/>' in served
    assert "og:image" not in served
    assert "noindex" not in served


@pytest.mark.parametrize("name", ["nobody", "bob@example.org", "a%00b", "x" * 300, "<script>", ""])
async def test_nobody_s_page_is_a_404_without_a_word(database: Services, name: str) -> None:
    await factories.bob()
    status, head = await head_of_profile(_request(name))
    assert (status, head.title, head.shared) == (404, "Not found · CloneGallery", None)


async def test_a_disabled_person_s_page_is_a_404(database: Services) -> None:
    await picture_of(await factories.bob())
    await accounts.disable("bob")
    assert (await head_of_profile(_request("bob")))[0] == 404
