"""Pages leave under their plain address, with a policy, and cached only where they cannot change."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from clonegallery.errors import Unavailable
from clonegallery.ui.serving import CompiledPages, PageHeaders, headed_route, page_routes
from clonegallery.ui.shell import Head

SHELL = "<html><head><title>shell</title><script>start()</script></head><body></body></html>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("run()")
    (tmp_path / "login").mkdir()
    (tmp_path / "login" / "index.html").write_text("<html><head><title>login</title></head></html>")
    (tmp_path / "index.html").write_text("<html><head><title>home</title></head></html>")
    (tmp_path / "404.html").write_text(SHELL)
    return tmp_path


async def _head_of(request: Request) -> tuple[int, Head]:
    known = request.path_params["image_id"] == "known"
    return (200, Head("A picture")) if known else (404, Head("CloneGallery"))


@pytest.fixture
def browser(folder: Path) -> httpx.AsyncClient:
    pages = CompiledPages(folder, ["https://gallery.example"])
    routes = [
        *page_routes("/", pages),
        *page_routes("/login", pages),
        headed_route("/image/{image_id}", pages, _head_of),
    ]
    app = Starlette(routes=routes)
    app.mount("", StaticFiles(directory=folder, html=True))
    transport = httpx.ASGITransport(PageHeaders(app, pages))
    return httpx.AsyncClient(transport=transport, base_url="https://gallery.example")


@pytest.mark.parametrize("path", ["/login", "/login/"])
async def test_a_page_is_served_without_a_redirect(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)

    assert answer.status_code == 200
    assert "<title>login</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_page_seen_before_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/")
    again = await browser.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert not again.content


async def test_a_new_build_is_noticed(browser: httpx.AsyncClient, folder: Path) -> None:
    await browser.get("/")
    (folder / "index.html").write_text("<html><head><title>new home</title></head></html>")

    assert "new home" in (await browser.get("/")).text


async def test_pages_are_compressed_for_whoever_can_read_it(browser: httpx.AsyncClient) -> None:
    async with browser.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    plain = await browser.get("/", headers={"Accept-Encoding": "identity"})

    assert gzip.decompress(raw) == plain.content
    assert "Accept-Encoding" in plain.headers["vary"]


async def test_scripts_that_the_build_did_not_write_may_not_run(browser: httpx.AsyncClient) -> None:
    policy = (await browser.get("/image/known")).headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))

    assert scripts.startswith("script-src 'self' 'sha256-")
    assert "unsafe" not in scripts
    assert "connect-src 'self' wss://gallery.example" in policy
    assert "frame-ancestors 'none'" in policy


async def test_a_picture_page_carries_its_head_and_status(browser: httpx.AsyncClient) -> None:
    known, unknown = await browser.get("/image/known"), await browser.get("/image/unknown")

    assert (known.status_code, unknown.status_code) == (200, 404)
    assert "<title>A picture</title>" in known.text
    assert "A picture" not in unknown.text


async def test_hashed_files_are_kept_forever(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/app-1a2b.js")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_missing_file_is_not_kept(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/old-9f.js")

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src" in answer.headers["content-security-policy"]


def test_before_the_first_build_the_answer_is_try_again(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        CompiledPages(tmp_path, []).document("/")
