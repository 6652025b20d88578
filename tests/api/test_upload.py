"""Uploads of every hostile kind: the status that API.md names, bounded memory, nothing half-made left behind."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import Message

from clonegallery.api.app import create_api
from clonegallery.settings import get_settings
from tests.factories import bob, charlie, jpeg_bytes, sign_in
from tests.images.pictures import encode, png_bomb, scene
from tests.images.shared import count_rows, empty_storage, left_behind, ready, run_jobs, send

IMAGES = "/api/v1/images"
GIF_HEAD = b"GIF89a\x01\x00\x01\x00"


@pytest.fixture(autouse=True)
def clean_storage(database: object) -> None:
    """Blobs of earlier tests are theirs."""
    empty_storage()


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"", "empty.jpg", 422),
        (jpeg_bytes()[:2000], "cut.jpg", 422),
        (b"just words", "text.jpg", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.png", 415),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "script.png", 415),
        (b"II*\x00" + bytes(100), "scan.png", 415),
        (b"%PDF-1.7\n", "paper.png", 415),
        (b"PK\x03\x04" + bytes(100), "archive.png", 415),
        (GIF_HEAD, "cut.gif", 422),
        (png_bomb(30_000), "bomb.png", 422),
    ],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, content: bytes, name: str, status: int
) -> None:
    write = await sign_in(client, await bob())
    answer = await send(client, write, content, name=name)
    assert answer.status_code == status, answer.text
    assert (await count_rows(), left_behind()) == (0, [])
    assert (await send(client, write)).status_code == 201


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_polyglot_is_only_ever_a_picture(client: httpx.AsyncClient, kind: str) -> None:
    tail = b"PK\x03\x04evil" if kind == "PNG" else b"<html><script>alert(1)</script>"
    write = await sign_in(client, await bob())
    answer = await send(client, write, encode(scene(), kind) + tail, name="page.html")
    if answer.status_code == 422:
        assert left_behind() == []
        return
    await run_jobs()
    one = f"{IMAGES}/{answer.json()['id']}/file/"
    for variant in ("original", "thumb_300", "thumb_1200"):
        sent = await client.get(one + variant)
        assert sent.headers["content-type"] in ("image/png", "image/jpeg", "image/webp")
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert sent.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert (variant == "original") or (b"alert" not in sent.content and b"evil" not in sent.content)


@pytest.mark.parametrize(
    ("name", "shown", "title"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg", "passwd"),
        ("..\\..\\boot.jpg", "boot.jpg", "boot"),
        ("photo\u202egpj.exe", "photogpj.exe", "photogpj"),
        ("x" * 10_000 + ".jpg", "x" * 251 + ".jpg", "x" * 251),
        ("....", "", "Untitled"),
        ("Cafe\u0301.JPG", "Caf\u00e9.JPG", "Caf\u00e9"),
    ],
)
async def test_file_names_are_made_harmless(client: httpx.AsyncClient, name: str, shown: str, title: str) -> None:
    write = await sign_in(client, await bob())
    detail = (await send(client, write, name=name)).json()
    assert (detail["original_filename"], detail["title"]) == (shown, title)


async def test_line_breaks_in_a_file_name_reach_no_header(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a%0d%0aSet-Cookie: x=1.jpg"\r\n\r\n'
        + jpeg_bytes()
        + b"\r\n--b--\r\n"
    )
    headers = write | {"Content-Type": "multipart/form-data; boundary=b"}
    sent = await client.post(IMAGES, content=body, headers=headers)
    assert sent.status_code == 201, sent.text
    await run_jobs()
    file = await client.get(f"{IMAGES}/{sent.json()['id']}/file/original")
    assert "set-cookie" not in file.headers
    assert "\n" not in file.headers["content-disposition"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"title": "x" * 256}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"caption": "x" * 5001}, "caption"),
        ({"caption": "x" * 70_000}, "caption"),
        ({"tags": ",".join(str(number) for number in range(31))}, "tags"),
        ({"visibility": "secret"}, "visibility"),
        ({"title": ["a", "b"]}, "title"),
    ],
)
async def test_a_bad_field_is_refused_by_name(client: httpx.AsyncClient, fields: dict[str, Any], named: str) -> None:
    write = await sign_in(client, await bob())
    answer = await send(client, write, **fields)
    assert answer.status_code == 422, answer.text
    assert named in [error["field"] for error in answer.json()["errors"]]
    assert (await count_rows(), left_behind()) == (0, [])


async def test_only_who_may_upload_is_read_at_all(client: httpx.AsyncClient) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Expect": "100-continue"}
    assert (await client.post(IMAGES, content=never(), headers=headers)).status_code == 401
    visitor = await sign_in(client, await charlie())
    assert (await client.post(IMAGES, content=never(), headers=headers | visitor)).status_code == 403
    await client.post("/auth/logout", headers=visitor)
    await sign_in(client, await bob())
    assert (await client.post(IMAGES, content=never(), headers=headers)).status_code == 403


async def test_too_much_is_refused_before_the_rest_is_read(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = await sign_in(client, await bob())
    monkeypatch.setenv("UPLOAD_MAX_BYTES", str(3_000_000))
    get_settings.cache_clear()
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        while True:
            read += 100_000
            yield bytes(100_000)

    try:
        headers = write | {"Content-Type": "multipart/form-data; boundary=b", "Expect": "100-continue"}
        answer = await client.post(IMAGES, content=endless(), headers=headers)
        declared = await client.post(IMAGES, content=endless(), headers=headers | {"Content-Length": "99999999"})
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert (answer.status_code, declared.status_code) == (413, 413)
    assert read <= 3_200_000
    assert left_behind() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b"no form at all",
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nOnly words\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff cut off',
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nb\r\n--b--\r\n',
        b"--b\r\nContent-Disposition: form-data; name=" + b"x" * 40_000 + b"\r\n\r\n\r\n--b--\r\n",
    ],
)
async def test_a_body_that_is_no_whole_form_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    write = await sign_in(client, await bob())
    headers = write | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post(IMAGES, content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert left_behind() == []


async def test_a_client_that_goes_away_leaves_nothing(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + bytes(2_000_000)
    arriving: list[Message] = [
        {"type": "http.request", "body": start, "more_body": True},
        {"type": "http.disconnect"},
    ]
    lying: list[int] = []

    async def receive() -> Message:
        lying.append(len(left_behind()))
        return arriving.pop(0)

    async def send_nothing(_message: Message) -> None:
        return

    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = write | {"Content-Type": "multipart/form-data; boundary=b", "Cookie": cookies}
    asked = client.build_request("POST", get_settings().origin + IMAGES, headers=headers)
    await create_api()(
        {
            "type": "http",
            "method": "POST",
            "path": IMAGES,
            "raw_path": IMAGES.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
            "server": ("localhost", 8000),
            "client": ("127.0.0.1", 1),
            "headers": [
                (name.lower(), value) for name, value in asked.headers.raw if name.lower() != b"content-length"
            ],
        },
        receive,
        send_nothing,
    )
    assert (lying, left_behind()) == ([1, 1], [])


async def test_odd_pictures_become_ready(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    odd = Image.Exif()
    odd[0x0132] = "9999:99:99 99:99:99"
    odd[0x010F] = "Make\x00with NUL"
    for content, name in (
        (encode(scene().convert("CMYK"), "JPEG"), "cmyk.jpg"),
        (encode(Image.new("I;16", (40, 30), 40_000), "PNG"), "deep.png"),
        (jpeg_bytes(exif=odd, seed=4), "odd.jpg"),
    ):
        await ready(client, write, content, name=name)


async def test_strangers_read_no_position_and_no_serial_number(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    exif[0x013B] = "Bob Surname"
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-123"
    exif.get_ifd(0x8769)[0x9286] = "my COMMENT-456"
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 30.0, 0.0), 3: "E", 4: (7.0, 54.0, 0.0)})
    picture = await ready(client, write, jpeg_bytes(exif=exif), visibility="public", name="IMG Bob home.jpg", title="A")
    assert picture["gps"] == {"latitude": 46.5, "longitude": 7.9}
    one = f"{IMAGES}/{picture['id']}"
    client.cookies.clear()
    public = (await client.get(one)).json()
    assert (public["gps"], public["camera_make"], public["download_url"]) == (None, "Canon", None)
    assert (await client.get(one + "/file/original")).status_code == 401
    everything = [(await client.get(path)).content for path in (one, IMAGES, *public["urls"].values())]
    for secret in (b"GPS", b"46.5", b"SERIAL-123", b"COMMENT-456", b"Surname", b"Bob home", b"Exif\x00", b"EXIF"):
        assert not any(secret in content.replace(b'"exif"', b"").replace(b"EXIF ", b"") for content in everything), (
            secret
        )
