"""Pictures over HTTP, from sending one to deleting it for good."""

from collections import Counter

import httpx
import pytest

from clonegallery.settings import get_settings
from tests.factories import bob, charlie, jpeg_bytes, sign_in
from tests.images.shared import ready, run_jobs, send

IMAGES = "/api/v1/images"


async def test_a_sent_picture_becomes_ready_with_three_copies(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    answer = await send(client, write, jpeg_bytes((1600, 900)), name="Holiday in Oslo.jpeg", tags="Sea, Boats")
    assert answer.status_code == 201
    assert (
        answer.json() | {"status": "processing", "title": "Holiday in Oslo", "visibility": "private"} == answer.json()
    )
    await run_jobs()
    detail = (await client.get(f"{IMAGES}/{answer.json()['id']}")).json()
    assert detail["status"] == "ready"
    assert detail["tags"] == ["boats", "sea"]
    assert [(copy["variant"], copy["width"]) for copy in detail["derivatives"]] == [
        ("thumb_300", 300), ("thumb_600", 600), ("thumb_1200", 1200),
    ]  # fmt: skip
    assert set(detail["permissions"]) == {"edit", "delete", "download_original", "like"}
    for address in (*detail["urls"].values(), detail["download_url"]):
        assert (await client.get(address)).status_code == 200


async def test_the_feed_shows_strangers_public_pictures_only(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    public = await ready(client, write, jpeg_bytes(seed=1), visibility="public")
    await ready(client, write, jpeg_bytes(seed=2))
    own = (await client.get(IMAGES)).json()
    client.cookies.clear()
    shown = (await client.get(IMAGES)).json()
    assert [card["id"] for card in shown["items"]] == [public["id"]]
    assert len(own["items"]) == 2
    assert (await client.get(shown["items"][0]["urls"]["thumb_300"])).headers["content-type"] == "image/webp"


async def test_pages_of_the_feed_continue_without_gap_or_repeat(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    sent = [
        (await send(client, write, jpeg_bytes(seed=number), visibility="public" if number % 2 else "private")).json()[
            "id"
        ]
        for number in range(7)
    ]
    await run_jobs()
    for sort, expected in (("newest", sent[::-1]), ("oldest", sent), ("popular", None), ("taken", None)):
        seen, cursor = [], None
        while True:
            query = {"limit": "3", "sort": sort, "count": "true"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(IMAGES, params=query)).json()
            seen += [card["id"] for card in page["items"]]
            cursor = page["next_cursor"]
            assert (page["total"], page["total_is_estimate"]) == (7, False)
            if cursor is None:
                break
        assert sorted(seen) == sorted(sent)
        assert expected is None or seen == expected


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=nonsense", "cursor"),
        ("sort=best", "sort"),
        ("colour=red", "colour"),
        ("camera_make=%00", "camera_make"),
        ("aperture_min=nan", "aperture_min"),
        ("taken_after=2024-01-01T00:00:00", "taken_after"),
    ],
)
async def test_a_bad_question_is_refused_by_name(client: httpx.AsyncClient, query: str, named: str) -> None:
    answer = await client.get(f"{IMAGES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == named


async def test_a_cursor_serves_only_its_own_order(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    for seed in range(2):
        await send(client, write, jpeg_bytes(seed=seed))
    cursor = (await client.get(IMAGES, params={"limit": 1})).json()["next_cursor"]
    assert (await client.get(IMAGES, params={"cursor": cursor})).status_code == 200
    assert (await client.get(IMAGES, params={"cursor": cursor, "sort": "taken"})).status_code == 422


async def test_nothing_private_answers_a_stranger_anything_but_404(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    picture = await ready(client, write)
    client.cookies.clear()
    stranger = await sign_in(client, await charlie())
    one = f"{IMAGES}/{picture['id']}"
    answers = [
        await client.get(one),
        await client.patch(one, json={"title": "Mine"}, headers=stranger),
        await client.delete(one, headers=stranger),
        await client.delete(one + "?permanent=true", headers=stranger),
        await client.post(one + "/restore", headers=stranger),
        await client.get(one + "/neighbours"),
        await client.get(one + "/file/original"),
        await client.get(one + "/file/thumb_300"),
        await client.head(one + "/file/thumb_300"),
    ]
    assert {answer.status_code for answer in answers} == {404}


async def test_a_changed_picture_says_so_and_bad_changes_are_refused_by_name(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    one = f"{IMAGES}/{(await ready(client, write))['id']}"
    answer = await client.patch(one, json={"title": " A  walk ", "tags": ["Fog", "fog", "ICE"]}, headers=write)
    assert (answer.json()["title"], answer.json()["tags"]) == ("A walk", ["fog", "ice"])
    for body, named in (
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": None}, "title"),
        ({"caption": "a\x00b"}, "caption"),
        ({"caption": "x" * 5001}, "caption"),
        ({"tags": [str(number) for number in range(31)]}, "tags"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"visibility": "secret"}, "visibility"),
        ({"owner_id": "me"}, "owner_id"),
    ):
        refused = await client.patch(one, json=body, headers=write)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, named), refused.text


async def test_the_trash_keeps_a_picture_until_it_is_deleted_for_good(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    picture = await ready(client, write, visibility="public")
    one = f"{IMAGES}/{picture['id']}"
    assert (await client.delete(one, headers=write)).status_code == 204
    assert (await client.delete(one, headers=write)).status_code == 204
    assert (await client.get(picture["urls"]["thumb_300"])).status_code == 404
    assert (await client.get(IMAGES)).json()["items"] == []
    trashed = (await client.get(IMAGES, params={"trashed": "true"})).json()["items"]
    assert [card["id"] for card in trashed] == [picture["id"]]
    restored = await client.post(one + "/restore", headers=write)
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert (await client.get(picture["urls"]["thumb_300"])).status_code == 200
    assert (await client.delete(one + "?permanent=true", headers=write)).status_code == 204
    assert (await client.get(one)).status_code == 404
    await run_jobs()
    assert not (get_settings().blobs_dir / "images" / picture["id"]).exists()


async def test_restoring_what_was_sent_again_is_a_conflict(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    first = await ready(client, write)
    await client.delete(f"{IMAGES}/{first['id']}", headers=write)
    second = await send(client, write)
    assert (second.status_code, second.json()["id"] == first["id"]) == (201, False)
    assert (await client.post(f"{IMAGES}/{first['id']}/restore", headers=write)).status_code == 409


async def test_the_timeline_counts_months_of_the_same_pictures(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    for seed in range(3):
        await send(client, write, jpeg_bytes(seed=seed))
    await run_jobs()
    own = (await client.get(IMAGES + "/timeline")).json()
    shown = (await client.get(IMAGES)).json()["items"]
    months = Counter(card["created_at"][:7] for card in shown)  # The month may end between two of them.
    assert {month["month"][:7]: month["count"] for month in own} == months
    assert months.total() == 3
    client.cookies.clear()
    assert (await client.get(IMAGES + "/timeline")).json() == []


async def test_neighbours_stand_beside_a_picture_in_the_feed(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    old, middle, new = [(await send(client, write, jpeg_bytes(seed=seed))).json()["id"] for seed in range(3)]
    assert (await client.get(f"{IMAGES}/{middle}/neighbours")).json() == {"previous": new, "next": old}
    assert (await client.get(f"{IMAGES}/{old}/neighbours")).json() == {"previous": middle, "next": None}
    backwards = await client.get(f"{IMAGES}/{old}/neighbours", params={"sort": "oldest"})
    assert backwards.json() == {"previous": None, "next": middle}
