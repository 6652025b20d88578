"""Bytes over HTTP: who gets them, under which address, in which pieces, and for how long caches may keep them."""

import httpx
import pytest

from clonegallery.api.blobs import content_disposition
from clonegallery.storage import urls
from tests.factories import alice, bob, charlie, jpeg_bytes, sign_in
from tests.images.shared import ready

IMAGES = "/api/v1/images"


async def test_public_copies_are_cached_for_ever_until_the_picture_is_private(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    picture = await ready(client, write, visibility="public")
    address = picture["urls"]["thumb_600"]
    assert "?" not in address
    sent = await client.get(address)
    assert sent.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sent.headers["cross-origin-resource-policy"] == "cross-origin"
    await client.patch(f"{IMAGES}/{picture['id']}", json={"visibility": "private"}, headers=write)
    assert (await client.get(address)).status_code == 404
    signed = (await client.get(f"{IMAGES}/{picture['id']}")).json()["urls"]["thumb_600"]
    assert signed.startswith(address + "?e=")
    assert (await client.get(signed)).headers["cache-control"].startswith("private, max-age=")


async def test_a_signature_holds_for_its_key_and_time_only(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    one, other = [await ready(client, write, jpeg_bytes(seed=seed)) for seed in range(2)]
    key = one["urls"]["thumb_300"].split("?")[0].removeprefix("/media/")
    good = one["urls"]["thumb_300"].split("?")[1]
    client.cookies.clear()
    for query, status in (
        (good, 200),
        ("", 404),
        (other["urls"]["thumb_300"].split("?")[1], 404),
        (good.replace("e=", "e=9"), 404 if len(good) < 80 else 422),
        (good[:-1] + ("0" if good[-1] != "0" else "1"), 404),
        (urls.signed_url(key, now=1_000_000).split("?")[1], 404),
        ("e=-1&s=x", 404),
        ("e=\u0661&s=\u00e9", 404),
    ):
        assert (await client.get(f"/media/{key}?{query}")).status_code in (status, 422), query


@pytest.mark.parametrize(
    "key",
    ["x", "../secret_key", "images/../../secret_key", "images/%2e%2e/secret_key", "images/a%00b", "%2fetc/passwd"],
)
async def test_what_is_no_key_is_not_found(client: httpx.AsyncClient, key: str) -> None:
    assert (await client.get(f"/media/{key}")).status_code == 404


async def test_unlisted_pictures_open_to_who_has_the_address(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    picture = await ready(client, write, visibility="unlisted")
    one = f"{IMAGES}/{picture['id']}"
    client.cookies.clear()
    assert (await client.get(IMAGES)).json()["items"] == []
    assert (await client.get(one)).status_code == 200
    assert (await client.get(one + "/file/thumb_1200")).status_code == 200
    plain = picture["urls"]["thumb_300"].split("?")[0]
    assert (await client.get(plain)).headers["cache-control"] == "private, no-cache"


async def test_the_original_is_for_its_owner_and_admins(client: httpx.AsyncClient) -> None:
    content = jpeg_bytes()
    write = await sign_in(client, await bob())
    picture = await ready(client, write, content, visibility="public", title='Caf\u00e9 "Roma"')
    original = f"{IMAGES}/{picture['id']}/file/original"
    sent = await client.get(original)
    assert (sent.content, sent.headers["cache-control"]) == (content, "private, no-store")
    assert sent.headers["content-disposition"].startswith("attachment; filename=")
    for person, status in ((charlie, 403), (alice, 200)):
        client.cookies.clear()
        await sign_in(client, await person())
        assert (await client.get(original)).status_code == status


async def test_ranges_and_conditions(client: httpx.AsyncClient) -> None:
    content = jpeg_bytes((900, 700))
    write = await sign_in(client, await bob())
    picture = await ready(client, write, content)
    original = f"{IMAGES}/{picture['id']}/file/original"
    whole = await client.get(original)
    etag, size = whole.headers["etag"], len(content)
    for value, status, body, content_range in (
        ("bytes=0-9", 206, content[:10], f"bytes 0-9/{size}"),
        ("bytes=5-", 206, content[5:], f"bytes 5-{size - 1}/{size}"),
        ("bytes=-7", 206, content[-7:], f"bytes {size - 7}-{size - 1}/{size}"),
        (f"bytes=0-{size * 2}", 206, content, f"bytes 0-{size - 1}/{size}"),
        (f"bytes={size}-", 416, b"", f"bytes */{size}"),
        ("bytes=-0", 416, b"", f"bytes */{size}"),
        ("bytes=9-5", 200, content, None),
        ("bytes=0-1,4-5", 200, content, None),
        ("lines=1-2", 200, content, None),
        ("bytes=-", 200, content, None),
    ):
        answer = await client.get(original, headers={"Range": value})
        assert (answer.status_code, answer.content) == (status, body), value
        assert answer.headers.get("content-range") == content_range
    stale = await client.get(original, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, content)
    for condition, status in ((etag, 304), (f'W/{etag}, "x"', 304), ("*", 304), ('"x"', 200)):
        assert (await client.get(original, headers={"If-None-Match": condition})).status_code == status
    head = await client.head(original)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))


def test_a_file_name_is_written_twice_and_breaks_no_header() -> None:
    written = content_disposition('Caf\u00e9 "x"\r\n; a.jpg', attachment=True)
    assert (
        written == "attachment; filename=\"Caf_ _x____ a.jpg\"; filename*=UTF-8''Caf%C3%A9%20%22x%22%0D%0A%3B%20a.jpg"
    )
