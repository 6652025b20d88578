"""Searching by a picture that one has: only what one may find is found, and nothing of it is left anywhere."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import Message

from clonegallery.api.app import create_api
from clonegallery.images.quarantine import Quarantine, quarantine
from clonegallery.search.by_image import MAX_BYTES
from clonegallery.settings import get_settings
from clonegallery.storage.local import in_thread
from tests.conftest import both_databases
from tests.factories import alice, bob, jpeg_bytes, sign_in
from tests.images.pictures import MAKERS, encode, gif_bomb, png_bomb, scene
from tests.images.shared import Headers, count_rows, empty_storage, left_behind
from tests.search.conftest import UseModel
from tests.search.gallery import answered, be_patient, forget_questions, pictures, questions, searched, work
from tests.search.test_similar import _a_little_brighter

pytestmark = both_databases

BY_IMAGE = "/api/v1/search/by-image"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
MB = 1024 * 1024
_UNREADABLE, _UNSUPPORTED = (422, "unreadable_image"), (415, "unsupported_image_type")


async def look(
    client: httpx.AsyncClient, content: bytes, write: Headers | None = None, query: str = "", name: str = "a.jpg"
) -> httpx.Response:
    files = {"file": (name, content)}
    return await client.post(f"{BY_IMAGE}?{query}", files=files, headers=write or {})


async def seen(client: httpx.AsyncClient, content: bytes, write: Headers | None = None, query: str = "") -> list[str]:
    """The ids, the nearest first."""
    answer = await look(client, content, write, query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def _blotted(content: bytes) -> bytes:
    """A file that looks whole until its pixels are decoded."""
    return content[:40] + bytes(len(content) - 40)


def _quarantined() -> list[Path]:
    return [path for path in left_behind() if path.suffix == ".part"]


@pytest.fixture
async def worker(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    empty_storage()
    use_model("clip")
    await be_patient(monkeypatch)
    async with answered():
        yield


@pytest.fixture
async def nobody(client: httpx.AsyncClient, use_model: UseModel) -> None:
    """A gallery with a model whose workers are gone."""
    empty_storage()
    await forget_questions()
    use_model("clip")


@pytest.fixture
def two_a_minute(database: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LOOK_LIMITS", "2/minute")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_the_picture_itself_comes_first_and_nothing_of_it_is_left(
    client: httpx.AsyncClient, worker: None
) -> None:
    write, ids = await searched(client, 5)
    before, rows = left_behind(), await count_rows()
    answer = await look(client, jpeg_bytes(seed=3), write)
    page = answer.json()
    scores = [item["score"] for item in page["items"]]
    assert page["items"][0]["id"] == ids[3]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(1, abs=0.01)
    assert page["items"][0]["why"] == [{"by": "look", "score": pytest.approx(scores[0], abs=0.001)}]
    assert (set(ids), page["model"]) == ({item["id"] for item in page["items"]}, "clip")
    assert page["items"][0]["urls"]["thumb_300"]
    assert (left_behind(), await count_rows()) == (before, rows)
    assert [key for key in await questions() if b"content" in key or b"answer" in key] == []
    assert len(await seen(client, jpeg_bytes(seed=3), write, "limit=2")) == 2


async def test_every_accepted_type_is_looked_at(client: httpx.AsyncClient, worker: None) -> None:
    write, ids = await searched(client, 2)
    for mime, make in MAKERS.items():
        assert set(await seen(client, make(), write)) == set(ids), mime
    odd = encode(scene().convert("CMYK"), "JPEG"), encode(Image.new("RGBA", (3, 900)), "PNG")
    for content in odd:
        assert set(await seen(client, content, write)) == set(ids)


async def test_only_what_one_may_find_is_found_by_a_stranger_too(client: httpx.AsyncClient, worker: None) -> None:
    write, hidden = await searched(client, 2)
    public = await pictures(client, write, 2, first=10, visibility="public")
    await work()
    twin = _a_little_brighter(jpeg_bytes(seed=0))
    assert (await seen(client, twin, write))[0] == hidden[0]
    other = await sign_in(client, await alice())
    assert set(await seen(client, twin, other)) == set(public)
    client.cookies.clear()
    assert set(await seen(client, twin)) == set(public)


async def test_filters_and_terms_narrow_what_is_compared(client: httpx.AsyncClient, worker: None) -> None:
    write, ids = await searched(client, 2)
    marked = await pictures(client, write, 1, first=10, tags="boats", title="Harbour", visibility="public")
    await work()
    for query, expected in {
        "": {*ids, *marked},
        "visibility=public": set(marked),
        "q=tag:boats": set(marked),
        "q=harbour": set(marked),
        "q=harbour%20-tag:boats": set(),
        "q=-tag:boats": set(ids),
        "tag=boats&q=source:upload": set(marked),
        "owner=me": {*ids, *marked},
        "q=camera:canon": set(),
        "status=failed": set(),
    }.items():
        assert set(await seen(client, jpeg_bytes(seed=1), write, query)) == expected, query


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "empty.jpg", _UNREADABLE),
        (jpeg_bytes()[:2000], "cut.jpg", _UNREADABLE),
        (b"just words", "text.jpg", _UNSUPPORTED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.jpg", _UNSUPPORTED),
        (b"%PDF-1.7\n", "paper.png", _UNSUPPORTED),
        (b"GIF89a\x01\x00\x01\x00", "cut.gif", _UNREADABLE),
        (png_bomb(30_000), "bomb.png", _UNREADABLE),
        (gif_bomb(20_000, 3_000), "bomb.gif", _UNREADABLE),
        (b"\xff\xd8\xff\xe0" + bytes(3_000), "noise.jpg", _UNREADABLE),
        (_blotted(MAKERS["image/webp"]()), "blotted.webp", _UNREADABLE),
        (jpeg_bytes() + bytes(21 * MB), "large.jpg", (413, "too_large")),
    ],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, worker: None, content: bytes, name: str, refusal: tuple[int, str]
) -> None:
    write, _ = await searched(client, 1)
    before = left_behind()
    answer = await look(client, content, write, name=name)
    assert (answer.status_code, answer.json()["code"]) == refusal, answer.text
    assert left_behind() == before
    assert [key for key in await questions() if b"content" in key] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"--b--\r\n", "file"),
        (b"", "body"),
        (b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\nx\r\n--b--\r\n', "image"),
        (b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n', "title"),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nx', "body"),
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n' * 2 + b"--b--\r\n", "file"),
        (b"\x00" * 500, "body"),
    ],
)
async def test_an_odd_form_is_refused_by_the_name_of_what_is_wrong(
    client: httpx.AsyncClient, nobody: None, body: bytes, field: str
) -> None:
    write, _ = await searched(client, 1)
    answer = await client.post(BY_IMAGE, content=body, headers=write | FORM)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert _quarantined() == []
    plain = await client.post(BY_IMAGE, json={"file": "a.jpg"}, headers=write)
    assert (plain.status_code, plain.json()["errors"][0]["field"]) == (422, "body")


async def test_an_odd_question_is_refused_before_the_picture_is_read(client: httpx.AsyncClient, nobody: None) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    write, ids = await searched(client, 1)
    for query, status, field in (
        ("limit=0", 422, "limit"),
        ("limit=101", 422, "limit"),
        ("q=f:9..1", 422, "q"),
        (f"q=like:{ids[0]}", 422, "q"),
        ("trashed=true", 422, "trashed"),
        ("sort=newest", 422, "sort"),
        ("bbox=1,2,3", 422, "bbox"),
    ):
        sent = write | FORM | {"Expect": "100-continue"}
        answer = await client.post(f"{BY_IMAGE}?{query}", content=never(), headers=sent)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), query
    answer = await client.post(f"{BY_IMAGE}?q=iso:100+like:{ids[0]}+sea", content=never(), headers=sent)
    (error,) = answer.json()["errors"]
    assert (error["token"], error["position"]) == (f"like:{ids[0]}", 8)
    declared = write | FORM | {"Expect": "100-continue", "Content-Length": str(MAX_BYTES + MB)}
    assert (await client.post(BY_IMAGE, content=never(), headers=declared)).status_code == 413
    assert (await look(client, jpeg_bytes())).status_code == 403, "a browser's write needs its session's token"


async def test_without_a_model_or_a_worker_it_says_so(client: httpx.AsyncClient, use_model: UseModel) -> None:
    await forget_questions()
    bare = await look(client, jpeg_bytes())
    assert (bare.status_code, "compared" in bare.json()["detail"]) == (404, True)
    use_model("clip")
    write, _ = await searched(client, 1)
    answer = await look(client, jpeg_bytes(), write)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert _quarantined() == []


@pytest.mark.usefixtures("two_a_minute")
async def test_too_many_are_refused_each_with_a_share_of_their_own(client: httpx.AsyncClient) -> None:
    assert [(await look(client, jpeg_bytes())).status_code for _ in range(3)] == [404, 404, 429]
    write = await sign_in(client, await bob())
    assert [(await look(client, jpeg_bytes(), write)).status_code for _ in range(2)] == [404, 404]
    late = await look(client, jpeg_bytes(), write)
    assert (late.status_code, late.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(late.headers["retry-after"]) <= 60


async def test_a_client_that_goes_away_leaves_nothing(client: httpx.AsyncClient, nobody: None) -> None:
    await searched(client, 1)
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + bytes(2_000_000)
    arriving: list[Message] = [
        {"type": "http.request", "body": start, "more_body": True},
        {"type": "http.disconnect"},
    ]
    lying: list[int] = []

    async def receive() -> Message:
        lying.append(len(_quarantined()))
        return arriving.pop(0)

    async def send_nothing(_message: Message) -> None:
        return

    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": BY_IMAGE, "raw_path": BY_IMAGE.encode(), "query_string": b"",
        "root_path": "", "scheme": "http", "http_version": "1.1", "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1), "headers": [(b"content-type", FORM["Content-Type"].encode())],
    }  # fmt: skip
    await create_api()(scope, receive, send_nothing)
    assert (lying, _quarantined()) == ([1, 1], [])


async def test_a_request_that_is_broken_off_leaves_nothing(
    client: httpx.AsyncClient, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = asyncio.Event()

    async def in_quarantine() -> None:
        async with quarantine(100) as place:
            await place.write(b"x")
            opened.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(in_quarantine())
    await opened.wait()
    assert len(_quarantined()) == 1
    task.cancel()
    await asyncio.wait({task})
    assert (_quarantined(), task.cancelled()) == ([], True)

    opening = asyncio.Event()

    async def slow(function: Any, *args: Any, **options: Any) -> Any:
        if function is Quarantine:
            opening.set()
            await asyncio.sleep(0.05)
        return await in_thread(function, *args, **options)

    monkeypatch.setattr("clonegallery.images.quarantine.in_thread", slow)
    task = asyncio.create_task(in_quarantine())
    await opening.wait()
    task.cancel()
    await asyncio.wait({task})
    assert (_quarantined(), task.cancelled()) == ([], True)
