"""Likes over HTTP: put there and deleted, by whoever may see the picture, and listed for themselves alone."""

import httpx
import pytest

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Scope
from clonegallery.ids import new_id
from tests import factories
from tests.api.signing import Browser, signed_in
from tests.ui.pages.pictures import picture_of, viewer_of_person

IMAGES = "/api/v1/images"


@pytest.fixture
async def charlie(client: httpx.AsyncClient) -> Browser:
    """A Visitor: who may like, and nothing else."""
    return await signed_in(client, await factories.charlie())


async def test_a_visitor_likes_a_picture_and_takes_it_back(charlie: Browser) -> None:
    one = f"{IMAGES}/{await picture_of(await factories.bob())}"
    for method, expected in (
        ("PUT", {"liked": True, "likes": 1}),
        ("PUT", {"liked": True, "likes": 1}),
        ("DELETE", {"liked": False, "likes": 0}),
        ("DELETE", {"liked": False, "likes": 0}),
    ):
        answer = await charlie.client.request(method, one + "/like", headers=charlie.write)
        assert (answer.status_code, answer.json()) == (200, expected)
        detail = (await charlie.client.get(one)).json()
        assert {name: detail[name] for name in ("liked", "likes")} == expected


async def test_a_page_of_another_site_cannot_make_one_like(charlie: Browser) -> None:
    one = f"{IMAGES}/{await picture_of(await factories.bob())}/like"
    foreign = charlie.write | {"Origin": "https://evil.example"}
    for headers in ({}, {"X-CSRF-Token": "guessed"}, foreign):
        answer = await charlie.client.put(one, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


async def test_a_key_needs_the_scope_to_write(client: httpx.AsyncClient) -> None:
    viewer = await viewer_of_person(await factories.charlie())
    one = f"{IMAGES}/{await picture_of(await factories.bob())}/like"
    for scopes, status in (([Scope.READ], 403), ([Scope.READ, Scope.WRITE], 200)):
        made = await accounts.create_api_key(viewer, name="k", scopes=scopes)
        answer = await client.put(one, headers={"Authorization": f"Bearer {made.secret}"})
        assert answer.status_code == status, answer.text


async def test_what_is_not_there_and_what_is_hidden_answer_alike(charlie: Browser) -> None:
    hidden = await picture_of(await factories.bob(), visibility="private")
    for method in ("PUT", "DELETE"):
        answers = [
            await charlie.client.request(method, f"{IMAGES}/{image_id}/like", headers=charlie.write)
            for image_id in (hidden, new_id())
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


async def test_the_feed_lists_what_one_likes(charlie: Browser) -> None:
    bob = await factories.bob()
    liked, _ = await picture_of(bob), await picture_of(bob)
    await charlie.client.put(f"{IMAGES}/{liked}/like", headers=charlie.write)
    page = (await charlie.client.get(f"{IMAGES}?liked=true&count=true")).json()
    assert ([card["id"] for card in page["items"]], page["total"]) == ([str(liked)], 1)
    assert (await charlie.client.get(f"{IMAGES}?liked=false&count=true")).json()["total"] == 2
    assert sum(month["count"] for month in (await charlie.client.get(f"{IMAGES}/timeline?liked=true")).json()) == 1
    charlie.client.cookies.clear()
    answer = await charlie.client.get(f"{IMAGES}?liked=true")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
