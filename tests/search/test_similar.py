"""What looks alike, of what one may find; nothing of anybody else's."""

import io

import httpx
from PIL import Image, ImageEnhance

from clonegallery.search import spaces
from tests.conftest import both_databases
from tests.factories import alice, bob, jpeg_bytes, sign_in
from tests.images.shared import send
from tests.search.conftest import UseModel
from tests.search.gallery import pictures, work

pytestmark = both_databases


def _a_little_brighter(content: bytes) -> bytes:
    buffer = io.BytesIO()
    ImageEnhance.Brightness(Image.open(io.BytesIO(content))).enhance(1.02).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


async def test_the_nearest_come_first_with_a_score(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    write = await sign_in(client, await bob())
    first, *_rest = await pictures(client, write, 6, visibility="public")
    sent = await client.post(
        "/api/v1/images", files={"file": ("twin.jpg", _a_little_brighter(jpeg_bytes(seed=0)))}, headers=write
    )
    await spaces.look_after()
    await work()
    found = (await client.get(f"/api/v1/images/{first}/similar")).json()
    scores = [item["score"] for item in found["items"]]
    assert found["items"][0]["id"] == sent.json()["id"]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert first not in {item["id"] for item in found["items"]}
    assert found["items"][0]["urls"]["thumb_300"]
    assert len((await client.get(f"/api/v1/images/{first}/similar?limit=2")).json()["items"]) == 2


async def test_only_what_one_may_find_is_found(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    write = await sign_in(client, await bob())
    public = await pictures(client, write, 2, visibility="public")
    hidden = await pictures(client, write, 2, first=10, visibility="private")
    unlisted = await pictures(client, write, 1, first=20, visibility="unlisted")
    await spaces.look_after()
    await work()

    async def similar(image_id: str) -> set[str] | int:
        answer = await client.get(f"/api/v1/images/{image_id}/similar")
        return {item["id"] for item in answer.json()["items"]} if answer.is_success else answer.status_code

    assert await similar(public[0]) == {public[1], *hidden, *unlisted}
    await sign_in(client, await alice())
    assert await similar(public[0]) == {public[1]}
    assert await similar(hidden[0]) == 404
    assert await similar(unlisted[0]) == set(public)
    client.cookies.clear()
    assert await similar(public[0]) == {public[1]}
    assert await similar(hidden[0]) == 404


async def test_what_one_may_not_find_takes_no_place(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    write = await sign_in(client, await bob())
    first, other = await pictures(client, write, 2, visibility="public")
    hidden = await send(client, write, _a_little_brighter(jpeg_bytes(seed=0)), visibility="private")
    twin = hidden.json()["id"]
    await spaces.look_after()
    await work()
    nearest = f"/api/v1/images/{first}/similar?limit=1"
    assert [item["id"] for item in (await client.get(nearest)).json()["items"]] == [twin]
    client.cookies.clear()
    assert [item["id"] for item in (await client.get(nearest)).json()["items"]] == [other]


async def test_odd_questions_are_refused_by_name(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    (image_id,) = await pictures(client, write, 1)
    for query in ("limit=0", "limit=101", "limit=x", "of=me"):
        answer = await client.get(f"/api/v1/images/{image_id}/similar?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, query.partition("=")[0])
    assert (await client.get("/api/v1/images/00000000-0000-7000-8000-000000000000/similar")).status_code == 404


async def test_what_is_hidden_by_now_is_compared_with_nothing_any_more(
    client: httpx.AsyncClient, use_model: UseModel
) -> None:
    """Nor are pages that were remembered shown, the ones that a cursor leads to among them."""
    use_model("clip")
    owner = await bob()
    write = await sign_in(client, owner)
    await pictures(client, write, 4, visibility="public")
    (hidden,) = await pictures(client, write, 1, first=20, visibility="unlisted")
    await spaces.look_after()
    await work()
    asked = [f"/api/v1/images{route}?q=like:{hidden}{more}" for route, more in _LIKE]
    client.cookies.clear()
    first = (await client.get(asked[0])).json()
    asked.append(f"{asked[0]}&cursor={first['next_cursor']}")
    assert [(await client.get(one)).status_code for one in asked] == [200] * 5
    write = await sign_in(client, owner)
    await client.patch(f"/api/v1/images/{hidden}", json={"visibility": "private"}, headers=write)
    assert [(await client.get(one)).status_code for one in asked] == [200] * 5
    client.cookies.clear()
    for one in asked:
        unknown = one.replace(hidden, "00000000-0000-7000-8000-000000000000")
        answer, other = await client.get(one), await client.get(unknown)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["field"], error["token"], error["position"]) == ("q", f"like:{hidden}", 0)
        assert other.text.replace("00000000-0000-7000-8000-000000000000", hidden) == answer.text, "nothing tells why"


_LIKE = (("", "&limit=2"), ("", "&sort=newest"), ("/facets", ""), ("/timeline", ""))
